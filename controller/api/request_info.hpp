/// @file
/// RequestInfo: which verb on which resource a request is, read off its path.
///
/// `/api/v1/...` is the core group, `/apis/GROUP/VERSION/...` any other; below it
/// `PLURAL[/NAME[/SUBRESOURCE]]`, in a namespace or not.  Everything else is a
/// path that is no resource (discovery, health, OpenAPI).
#pragma once

#include <string>

#include "core/http/http.hpp"
#include "core/object/meta.hpp"

namespace berth::api {

struct RequestInfo {
  /// get, list, watch, create, update, patch, delete, deletecollection; the method
  /// in lower case for what is no resource; empty for a method that has no verb.
  std::string verb;
  std::string path;
  bool isDryRun = false;
  bool isResource = false;
  // Of a resource:
  std::string group;
  std::string version;
  std::string namespaceName;
  std::string plural;
  std::string name;
  std::string subresource;
  /// The one name that the field selector of a list, watch or deletecollection leaves.
  std::string selectedName;

  [[nodiscard]] ObjectKey key() const { return {namespaceName, name}; }
  /// Where a right to it must be held; empty: everywhere.  A namespace lies in itself.
  [[nodiscard]] const std::string& rightsNamespace() const {
    const bool isNamespace = group.empty() && plural == "namespaces" && namespaceName.empty();
    return isNamespace ? name : namespaceName;
  }
  [[nodiscard]] bool isWatch() const { return verb == "watch"; }
};

RequestInfo readRequest(const std::string& method, const http::Target& target);

/// A query flag: "1", "true", or present without a value.
bool isTrue(const http::Target& target, const std::string& name);

}  // namespace berth::api
