/// @file
/// The Status document: the API's answer when it is not an object.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/json/json.hpp"
#include "core/object/meta.hpp"

namespace berth::api {

/// What a Status says it is about.  `kind` is the plural, except for Invalid.
struct StatusDetails {
  std::string name;
  std::string group;
  std::string kind;
  Uid uid;
};

int httpCode(Reason reason);

Json failureStatus(const Error& error, const StatusDetails& details);
/// The answer to a delete that is complete at once.
Json successStatus(const StatusDetails& details);

// Errors in the server's words; `type` and `name` as the user knows them.
Error notFound(const ResourceType& type, std::string_view name);
Error alreadyExists(const ResourceType& type, std::string_view name);
Error modified(const ResourceType& type, std::string_view name);
/// Conflict with a reason of its own: "Operation cannot be fulfilled on ...: why".
Error conflict(const ResourceType& type, std::string_view name, std::string_view why);
/// Invalid with every cause; `kind` is qualified: "ClientDeployment.berth.dev".
Error invalid(const std::string& kind, std::string_view name, std::vector<Cause> causes);
Error invalid(const ResourceType& type, std::string_view name, std::vector<Cause> causes);
Error badRequest(std::string message);

// Causes as Kubernetes words them.
Cause requiredValue(std::string field, std::string_view why = {});
Cause invalidValue(std::string field, const Json& value, std::string_view why);
Cause unsupportedValue(
    std::string field, const Json& value, const std::vector<std::string>& supported);
Cause forbiddenValue(std::string field, std::string_view why);

}  // namespace berth::api
