#include "controller/api/scale.hpp"

#include "controller/api/body.hpp"
#include "controller/api/builtin.hpp"
#include "controller/api/object_handlers.hpp"
#include "controller/api/patch.hpp"
#include "controller/api/respond.hpp"
#include "controller/api/view.hpp"

namespace berth::api {
namespace {

constexpr const char* kScaleApi = "autoscaling/v1";

/// ".spec.replicas" as findPath() takes it; CRDs have no other form here.
std::string_view dotted(const std::string& path) {
  return std::string_view(path).substr(path.starts_with('.') ? 1 : 0);
}

void putAt(Json& document, std::string_view path, Json value) {
  auto* place = &document;
  while (!path.empty()) {
    const auto end = std::min(path.find('.'), path.size());
    place = &(*place)[std::string(path.substr(0, end))];
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  *place = std::move(value);
}

/// For `kubectl get --subresource=scale`.
Json tableOf(const Json& scale, Time now) {
  const auto column = [](const char* name, const char* type, const char* format) {
    return Json{
        {"name", name}, {"type", type}, {"format", format}, {"description", ""}, {"priority", 0}};
  };
  const auto born = parseRfc3339(stringAt(scale, "metadata.creationTimestamp"));
  const Json row = {
      {"cells",
       {stringAt(scale, "metadata.name"),
        integerAt(scale, "spec.replicas"),
        integerAt(scale, "status.replicas"),
        born ? formatAge(now - *born) : "<unknown>"}},
      {"object",
       {{"kind", "PartialObjectMetadata"},
        {"apiVersion", "meta.k8s.io/v1"},
        {"metadata", scale.at("metadata")}}}};
  return {
      {"kind", "Table"},
      {"apiVersion", "meta.k8s.io/v1"},
      {"metadata", {{"resourceVersion", stringAt(scale, "metadata.resourceVersion")}}},
      {"columnDefinitions",
       {column("Name", "string", "name"),
        column("Desired", "integer", ""),
        column("Available", "integer", ""),
        column("Age", "date", "")}},
      {"rows", Json::array({row})}};
}

Result<Mutation> replacementOf(const Call& call, const ServedKind& kind) {
  BERTH_TRY(auto body, readBody(call.request));
  const auto name = body.document.is_object() ? stringAt(body.document, "metadata.name") : "";
  if (!name.empty() && name != call.info.name)
    return badRequest(
        "the name of the object (" + name + ") does not match the name on the URL (" +
        call.info.name + ")");
  return Mutation([&kind, scale = std::move(body.document)](const Json& stored) {
    return withScale(kind, stored, scale);
  });
}

Result<Mutation> patchOf(const Call& call, const ServedKind& kind) {
  BERTH_TRY(const auto format, bodyFormat(call.request.headers.get("Content-Type")));
  const bool isList = format == BodyFormat::JsonPatch;
  if (!isList && format != BodyFormat::MergePatch)
    return unsupportedMediaType("application/json-patch+json, application/merge-patch+json");
  BERTH_TRY(auto body, readDocument(call.request.body, false));
  if (!isList && !body.document.is_object()) return badRequest("the patch is not an object");
  return Mutation(
      [&kind, isList, patch = std::move(body.document)](const Json& stored) -> Result<Json> {
        BERTH_TRY(auto scale, scaleOf(kind, stored));
        if (!isList) return withScale(kind, stored, applyMergePatch(std::move(scale), patch));
        BERTH_TRY(const auto patched, applyJsonPatch(std::move(scale), patch));
        return withScale(kind, stored, patched);
      });
}

Result<store::StoredObjectPtr> write(Services& services, const Call& call, const ServedKind& kind) {
  const bool isPatch = call.info.verb == "patch";
  const auto* optionsKind = isPatch ? "PatchOptions" : "UpdateOptions";
  WriteOptions options{.actor = call.user.name, .request = recordOf(call)};
  BERTH_TRY(options.dryRun, dryRunOf(call.target, optionsKind));
  BERTH_TRY(options.manager, fieldManagerOf(call.request, call.target, optionsKind));
  BERTH_TRY(const auto mutation, isPatch ? patchOf(call, kind) : replacementOf(call, kind));
  BERTH_TRY(
      auto outcome,
      services.objects.modify(call.context, {kind, call.info.key()}, mutation, options));
  return std::move(outcome.object);
}

}  // namespace

Result<Json> scaleOf(const ServedKind& kind, const Json& object) {
  const auto& paths = *kind.version->scale;
  const auto* replicas = findPath(object, dotted(paths.specReplicas));
  if (replicas == nullptr || !replicas->is_number_integer())
    return Error{
        Reason::Invalid, "the spec replicas field \"" + paths.specReplicas + "\" does not exist"};
  Json metadata = Json::object();
  for (const char* name : {"name", "namespace", "uid", "resourceVersion", "creationTimestamp"})
    if (const auto* value = findPath(object, std::string("metadata.") + name))
      metadata[name] = *value;
  Json status = {{"replicas", integerAt(object, dotted(paths.statusReplicas))}};
  if (!paths.labelSelector.empty())
    if (const auto selector = stringAt(object, dotted(paths.labelSelector)); !selector.empty())
      status["selector"] = selector;
  return Json{
      {"kind", "Scale"},
      {"apiVersion", kScaleApi},
      {"metadata", std::move(metadata)},
      {"spec", {{"replicas", *replicas}}},
      {"status", std::move(status)}};
}

Result<Json> withScale(const ServedKind& kind, Json object, const Json& scale) {
  if (!scale.is_object()) return badRequest("the scale is not an object");
  const auto apiVersion = scale.value("apiVersion", Json(kScaleApi));
  const auto name = scale.value("kind", Json("Scale"));
  if (apiVersion != kScaleApi || name != "Scale")
    return badRequest("the body is no Scale of autoscaling/v1");
  const auto* replicas = findPath(scale, "spec.replicas");
  const auto wanted = replicas == nullptr || replicas->is_null() ? Json(0) : *replicas;
  constexpr std::int64_t kMost = INT32_MAX;
  if (!wanted.is_number_integer() || wanted < 0 || wanted > kMost)
    return invalid(
        "Scale.autoscaling",
        stringAt(object, "metadata.name"),
        {invalidValue("spec.replicas", wanted, "should be a non-negative integer")});
  putAt(object, dotted(kind.version->scale->specReplicas), wanted);
  // What the client expects is checked with the rest.
  for (const char* member : {"uid", "resourceVersion"})
    if (const auto text = stringAt(scale, std::string("metadata.") + member); !text.empty())
      object["metadata"][member] = text;
  return object;
}

Result<http::Response> answerScale(Services& services, const Call& call, const ServedKind& kind) {
  BERTH_TRY(const auto wanted, wantedOf(call));
  store::StoredObjectPtr object;
  if (call.info.verb == "get") {
    BERTH_TRY(object, services.objects.read(call.context, kind, call.info.key()));
  } else {
    BERTH_TRY(object, write(services, call, kind));
  }
  BERTH_TRY(const auto scale, scaleOf(kind, servedDocument(kind, *object)));
  if (wanted.form != Form::Table) return documentResponse(200, scale, wanted);
  return documentResponse(200, tableOf(scale, services.dependencies.clock.wall()), wanted);
}

}  // namespace berth::api
