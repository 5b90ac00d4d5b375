/// @file
/// Discovery: the kinds that a server serves, and how people call them.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "core/json/json.hpp"

namespace berth::cli {

struct ApiResource {
  std::string group;    // empty: core
  std::string version;  // v1alpha1
  std::string kind;     // ClientDeployment
  std::string plural;   // clientdeployments
  std::string singular;
  std::vector<std::string> shortNames;
  std::vector<std::string> categories;
  std::vector<std::string> verbs;
  bool namespaced = true;

  [[nodiscard]] std::string apiVersion() const {
    return group.empty() ? version : group + "/" + version;
  }
  /// "clientdeployment.berth.dev", or "secret": what is in front of a name in output.
  [[nodiscard]] std::string displayName() const {
    return group.empty() ? singular : singular + "." + group;
  }
  [[nodiscard]] bool can(const std::string& verb) const;
  /// "/apis/berth.dev/v1alpha1/namespaces/acme/clientdeployments/www"; without a
  /// namespace the path over all of them, without a name that of the collection.
  [[nodiscard]] std::string path(const std::string& namespaceName, const std::string& name) const;
};

class Discovery {
 public:
  /// Adds what an APIGroupDiscoveryList, or an APIResourceList, tells.
  void addAggregated(const Json& document);
  void addResourceList(const Json& document);

  /// By plural, singular, short name or kind, in any case, with or without
  /// ".group" or ".version.group".  NotFound with a suggestion.
  [[nodiscard]] Result<const ApiResource*> find(const std::string& word) const;
  /// NotFound with a suggestion.
  [[nodiscard]] Result<const ApiResource*> findKind(
      const std::string& apiVersion, const std::string& kind) const;
  /// Those of a category ("all", "berth"); empty when there is no such category.
  [[nodiscard]] std::vector<const ApiResource*> inCategory(const std::string& category) const;
  [[nodiscard]] const std::vector<ApiResource>& all() const { return resources_; }

 private:
  std::vector<ApiResource> resources_;
};

}  // namespace berth::cli
