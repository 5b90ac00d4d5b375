#include "cli/discovery.hpp"

#include <algorithm>
#include <cctype>

#include "cli/exit_codes.hpp"
#include "cli/rest_transport.hpp"
#include "cli/suggest.hpp"

namespace berth::cli {

namespace {

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

std::vector<std::string> words(const Json& document, const char* name) {
  std::vector<std::string> values;
  const auto found = document.find(name);
  if (found == document.end() || !found->is_array()) return values;
  for (const auto& value : *found)
    if (value.is_string()) values.push_back(value.get<std::string>());
  return values;
}

bool isCalled(const ApiResource& resource, const std::string& word) {
  const auto matches = [&](const std::string& name) {
    return word == name || (!resource.group.empty() && word == name + "." + resource.group) ||
           word == name + "." + resource.version + "." + resource.group;
  };
  return matches(resource.plural) || matches(resource.singular) || matches(lower(resource.kind)) ||
         std::ranges::any_of(resource.shortNames, matches);
}

}  // namespace

bool ApiResource::can(const std::string& verb) const {
  return std::ranges::find(verbs, verb) != verbs.end();
}

std::string ApiResource::path(const std::string& namespaceName, const std::string& name) const {
  std::string path = (group.empty() ? "/api/" : "/apis/") + apiVersion();
  if (namespaced && !namespaceName.empty()) path += "/namespaces/" + percentEncode(namespaceName);
  path += "/" + plural;
  if (!name.empty()) path += "/" + percentEncode(name);
  return path;
}

void Discovery::addAggregated(const Json& document) {
  const auto groups = document.value("items", Json::array());
  for (const auto& group : groups) {
    const auto versions = group.value("versions", Json::array());
    for (const auto& version : versions) {
      const auto resources = version.value("resources", Json::array());
      for (const auto& item : resources) {
        ApiResource resource{
            .group = stringAt(group, "metadata.name"),
            .version = stringAt(version, "version"),
            .kind = stringAt(item, "responseKind.kind"),
            .plural = stringAt(item, "resource"),
            .singular = stringAt(item, "singularResource"),
            .shortNames = words(item, "shortNames"),
            .categories = words(item, "categories"),
            .verbs = words(item, "verbs"),
            .namespaced = stringAt(item, "scope") == "Namespaced"};
        if (resource.singular.empty()) resource.singular = lower(resource.kind);
        resources_.push_back(std::move(resource));
      }
    }
  }
}

void Discovery::addResourceList(const Json& document) {
  const auto groupVersion = stringAt(document, "groupVersion");
  const auto slash = groupVersion.find('/');
  const auto resources = document.value("resources", Json::array());
  for (const auto& item : resources) {
    ApiResource resource{
        .group = slash == std::string::npos ? "" : groupVersion.substr(0, slash),
        .version = slash == std::string::npos ? groupVersion : groupVersion.substr(slash + 1),
        .kind = stringAt(item, "kind"),
        .plural = stringAt(item, "name"),
        .singular = stringAt(item, "singularName"),
        .shortNames = words(item, "shortNames"),
        .categories = words(item, "categories"),
        .verbs = words(item, "verbs"),
        .namespaced = item.value("namespaced", true)};
    if (resource.plural.find('/') != std::string::npos) continue;  // a subresource
    if (resource.singular.empty()) resource.singular = lower(resource.kind);
    resources_.push_back(std::move(resource));
  }
}

Result<const ApiResource*> Discovery::find(const std::string& word) const {
  const auto wanted = lower(word);
  for (const auto& resource : resources_)
    if (isCalled(resource, wanted)) return &resource;
  std::vector<std::string> known;
  for (const auto& resource : resources_) {
    known.push_back(resource.plural);
    known.push_back(resource.singular);
  }
  const auto meant = nearest(wanted, known);
  return usageError(
      "the server doesn't have a resource type \"" + word + "\"",
      meant.empty() ? "berth api-resources lists them" : "did you mean \"" + meant + "\"?");
}

Result<const ApiResource*> Discovery::findKind(
    const std::string& apiVersion, const std::string& kind) const {
  std::vector<std::string> known;
  std::string otherVersion;
  for (const auto& resource : resources_) {
    if (resource.kind == kind && resource.apiVersion() == apiVersion) return &resource;
    if (resource.kind == kind) otherVersion = resource.apiVersion();
    known.push_back(resource.kind);
  }
  const auto meant = nearest(kind, known);
  std::string hint = "berth api-resources lists the kinds";
  if (!otherVersion.empty()) {
    hint = "did you mean apiVersion: " + otherVersion + "?";
  } else if (!meant.empty()) {
    hint = "did you mean kind: " + meant + "?";
  }
  return withHint(
      Error{
          Reason::Invalid,
          "no matches for kind \"" + kind + "\" in version \"" + apiVersion + "\""},
      hint);
}

std::vector<const ApiResource*> Discovery::inCategory(const std::string& category) const {
  std::vector<const ApiResource*> members;
  for (const auto& resource : resources_)
    if (std::ranges::find(resource.categories, category) != resource.categories.end())
      members.push_back(&resource);
  return members;
}

}  // namespace berth::cli
