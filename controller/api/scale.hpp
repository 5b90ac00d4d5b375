/// @file
/// The scale subresource: the replicas of an object as an autoscaling/v1 Scale.
#pragma once

#include "controller/api/services.hpp"

namespace berth::api {

/// The Scale of an object, by the paths of its CRD.  InternalError when the object has
/// no number of replicas.
Result<Json> scaleOf(const ServedKind& kind, const Json& object);
/// The object with the replicas of `scale`.  Invalid when that is no number for it.
Result<Json> withScale(const ServedKind& kind, Json object, const Json& scale);

/// GET, PUT and PATCH of /scale.
Result<http::Response> answerScale(Services& services, const Call& call, const ServedKind& kind);

}  // namespace berth::api
