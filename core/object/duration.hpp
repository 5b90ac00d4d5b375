/// @file
/// Durations as Go and Kubernetes write them: "1h30m", "250ms", "90s".
#pragma once

#include <string>
#include <string_view>

#include "core/base/clock.hpp"
#include "core/base/result.hpp"

namespace berth {

/// Invalid for other text and for what does not fit (292 years).  "0" needs no unit.
Result<Duration> parseDuration(std::string_view text);
/// "1h30m0s" as Go prints it would be; ours leaves out what is zero: "1h30m", "0s".
std::string formatDuration(Duration duration);

}  // namespace berth
