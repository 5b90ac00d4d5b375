/// @file
/// Quantities: "700Mi" of memory, "1500m" of processors, as Kubernetes writes them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.hpp"

namespace berth {

/// Bytes of "700Mi", "2Gi", "1.5G", "1e3"; fractions of a byte round up.  Invalid for other
/// text, negative amounts, and what is beyond 2^63.
Result<std::int64_t> parseBytes(std::string_view text);
/// Thousandths of "1500m", "2", "0.5"; smaller parts round up.
Result<std::int64_t> parseMillis(std::string_view text);

/// The shortest exact form with a binary suffix: "700Mi", "1536".
std::string formatBytes(std::int64_t bytes);
/// "1500m", "2".
std::string formatMillis(std::int64_t millis);

}  // namespace berth
