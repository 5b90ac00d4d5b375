/// @file
/// Which options of a list or watch go together: resourceVersion, resourceVersionMatch,
/// continue, sendInitialEvents.
#pragma once

#include "core/base/result.hpp"
#include "core/http/http.hpp"

namespace berth::api {

/// Invalid, with every cause, in Kubernetes' words; BadRequest for continue beside a
/// resourceVersion.
Result<> checkListOptions(const http::Target& target);
Result<> checkWatchOptions(const http::Target& target);

/// sendInitialEvents=false: changes only, from now on.
bool wantsNoState(const http::Target& target);

}  // namespace berth::api
