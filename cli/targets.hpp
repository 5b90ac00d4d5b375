/// @file
/// Targets: which objects the words of a command mean.
///
///     cd              every ClientDeployment of the namespace
///     cd a b          two of them
///     cd/a ho/b       likewise, of several kinds
///     cd,ho   berth   every one of several kinds, or of a category
#pragma once

#include <string>
#include <vector>

#include "cli/session.hpp"
#include "core/json/json.hpp"

namespace berth::cli {

struct Target {
  const ApiResource* type = nullptr;
  std::string namespaceName;  // empty: cluster-scoped, or all namespaces
  std::string name;           // empty: the whole collection

  [[nodiscard]] std::string path() const { return type->path(namespaceName, name); }
  /// "clientdeployment.berth.dev/a".
  [[nodiscard]] std::string text() const { return type->displayName() + "/" + name; }
};

/// Which objects of a collection are meant.
struct Selection {
  bool allNamespaces = false;
  bool all = false;  // --all
  std::string labels;
  std::string fields;
  std::vector<std::string> files;
  bool recursive = false;

  void addSelectors(FlagSet& flags);
  void addFiles(FlagSet& flags);
};

/// BadRequest when the words are no such list, or name a kind that is not served.
Result<std::vector<Target>> findTargets(
    Session& session, const std::vector<std::string>& words, bool allNamespaces = false);

/// An object that exists, or is asked for by name.
struct ObjectTarget {
  Target target;
  Json object;  // null when it was only named
};

/// What files, names or selectors mean, one entry an object.  Without a name, a
/// selector or --all it is BadRequest: nothing is meant by accident.
Result<std::vector<ObjectTarget>> findObjects(
    Session& session, const std::vector<std::string>& words, const Selection& selection);

/// GET of the collection with the selection's label and field selectors.
RestRequest listRequest(const Target& target, const Selection& selection);

/// The target that a document describes.
Result<Target> targetOf(Session& session, const Json& object);

}  // namespace berth::cli
