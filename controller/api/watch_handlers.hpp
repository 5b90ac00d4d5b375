/// @file
/// The verb watch.
#pragma once

#include "controller/api/services.hpp"

namespace berth::api {

Result<http::Response> watchObjects(Services& services, const Call& call, const ServedKind& kind);

}  // namespace berth::api
