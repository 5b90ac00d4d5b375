#include "controller/api/status.hpp"

namespace berth::api {
namespace {

std::string inQuotes(std::string_view text) { return '"' + std::string(text) + '"'; }

std::string described(const Cause& cause) {
  return cause.field.empty() ? cause.message : cause.field + ": " + cause.message;
}

}  // namespace

int httpCode(Reason reason) {
  switch (reason) {
    case Reason::BadRequest:
      return 400;
    case Reason::Unauthorized:
      return 401;
    case Reason::Forbidden:
      return 403;
    case Reason::NotFound:
      return 404;
    case Reason::MethodNotAllowed:
      return 405;
    case Reason::NotAcceptable:
      return 406;
    case Reason::AlreadyExists:
      return 409;
    case Reason::Conflict:
      return 409;
    case Reason::Expired:
      return 410;
    case Reason::RequestEntityTooLarge:
      return 413;
    case Reason::UnsupportedMediaType:
      return 415;
    case Reason::Invalid:
      return 422;
    case Reason::TooManyRequests:
      return 429;
    case Reason::InternalError:
      return 500;
    case Reason::ServiceUnavailable:
      return 503;
    case Reason::Timeout:
      return 504;
  }
  return 500;
}

Json failureStatus(const Error& error, const StatusDetails& details) {
  Json about = Json::object();
  if (!details.name.empty()) about["name"] = details.name;
  if (!details.group.empty()) about["group"] = details.group;
  if (!details.kind.empty()) about["kind"] = details.kind;
  for (const auto& cause : error.causes) {
    Json entry = {{"reason", cause.reason}, {"message", cause.message}};
    if (!cause.field.empty()) entry["field"] = cause.field;
    about["causes"].push_back(std::move(entry));
  }
  if (error.retryAfterSeconds) about["retryAfterSeconds"] = *error.retryAfterSeconds;
  Json status = {
      {"kind", "Status"},
      {"apiVersion", "v1"},
      {"metadata", Json::object()},
      {"status", "Failure"},
      {"message", error.message},
      {"reason", toString(error.reason)},
      {"code", httpCode(error.reason)}};
  if (!about.empty()) status["details"] = std::move(about);
  return status;
}

Json successStatus(const StatusDetails& details) {
  Json about = {{"name", details.name}, {"kind", details.kind}, {"uid", details.uid}};
  if (!details.group.empty()) about["group"] = details.group;
  return {
      {"kind", "Status"},
      {"apiVersion", "v1"},
      {"metadata", Json::object()},
      {"status", "Success"},
      {"details", std::move(about)}};
}

Error notFound(const ResourceType& type, std::string_view name) {
  return {Reason::NotFound, type.resource() + " " + inQuotes(name) + " not found"};
}

Error alreadyExists(const ResourceType& type, std::string_view name) {
  return {Reason::AlreadyExists, type.resource() + " " + inQuotes(name) + " already exists"};
}

Error modified(const ResourceType& type, std::string_view name) {
  return conflict(
      type,
      name,
      "the object has been modified; please apply your changes to the latest version and try "
      "again");
}

Error conflict(const ResourceType& type, std::string_view name, std::string_view why) {
  return {
      Reason::Conflict,
      "Operation cannot be fulfilled on " + type.resource() + " " + inQuotes(name) + ": " +
          std::string(why)};
}

Error invalid(const std::string& kind, std::string_view name, std::vector<Cause> causes) {
  std::string list;
  for (const auto& cause : causes) list += (list.empty() ? "" : ", ") + described(cause);
  if (causes.size() > 1) list = "[" + list + "]";
  return {
      Reason::Invalid,
      kind + " " + inQuotes(name) + " is invalid" + (list.empty() ? "" : ": " + list),
      std::move(causes)};
}

Error invalid(const ResourceType& type, std::string_view name, std::vector<Cause> causes) {
  return invalid(
      type.group.empty() ? type.kind : type.kind + "." + type.group, name, std::move(causes));
}

Error badRequest(std::string message) { return {Reason::BadRequest, std::move(message)}; }

Cause requiredValue(std::string field, std::string_view why) {
  return {
      "FieldValueRequired",
      "Required value" + (why.empty() ? "" : ": " + std::string(why)),
      std::move(field)};
}

Cause invalidValue(std::string field, const Json& value, std::string_view why) {
  return {
      "FieldValueInvalid",
      "Invalid value: " + dumpJson(value) + ": " + std::string(why),
      std::move(field)};
}

Cause unsupportedValue(
    std::string field, const Json& value, const std::vector<std::string>& supported) {
  std::string list;
  for (const auto& item : supported) list += (list.empty() ? "" : ", ") + inQuotes(item);
  return {
      "FieldValueNotSupported",
      "Unsupported value: " + dumpJson(value) + ": supported values: " + list,
      std::move(field)};
}

Cause forbiddenValue(std::string field, std::string_view why) {
  return {"FieldValueForbidden", "Forbidden: " + std::string(why), std::move(field)};
}

}  // namespace berth::api
