#include "controller/api/object_client.hpp"

#include "controller/api/status.hpp"

namespace berth::api {
namespace {

Result<Json> documentOf(const store::StoredObjectPtr& object) {
  BERTH_TRY(auto parsed, parseJson(object->bytes, {.maxBytes = std::string::npos}));
  return std::move(parsed.document);
}

ObjectKey keyOf(const Json& document) {
  return {stringAt(document, "metadata.namespace"), stringAt(document, "metadata.name")};
}

std::string actorOf(const Context& context) {
  return context.actor.empty() ? "system:berth" : context.actor;
}

}  // namespace

Result<ServedKindPtr> InProcessClient::kindOf(const ResourceType& type) const {
  const auto registry = registry_.current();
  const auto* kind = registry->find(type.group, type.version, type.plural);
  if (kind == nullptr)
    return Error{Reason::NotFound, type.resource() + " is not served by this API server"};
  return kind->shared_from_this();
}

Result<Json> InProcessClient::get(
    const Context& context, const ResourceType& type, const ObjectKey& key) {
  BERTH_TRY(const auto kind, kindOf(type));
  BERTH_TRY(const auto object, service_.read(context, *kind, key));
  return documentOf(object);
}

Result<Json> InProcessClient::create(
    const Context& context, const ResourceType& type, Json document) {
  BERTH_TRY(const auto kind, kindOf(type));
  const auto key = keyOf(document);
  BERTH_TRY(
      const auto outcome,
      service_.create(
          context, *kind, key.namespaceName, std::move(document), {.actor = actorOf(context)}));
  return documentOf(outcome.object);
}

Result<Json> InProcessClient::write(
    const Context& context, const ResourceType& type, Json document, Part part) {
  BERTH_TRY(const auto kind, kindOf(type));
  const auto key = keyOf(document);
  BERTH_TRY(
      const auto outcome,
      service_.modify(
          context,
          {*kind, key, part},
          [&](const Json&) -> Result<Json> { return document; },
          {.actor = actorOf(context)}));
  return documentOf(outcome.object);
}

Result<Json> InProcessClient::replace(
    const Context& context, const ResourceType& type, Json document) {
  return write(context, type, std::move(document), Part::Main);
}

Result<Json> InProcessClient::replaceStatus(
    const Context& context, const ResourceType& type, Json document) {
  return write(context, type, std::move(document), Part::Status);
}

Result<> InProcessClient::remove(
    const Context& context, const ResourceType& type, const ObjectKey& key, const Uid& uid) {
  BERTH_TRY(const auto kind, kindOf(type));
  const auto outcome =
      service_.remove(context, *kind, key, {.actor = actorOf(context), .uid = uid});
  if (outcome) return Ok{};
  const bool gone = outcome.error().reason == Reason::NotFound;
  const bool otherLife = !uid.empty() && outcome.error().reason == Reason::Conflict;
  if (!gone && !otherLife) return outcome.error();
  return Ok{};
}

}  // namespace berth::api
