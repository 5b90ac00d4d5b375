#include "controller/api/object_handlers.hpp"

#include "controller/api/audit.hpp"
#include "controller/api/body.hpp"
#include "controller/api/builtin.hpp"
#include "controller/api/patch.hpp"
#include "controller/api/rbac_escalation.hpp"
#include "controller/api/respond.hpp"

namespace berth::api {
namespace {

constexpr int kNames = 8;
constexpr const char* kOwnPatches =
    "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml";
constexpr const char* kBuiltInPatches =
    "application/json-patch+json, application/merge-patch+json, "
    "application/strategic-merge-patch+json, application/apply-patch+yaml";

Result<Part> partOf(const Call& call, const ServedKind& kind) {
  const auto& subresource = call.info.subresource;
  if (subresource.empty()) return Part::Main;
  if (subresource == "status" && kind.hasStatus()) return Part::Status;
  if (subresource == "finalize" && isNamespace(kind)) return Part::Finalize;
  return Error{Reason::NotFound, "the server could not find the requested resource"};
}

Result<Answer> answerFor(Services& services, const Call& call, const ServedKind& kind) {
  BERTH_TRY(const auto wanted, wantedOf(call));
  Answer answer{.kind = kind, .wanted = wanted, .now = services.dependencies.clock.wall()};
  if (call.target.has("includeObject")) answer.includeObject = call.target.param("includeObject");
  return answer;
}

Result<WriteOptions> writeOptionsOf(
    const Services& services, const Call& call, const ServedKind& kind, const char* optionsKind) {
  WriteOptions options{.actor = call.user.name, .request = recordOf(call)};
  options.permit = [&](const Json* stored, const Json& wanted) -> Result<> {
    if (stored == nullptr && call.info.verb != "create") {  // an apply of what is not there
      auto creation = call.info;
      creation.verb = "create";
      BERTH_CHECK(services.authorizer.allow(call.user, creation));
    }
    return checkEscalation(services.authorizer, call.user, kind, stored, wanted);
  };
  BERTH_TRY(options.fields, fieldPolicyOf(call.target, optionsKind));
  BERTH_TRY(options.dryRun, dryRunOf(call.target, optionsKind));
  BERTH_TRY(options.manager, fieldManagerOf(call.request, call.target, optionsKind));
  return options;
}

http::Response outcomeResponse(const Outcome& outcome, const Answer& answer) {
  auto response = objectResponse(outcome.created ? 201 : 200, outcome.object, answer);
  addWarnings(response, outcome.warnings);
  return response;
}

std::string nameIn(const Json& document) {
  return document.is_object() ? stringAt(document, "metadata.name") : std::string();
}

bool isTaken(const Result<Outcome>& outcome) {
  return !outcome && outcome.error().reason == Reason::AlreadyExists;
}

/// What a failed create is about: its URL does not name the object.
StatusDetails aboutNew(
    const ServedKind& kind, const std::string& name, const Call& call, const Error& error) {
  if (error.reason == Reason::NotFound)
    return {.name = call.info.namespaceName, .kind = "namespaces"};
  const bool isInvalid = error.reason == Reason::Invalid;
  return {
      .name = name,
      .group = kind.type.group,
      .kind = isInvalid ? kind.type.kind : kind.type.plural};
}

/// From the patch's type to what it does.
Result<Mutation> mutationOf(const Call& call, const ServedKind& kind, Json patch) {
  BERTH_TRY(const auto format, bodyFormat(call.request.headers.get("Content-Type")));
  if (format == BodyFormat::JsonPatch)
    return Mutation(
        [patch = std::move(patch)](const Json& stored) { return applyJsonPatch(stored, patch); });
  if (format != BodyFormat::JsonPatch && !patch.is_object())
    return badRequest("the patch is not an object");
  if (format == BodyFormat::MergePatch)
    return Mutation([patch = std::move(patch)](const Json& stored) -> Result<Json> {
      return applyMergePatch(stored, patch);
    });
  return kind.builtIn ? Result<Mutation>([patch = std::move(patch)](const Json& stored) {
    return applyStrategicPatch(stored, patch);
  })
                      : unsupportedMediaType(kOwnPatches);
}

/// A patch may not turn an object into another.
Mutation keepingIdentity(Mutation mutation) {
  return [mutation = std::move(mutation)](const Json& stored) -> Result<Json> {
    BERTH_TRY(auto wanted, mutation(stored));
    if (!wanted.is_object()) return badRequest("the patched object is not an object");
    for (const char* member : {"apiVersion", "kind"})
      if (wanted.value(member, Json()) != stored.value(member, Json()))
        return badRequest(std::string(member) + ": a patch cannot change it");
    return wanted;
  };
}

Result<BodyFormat> patchFormatOf(const Call& call, const ServedKind& kind) {
  const auto format = bodyFormat(call.request.headers.get("Content-Type"));
  const bool sound =
      format && (*format == BodyFormat::JsonPatch || *format == BodyFormat::MergePatch ||
                 *format == BodyFormat::ApplyPatch ||
                 (*format == BodyFormat::StrategicPatch && kind.builtIn));
  if (!sound) return unsupportedMediaType(kind.builtIn ? kBuiltInPatches : kOwnPatches);
  return *format;
}

Error badPatchOption(Cause cause) {
  return invalid("PatchOptions.meta.k8s.io", "", {std::move(cause)});
}

Result<http::Response> applyObject(
    Services& services, const Call& call, const WriteTarget& target, const Answer& answer) {
  BERTH_TRY(auto options, writeOptionsOf(services, call, target.kind, "PatchOptions"));
  if (call.target.param("fieldManager").empty())
    return badPatchOption(requiredValue("fieldManager", "is required for apply patch"));
  BERTH_TRY(auto body, readConfigurationBody(call.request.body));
  options.fields.duplicateKeys = std::move(body.duplicateKeys);
  const Configuration configuration{std::move(body.document), isTrue(call.target, "force")};
  const auto outcome = services.objects.apply(call.context, target, configuration, options);
  const bool noNamespace =
      !outcome && outcome.error().reason == Reason::NotFound && target.part == Part::Main;
  if (noNamespace)
    return errorResponse(
        outcome.error(), aboutNew(target.kind, target.key.name, call, outcome.error()));
  if (!outcome) return outcome.error();
  return outcomeResponse(*outcome, answer);
}

Result<std::optional<Propagation>> propagationOf(const std::string& text) {
  if (text.empty()) return std::optional<Propagation>();
  if (text == "Background") return std::optional(Propagation::Background);
  if (text == "Foreground") return std::optional(Propagation::Foreground);
  if (text == "Orphan") return std::optional(Propagation::Orphan);
  return invalid(
      "DeleteOptions.meta.k8s.io",
      "",
      {unsupportedValue("propagationPolicy", text, {"Foreground", "Background", "Orphan"})});
}

}  // namespace

Json recordOf(const Call& call) {
  return requestRecord(call.request, call.info, {call.user, call.caller, call.id});
}

Result<Negotiated> wantedOf(const Call& call) {
  return negotiate(call.request.headers.get("Accept"), isTrue(call.target, "pretty"));
}

Result<http::Response> getObject(Services& services, const Call& call, const ServedKind& kind) {
  BERTH_TRY(const auto answer, answerFor(services, call, kind));
  BERTH_CHECK(partOf(call, kind));
  BERTH_TRY(const auto object, services.objects.read(call.context, kind, call.info.key()));
  return objectResponse(200, object, answer);
}

Result<http::Response> createObject(Services& services, const Call& call, const ServedKind& kind) {
  BERTH_TRY(const auto answer, answerFor(services, call, kind));
  if (kind.type.namespaced && call.info.namespaceName.empty())
    return badRequest("an empty namespace may not be set during creation");
  BERTH_TRY(auto options, writeOptionsOf(services, call, kind, "CreateOptions"));
  BERTH_TRY(auto body, readBody(call.request));
  options.fields.duplicateKeys = std::move(body.duplicateKeys);
  const auto name = nameIn(body.document);
  const auto create = [&](Json document) {
    return services.objects.create(
        call.context, kind, call.info.namespaceName, std::move(document), options);
  };
  // A name that the server made up may be taken: then it makes up another one.
  auto outcome = create(name.empty() ? body.document : std::move(body.document));
  for (int i = 1; i < kNames && name.empty() && isTaken(outcome); ++i)
    outcome = create(body.document);
  if (!outcome && outcome.error().reason == Reason::InternalError) return outcome.error();
  if (!outcome) return errorResponse(outcome.error(), aboutNew(kind, name, call, outcome.error()));
  return outcomeResponse(*outcome, answer);
}

Result<http::Response> replaceObject(Services& services, const Call& call, const ServedKind& kind) {
  BERTH_TRY(const auto answer, answerFor(services, call, kind));
  BERTH_TRY(const auto part, partOf(call, kind));
  BERTH_TRY(auto options, writeOptionsOf(services, call, kind, "UpdateOptions"));
  BERTH_TRY(auto body, readBody(call.request));
  options.fields.duplicateKeys = std::move(body.duplicateKeys);
  const auto version = stringAt(body.document, "metadata.resourceVersion");
  if (version.empty() && !kind.builtIn)
    return invalid(
        kind.type,
        call.info.name,
        {{"FieldValueInvalid",
          "Invalid value: 0x0: must be specified for an update",
          "metadata.resourceVersion"}});
  BERTH_TRY(
      const auto outcome,
      services.objects.modify(
          call.context,
          {kind, call.info.key(), part},
          [&](const Json&) -> Result<Json> { return body.document; },
          options));
  return outcomeResponse(outcome, answer);
}

Result<http::Response> patchObject(Services& services, const Call& call, const ServedKind& kind) {
  BERTH_TRY(const auto answer, answerFor(services, call, kind));
  BERTH_TRY(const auto part, partOf(call, kind));
  BERTH_TRY(const auto format, patchFormatOf(call, kind));
  if (format == BodyFormat::ApplyPatch)
    return applyObject(services, call, {kind, call.info.key(), part}, answer);
  BERTH_TRY(auto options, writeOptionsOf(services, call, kind, "PatchOptions"));
  if (call.target.has("force"))
    return badPatchOption(forbiddenValue("force", "may not be specified for non-apply patch"));
  BERTH_TRY(auto body, readDocument(call.request.body, false));
  options.fields.duplicateKeys = std::move(body.duplicateKeys);
  BERTH_TRY(auto mutation, mutationOf(call, kind, std::move(body.document)));
  BERTH_TRY(
      const auto outcome,
      services.objects.modify(
          call.context,
          {kind, call.info.key(), part},
          keepingIdentity(std::move(mutation)),
          options));
  return outcomeResponse(outcome, answer);
}

Result<DeleteOptions> deleteOptionsOf(const Call& call) {
  DeleteOptions options{.actor = call.user.name, .request = recordOf(call)};
  BERTH_TRY(options.dryRun, dryRunOf(call.target, "DeleteOptions"));
  auto policy = call.target.param("propagationPolicy");
  if (!call.request.body.empty()) {
    BERTH_TRY(const auto body, readBody(call.request));
    if (!body.document.is_object()) return badRequest("the delete options are not an object");
    const auto& document = body.document;
    if (const auto text = stringAt(document, "propagationPolicy"); !text.empty()) policy = text;
    options.uid = stringAt(document, "preconditions.uid");
    options.resourceVersion = stringAt(document, "preconditions.resourceVersion");
    if (document.value("orphanDependents", Json()) == true) policy = "Orphan";
    for (const auto& mode : document.value("dryRun", Json::array())) {
      if (mode != "All")
        return invalid(
            "DeleteOptions.meta.k8s.io", "", {unsupportedValue("dryRun", mode, {"All"})});
      options.dryRun = true;
    }
  }
  BERTH_TRY(options.propagation, propagationOf(policy));
  return options;
}

Result<http::Response> deleteObject(Services& services, const Call& call, const ServedKind& kind) {
  BERTH_TRY(const auto answer, answerFor(services, call, kind));
  BERTH_TRY(const auto options, deleteOptionsOf(call));
  BERTH_TRY(
      const auto outcome, services.objects.remove(call.context, kind, call.info.key(), options));
  if (!outcome.gone) return objectResponse(200, outcome.object, answer);
  return documentResponse(
      200,
      successStatus(
          {.name = call.info.name,
           .group = kind.type.group,
           .kind = kind.type.plural,
           .uid = outcome.object->uid}),
      {.yaml = answer.wanted.yaml, .pretty = answer.wanted.pretty});
}

}  // namespace berth::api
