#include "controller/api/openapi.hpp"

#include "controller/api/content_tag.hpp"

namespace berth::api {
namespace {

constexpr const char* kBase = "/openapi/v3";

std::string documentPath(const ResourceType& type) {
  return (type.group.empty() ? "api/" : "apis/" + type.group + "/") + type.version;
}

std::string openApiRef(const ServedKind& kind) {
  return "#/components/schemas/" + openApiName(*kind.definition, *kind.version);
}

Json queryParameter(const char* name, const char* description) {
  return {
      {"name", name},
      {"in", "query"},
      {"description", description},
      {"schema", {{"type", "string"}, {"uniqueItems", true}}}};
}

Json pathParameter(const char* name) {
  return {
      {"name", name},
      {"in", "path"},
      {"required", true},
      {"schema", {{"type", "string"}, {"uniqueItems", true}}}};
}

Json content(const ServedKind& kind, const std::vector<std::string>& types) {
  Json contents = Json::object();
  for (const auto& type : types) contents[type] = {{"schema", {{"$ref", openApiRef(kind)}}}};
  return {{"content", std::move(contents)}};
}

Json operation(const ServedKind& kind, const char* action) {
  auto answer = content(kind, {"application/json", "application/yaml"});
  answer["description"] = "OK";
  return {
      {"description", std::string(action) + " " + kind.type.kind},
      {"tags", {kind.type.group.empty() ? "core_" + kind.type.version : kind.type.group}},
      {"x-kubernetes-action", action},
      {"x-kubernetes-group-version-kind",
       {{"group", kind.type.group}, {"version", kind.type.version}, {"kind", kind.type.kind}}},
      {"responses", {{"200", std::move(answer)}}}};
}

Json writing(const ServedKind& kind, const char* action, const std::vector<std::string>& types) {
  auto made = operation(kind, action);
  made["requestBody"] = content(kind, types);
  made["parameters"] = {
      queryParameter("dryRun", "All: everything but the write."),
      queryParameter("fieldManager", "Who makes the change."),
      queryParameter("fieldValidation", "Ignore, Warn or Strict: what unknown fields do.")};
  return made;
}

std::vector<std::string> patchTypes(const ServedKind& kind) {
  std::vector<std::string> types{"application/json-patch+json", "application/merge-patch+json"};
  if (kind.builtIn) types.emplace_back("application/strategic-merge-patch+json");
  return types;
}

void addPaths(const ServedKind& kind, Json& paths) {
  const std::vector<std::string> bodies{"application/json", "application/yaml"};
  auto collection = "/" + documentPath(kind.type);
  Json parameters = Json::array();
  if (kind.type.namespaced) {
    collection += "/namespaces/{namespace}";
    parameters.push_back(pathParameter("namespace"));
  }
  collection += "/" + kind.type.plural;
  if (!kind.stored) {
    paths[collection] = {{"post", writing(kind, "post", bodies)}, {"parameters", parameters}};
    return;
  }
  paths[collection] = {
      {"get", operation(kind, "list")},
      {"post", writing(kind, "post", bodies)},
      {"parameters", parameters}};
  parameters.push_back(pathParameter("name"));
  const Json item = {
      {"get", operation(kind, "get")},
      {"put", writing(kind, "put", bodies)},
      {"patch", writing(kind, "patch", patchTypes(kind))},
      {"delete", operation(kind, "delete")},
      {"parameters", parameters}};
  paths[collection + "/{name}"] = item;
}

}  // namespace

OpenApi::Documents OpenApi::make(const Registry& registry) {
  std::map<std::string, Json> documents;
  for (const auto& served : registry.kinds()) {
    const auto& kind = *served;
    auto& document = documents[documentPath(kind.type)];
    if (document.is_null())
      document = {
          {"openapi", "3.0.0"},
          {"info", {{"title", "Berth"}, {"version", kind.type.version}}},
          {"paths", Json::object()},
          {"components", {{"schemas", {{kObjectMetaOpenApiName, objectMetaOpenApi()}}}}}};
    document["components"]["schemas"][openApiName(*kind.definition, *kind.version)] =
        openApiV3(*kind.definition, *kind.version);
    addPaths(kind, document["paths"]);
  }
  Documents made;
  Json paths = Json::object();
  for (const auto& [path, document] : documents) {
    auto body = dumpJson(document);
    auto tag = contentTag(body);
    paths[path] = {{"serverRelativeURL", kBase + std::string("/") + path + "?hash=" + tag}};
    made.byPath[path] = {std::move(body), std::move(tag)};
  }
  made.index.body = dumpJson({{"paths", std::move(paths)}});
  made.index.tag = contentTag(made.index.body);
  return made;
}

Result<http::Response> OpenApi::answer(
    const RegistryPtr& registry, const http::Request& request, const http::Target& target) const {
  const auto rest = target.path.size() > std::string_view(kBase).size() + 1
                        ? target.path.substr(std::string_view(kBase).size() + 1)
                        : std::string();
  const auto documents = documents_.of(registry, make);
  const auto found = documents->byPath.find(rest);
  const bool isIndex = rest.empty() && target.path.starts_with(kBase);
  if (!isIndex && (found == documents->byPath.end() || !target.path.starts_with(kBase)))
    return Error{Reason::NotFound, "the server could not find the requested resource"};
  const auto& document = isIndex ? documents->index : found->second;
  http::Response response;
  response.headers.set("Content-Type", "application/json");
  response.headers.set("ETag", '"' + document.tag + '"');
  response.headers.set("Vary", "Accept");
  // The hash names the content, so that it can be kept for good.
  const bool immutable = !isIndex && target.param("hash") == document.tag;
  response.headers.set(
      "Cache-Control", immutable ? "public, immutable, max-age=31536000" : "no-cache, private");
  if (hasTag(request, document.tag)) {
    response.status = 304;
  } else {
    response.body = document.body;
  }
  return response;
}

}  // namespace berth::api
