#include "controller/api/openapi_v2.hpp"

#include <algorithm>
#include <memory>

#include "controller/api/content_tag.hpp"
#include "controller/api/negotiation.hpp"
#include "controller/api/openapi_protobuf.hpp"

namespace berth::api {
namespace {

constexpr const char* kJson = "application/json";
/// kubectl asks for "@v1.0", which is no media type that it can read in an answer.
constexpr const char* kProtobuf = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

bool isProtobuf(std::string_view type) {
  return type.starts_with("application/com.github.proto-openapi.spec.v2") &&
         type.ends_with("+protobuf");
}

Json refTo(const std::string& name) { return {{"$ref", "#/definitions/" + name}}; }

/// A node as Swagger 2 can say it.  What it cannot (alternatives, null, free members) is
/// left open, for kubectl takes what is told for all there is.
Json nodeV2(const Json& schema) {
  static constexpr const char* kKept[] = {
      "type",
      "format",
      "description",
      "default",
      "maximum",
      "minimum",
      "maxLength",
      "minLength",
      "pattern",
      "maxItems",
      "minItems",
      "maxProperties",
      "required",
      "enum",
      "title",
      "minProperties"};
  Json made = Json::object();
  const auto isSet = [&](const char* name) { return schema.value(name, Json()) == true; };
  if (isSet("x-kubernetes-preserve-unknown-fields") || isSet("x-kubernetes-int-or-string") ||
      isSet("nullable")) {
    if (schema.contains("description")) made["description"] = schema["description"];
    if (isSet("x-kubernetes-preserve-unknown-fields"))
      made["x-kubernetes-preserve-unknown-fields"] = true;
    return made;
  }
  for (const auto* name : kKept)
    if (const auto found = schema.find(name); found != schema.end()) made[name] = *found;
  for (const auto& [name, value] : schema.items())
    if (name.starts_with("x-kubernetes-list-") || name == "x-kubernetes-map-type")
      made[name] = value;
  for (const char* name : {"items", "additionalProperties"})
    if (const auto found = schema.find(name); found != schema.end() && found->is_object())
      made[name] = nodeV2(*found);
  if (const auto found = schema.find("properties"); found != schema.end())
    for (const auto& [name, child] : found->items()) made["properties"][name] = nodeV2(child);
  return made;
}

Json gvkOf(const ServedKind& kind) {
  return {{"group", kind.type.group}, {"version", kind.type.version}, {"kind", kind.type.kind}};
}

Json definitionOf(const ServedKind& kind) {
  auto made = nodeV2(kind.version->schemaDocument);
  const auto describe = [&](const char* name, const char* text) {
    auto& member = made["properties"][name];
    member["type"] = "string";
    if (!member.contains("description")) member["description"] = text;
  };
  if (made.value("type", Json()) == "object") {
    describe("apiVersion", "The group and version of this document.");
    describe("kind", "The kind of this document.");
    made["properties"]["metadata"] = refTo(kObjectMetaOpenApiName);
  }
  made["x-kubernetes-group-version-kind"] = Json::array({gvkOf(kind)});
  return made;
}

Json queryParameter(const char* name, const char* description) {
  return {
      {"name", name},
      {"in", "query"},
      {"description", description},
      {"type", "string"},
      {"uniqueItems", true}};
}

Json pathParameter(const char* name) {
  return {
      {"name", name},
      {"in", "path"},
      {"required", true},
      {"type", "string"},
      {"uniqueItems", true}};
}

Json operation(const ServedKind& kind, const char* action) {
  const auto group = kind.type.group.empty() ? "core" : kind.type.group;
  return {
      {"description", std::string(action) + " " + kind.type.kind},
      {"operationId", std::string(action) + " " + kind.type.apiVersion() + " " + kind.type.kind},
      {"tags", {group + "_" + kind.type.version}},
      {"produces", {kJson, "application/yaml"}},
      {"responses",
       {{"200",
         {{"description", "OK"},
          {"schema", refTo(openApiName(*kind.definition, *kind.version))}}}}},
      {"x-kubernetes-action", action},
      {"x-kubernetes-group-version-kind", gvkOf(kind)}};
}

Json writing(const ServedKind& kind, const char* action, const std::vector<std::string>& types) {
  auto made = operation(kind, action);
  made["consumes"] = types;
  Json body = {{"name", "body"}, {"in", "body"}, {"required", true}};
  body["schema"] = refTo(openApiName(*kind.definition, *kind.version));
  made["parameters"] = {
      std::move(body),
      queryParameter("dryRun", "All: everything but the write."),
      queryParameter("fieldManager", "Who makes the change."),
      queryParameter("fieldValidation", "Ignore, Warn or Strict: what unknown fields do.")};
  return made;
}

void addPaths(const ServedKind& kind, Json& paths) {
  const std::vector<std::string> bodies{kJson, "application/yaml"};
  std::vector<std::string> patches{"application/json-patch+json", "application/merge-patch+json"};
  if (kind.builtIn) patches.emplace_back("application/strategic-merge-patch+json");
  patches.emplace_back("application/apply-patch+yaml");
  auto collection =
      kind.type.group.empty() ? "/api/" + kind.type.version : "/apis/" + kind.type.apiVersion();
  Json parameters = Json::array();
  if (kind.type.namespaced) {
    collection += "/namespaces/{namespace}";
    parameters.push_back(pathParameter("namespace"));
  }
  collection += "/" + kind.type.plural;
  paths[collection] = {{"post", writing(kind, "post", bodies)}, {"parameters", parameters}};
  if (!kind.stored) return;
  paths[collection]["get"] = operation(kind, "list");
  parameters.push_back(pathParameter("name"));
  const Json item = {
      {"get", operation(kind, "get")},
      {"put", writing(kind, "put", bodies)},
      {"patch", writing(kind, "patch", patches)},
      {"delete", operation(kind, "delete")},
      {"parameters", parameters}};
  paths[collection + "/{name}"] = item;
}

Json documentOf(const Registry& registry) {
  Json document = {
      {"swagger", "2.0"},
      {"info", {{"title", "Berth"}, {"version", "v1"}}},
      {"paths", Json::object()},
      {"definitions", {{kObjectMetaOpenApiName, nodeV2(objectMetaOpenApi())}}}};
  for (const auto& kind : registry.kinds()) {
    document["definitions"][openApiName(*kind->definition, *kind->version)] = definitionOf(*kind);
    addPaths(*kind, document["paths"]);
  }
  return document;
}

}  // namespace

Result<http::Response> OpenApiV2::answer(
    const RegistryPtr& registry, const http::Request& request) const {
  const auto tagged = [](std::string body) {
    auto tag = contentTag(body);
    return Document{std::move(body), std::move(tag)};
  };
  std::string type;
  const auto accept = request.headers.get("Accept");
  for (const auto& range : parseAccept(accept.empty() ? "*/*" : accept)) {
    const bool isJson = range.type == kJson || range.type == "*/*" || range.type == "application/*";
    if (!isJson && !isProtobuf(range.type)) continue;
    type = isJson ? kJson : kProtobuf;
    break;
  }
  if (type.empty())
    return Error{
        Reason::NotAcceptable,
        "only the following media types are accepted: application/json, " + std::string(kProtobuf)};
  const auto document =
      type == kJson
          ? json_.of(registry, [&](const Registry& r) { return tagged(dumpJson(documentOf(r))); })
          : protobuf_.of(registry, [&](const Registry& r) {
              return tagged(encodeOpenApiV2(documentOf(r)));
            });
  http::Response response;
  response.headers.set("Content-Type", type);
  response.headers.set("ETag", '"' + document->tag + '"');
  response.headers.set("Vary", "Accept");
  response.headers.set("Cache-Control", "no-cache, private");
  if (hasTag(request, document->tag)) {
    response.status = 304;
    return response;
  }
  response.pieces = {document->body};
  response.keep = document;
  return response;
}

}  // namespace berth::api
