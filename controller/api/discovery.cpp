#include "controller/api/discovery.hpp"

#include <charconv>
#include <tuple>

#include "controller/api/builtin.hpp"
#include "controller/api/content_tag.hpp"
#include "controller/api/negotiation.hpp"
#include "controller/api/token_request.hpp"

namespace berth::api {
namespace {

const char* const kAggregatedVersions[] = {"v2", "v2beta1"};
const char* const kSubresourceVerbs[] = {"get", "patch", "update"};

Json verbsOf(const ServedKind& kind) {
  if (!kind.stored) return Json::array({"create"});
  Json verbs = {"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"};
  if (kind.readOnly) return {"delete", "deletecollection", "get", "list", "watch"};
  if (isNamespace(kind)) verbs.erase(2);
  return verbs;
}

void putIfAny(Json& document, const char* name, const std::vector<std::string>& items) {
  if (!items.empty()) document[name] = items;
}

Json legacyResource(const ServedKind& kind) {
  Json resource = {
      {"name", kind.type.plural},
      {"singularName", kind.definition->names.singular},
      {"namespaced", kind.type.namespaced},
      {"kind", kind.type.kind},
      {"verbs", verbsOf(kind)}};
  putIfAny(resource, "shortNames", kind.definition->names.shortNames);
  putIfAny(resource, "categories", kind.definition->names.categories);
  return resource;
}

Json subresourceVerbsOf(const ServedKind& kind) {
  return kind.readOnly ? Json::array({"get"}) : Json(kSubresourceVerbs);
}

bool hasTokens(const ServedKind& kind) {
  return kind.type.group.empty() && kind.type.plural == kTokenRequestType.plural;
}

Json legacyTokens() {
  return {
      {"name", kTokenRequestType.plural + "/token"},
      {"singularName", ""},
      {"namespaced", true},
      {"group", kTokenRequestType.group},
      {"version", kTokenRequestType.version},
      {"kind", kTokenRequestType.kind},
      {"verbs", {"create"}}};
}

Json aggregatedTokens() {
  return {
      {"subresource", "token"},
      {"responseKind",
       {{"group", kTokenRequestType.group},
        {"version", kTokenRequestType.version},
        {"kind", kTokenRequestType.kind}}},
      {"verbs", {"create"}}};
}

Json legacySubresource(const ServedKind& kind, const char* name) {
  return {
      {"name", kind.type.plural + "/" + name},
      {"singularName", ""},
      {"namespaced", kind.type.namespaced},
      {"kind", kind.type.kind},
      {"verbs", subresourceVerbsOf(kind)}};
}

Json legacyScale(const ServedKind& kind) {
  auto scale = legacySubresource(kind, "scale");
  scale.update({{"group", "autoscaling"}, {"version", "v1"}, {"kind", "Scale"}});
  return scale;
}

Json aggregatedResource(const ServedKind& kind) {
  const Json responseKind = {
      {"group", kind.type.group}, {"version", kind.type.version}, {"kind", kind.type.kind}};
  Json resource = {
      {"resource", kind.type.plural},
      {"responseKind", responseKind},
      {"scope", kind.type.namespaced ? "Namespaced" : "Cluster"},
      {"singularResource", kind.definition->names.singular},
      {"verbs", verbsOf(kind)}};
  putIfAny(resource, "shortNames", kind.definition->names.shortNames);
  putIfAny(resource, "categories", kind.definition->names.categories);
  const auto addSubresource = [&](const char* name, const Json& answered) {
    resource["subresources"].push_back(
        {{"subresource", name}, {"responseKind", answered}, {"verbs", subresourceVerbsOf(kind)}});
  };
  if (kind.hasStatus()) addSubresource("status", responseKind);
  if (kind.hasScale())
    addSubresource("scale", {{"group", "autoscaling"}, {"version", "v1"}, {"kind", "Scale"}});
  if (hasTokens(kind)) resource["subresources"].push_back(aggregatedTokens());
  return resource;
}

Json groupVersion(const ServedKind& kind) {
  return {{"groupVersion", kind.type.apiVersion()}, {"version", kind.type.version}};
}

/// v2 before v1 before v1beta2 before v1alpha1, and those before all other names: the
/// first one is preferred.
struct ByPreference {
  /// Stage (3: none, 2: beta, 1: alpha, 0: another name), major, minor.
  static std::tuple<int, int, int> rank(std::string_view version) {
    int major = 0;
    int minor = 0;
    if (!version.starts_with('v') || !number(version.substr(1), major)) return {0, 0, 0};
    const auto stage = version.find_first_not_of("0123456789", 1);
    if (stage == std::string_view::npos) return {3, major, 0};
    for (const auto& [name, level] : {std::pair("beta", 2), std::pair("alpha", 1)})
      if (version.substr(stage).starts_with(name) &&
          number(version.substr(stage + std::string_view(name).size()), minor))
        return {level, major, minor};
    return {0, 0, 0};
  }
  static bool number(std::string_view text, int& into) {
    return std::from_chars(text.data(), text.data() + text.size(), into).ec == std::errc();
  }
  bool operator()(const std::string& a, const std::string& b) const {
    const auto left = rank(a);
    const auto right = rank(b);
    return left == right ? a < b : left > right;
  }
};

/// Groups in the order of the registry, each with its versions.
using Versions = std::map<std::string, std::vector<const ServedKind*>, ByPreference>;
using Groups = std::map<std::string, Versions>;

Groups groupsOf(const Registry& registry) {
  Groups groups;
  for (const auto& kind : registry.kinds())
    groups[kind->type.group][kind->type.version].push_back(kind.get());
  return groups;
}

Json legacyGroup(const std::string& name, const Versions& versions) {
  Json group = {{"name", name}, {"versions", Json::array()}};
  for (const auto& [version, kinds] : versions)
    group["versions"].push_back(groupVersion(*kinds.front()));
  group["preferredVersion"] = group["versions"].front();
  return group;
}

Json resourceList(const std::vector<const ServedKind*>& kinds) {
  Json list = {
      {"kind", "APIResourceList"},
      {"apiVersion", "v1"},
      {"groupVersion", kinds.front()->type.apiVersion()},
      {"resources", Json::array()}};
  for (const auto* kind : kinds) {
    list["resources"].push_back(legacyResource(*kind));
    if (kind->hasStatus()) list["resources"].push_back(legacySubresource(*kind, "status"));
    if (kind->hasScale()) list["resources"].push_back(legacyScale(*kind));
    if (hasTokens(*kind)) list["resources"].push_back(legacyTokens());
  }
  return list;
}

Json aggregatedGroup(const std::string& name, const Versions& versions) {
  Json metadata = Json::object();
  if (!name.empty()) metadata["name"] = name;
  Json group = {{"metadata", std::move(metadata)}, {"versions", Json::array()}};
  for (const auto& [version, kinds] : versions) {
    Json entry = {{"version", version}, {"resources", Json::array()}, {"freshness", "Current"}};
    for (const auto* kind : kinds) entry["resources"].push_back(aggregatedResource(*kind));
    group["versions"].push_back(std::move(entry));
  }
  return group;
}

std::string aggregatedType(const std::string& version) {
  return "application/json;g=apidiscovery.k8s.io;v=" + version + ";as=APIGroupDiscoveryList";
}

}  // namespace

Discovery::Document Discovery::make(std::string contentType, const Json& document) {
  Document made{std::move(contentType), dumpJson(document) + "\n", {}};
  made.tag = contentTag(made.body);
  return made;
}

Discovery::Documents Discovery::makeAll(const Registry& registry) {
  Documents all;
  constexpr const char* kJson = "application/json";
  Json groups = Json::array();
  Json coreItems = Json::array();
  Json otherItems = Json::array();
  for (const auto& [name, versions] : groupsOf(registry)) {
    (name.empty() ? coreItems : otherItems).push_back(aggregatedGroup(name, versions));
    for (const auto& [version, kinds] : versions) {
      const auto prefix = name.empty() ? "/api/" : "/apis/" + name + "/";
      all.plain[prefix + version] = make(kJson, resourceList(kinds));
    }
    if (name.empty()) continue;
    auto group = legacyGroup(name, versions);
    groups.push_back(group);
    group["kind"] = "APIGroup";
    group["apiVersion"] = "v1";
    all.plain["/apis/" + name] = make(kJson, group);
  }
  all.plain["/api"] = make(
      kJson,
      {{"kind", "APIVersions"},
       {"versions", {"v1"}},
       {"serverAddressByClientCIDRs", Json::array()}});
  all.plain["/apis"] =
      make(kJson, {{"kind", "APIGroupList"}, {"apiVersion", "v1"}, {"groups", groups}});
  for (const std::string version : kAggregatedVersions) {
    const auto list = [&](const Json& items) {
      return make(
          aggregatedType(version),
          {{"kind", "APIGroupDiscoveryList"},
           {"apiVersion", "apidiscovery.k8s.io/" + version},
           {"metadata", Json::object()},
           {"items", items}});
    };
    all.aggregated["/api " + version] = list(coreItems);
    all.aggregated["/apis " + version] = list(otherItems);
  }
  return all;
}

const Discovery::Document* Discovery::choose(
    const Documents& documents, const http::Request& request, const std::string& path) {
  for (const auto& range : parseAccept(request.headers.get("Accept"))) {
    if (range.type == "*/*" || range.type == "application/*") break;
    if (range.type != "application/json") continue;
    if (range.param("as").empty()) break;
    if (range.param("as") != "APIGroupDiscoveryList") continue;
    const auto found = documents.aggregated.find(path + " " + range.param("v"));
    if (found != documents.aggregated.end() && range.param("g") == "apidiscovery.k8s.io")
      return &found->second;
  }
  const auto found = documents.plain.find(path);
  return found == documents.plain.end() ? nullptr : &found->second;
}

Result<http::Response> Discovery::answer(
    const RegistryPtr& registry, const http::Request& request, const std::string& path) const {
  const auto bare = path.size() > 1 && path.ends_with('/') ? path.substr(0, path.size() - 1) : path;
  const auto documents = documents_.of(registry, makeAll);
  const auto* document = choose(*documents, request, bare);
  if (document == nullptr)
    return Error{Reason::NotFound, "the server could not find the requested resource"};
  http::Response response;
  response.headers.set("Content-Type", document->contentType);
  response.headers.set("ETag", '"' + document->tag + '"');
  response.headers.set("Vary", "Accept");
  response.headers.set("Cache-Control", "public");
  if (hasTag(request, document->tag)) {
    response.status = 304;
  } else {
    response.body = document->body;
  }
  return response;
}

}  // namespace berth::api
