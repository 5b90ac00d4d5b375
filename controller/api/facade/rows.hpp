/// @file
/// The shapes of the old REST API: rows made of our objects, and objects' specs made of
/// its requests.  Pure.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.hpp"
#include "core/json/json.hpp"

namespace berth::api::facade {

/// "acme" for the namespace default, "NAMESPACE:acme" for any other.
std::string idOf(const Json& object);

Json hostRow(const Json& host);
Json deploymentRow(const Json& deployment);
Json jobRow(const Json& job);
Json conflictRow(const Json& conflict);

/// The spec of a Host, from hostname, ip_address, region, agent_url or connection,
/// status.  Invalid, with what is missing or not understood.
Result<Json> hostSpec(const Json& body);
/// The part of a ClientDeployment's spec that the request speaks of: client_name,
/// domain (or fqdn), image, host (or host_id), port, memory, env, status.
Result<Json> deploymentSpec(const Json& body);
/// {action, merged, comment} of a SyncConflict, from strategy, resolved_data, notes.
Result<Json> resolution(const Json& body);

}  // namespace berth::api::facade
