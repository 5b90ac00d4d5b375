#include "core/object/duration.hpp"

#include <array>

namespace berth {
namespace {

__extension__ using Wide = __int128;

struct Unit {
  std::string_view name;
  std::int64_t nanos;
};

// Longer names first: "ms" must not be read as "m".
constexpr std::array<Unit, 8> kUnits = {{
    {"ns", 1},
    {"us", 1'000},
    {"\u00b5s", 1'000},
    {"\u03bcs", 1'000},
    {"ms", 1'000'000},
    {"s", 1'000'000'000},
    {"m", 60'000'000'000},
    {"h", 3'600'000'000'000},
}};

Error notADuration(std::string_view text) {
  return {
      Reason::Invalid,
      "\"" + std::string(text.substr(0, 64)) + "\" is not a duration such as 90s, 5m or 1h30m"};
}

const Unit* takeUnit(std::string_view& text) {
  for (const auto& unit : kUnits) {
    if (!text.starts_with(unit.name)) continue;
    text.remove_prefix(unit.name.size());
    return &unit;
  }
  return nullptr;
}

bool isDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

Result<Duration> parseDuration(std::string_view text) {
  auto rest = text;
  const bool negative = rest.starts_with('-');
  if (negative || rest.starts_with('+')) rest.remove_prefix(1);
  if (rest == "0") return Duration::zero();
  if (rest.empty()) return notADuration(text);
  Wide total = 0;
  while (!rest.empty()) {
    Wide digits = 0;
    Wide scale = 1;
    std::size_t i = 0;
    bool point = false;
    int count = 0;
    for (; i < rest.size() && (isDigit(rest[i]) || (rest[i] == '.' && !point)); ++i) {
      if (rest[i] == '.') {
        point = true;
      } else if (++count <= 18) {
        digits = digits * 10 + (rest[i] - '0');
        if (point) scale *= 10;
      } else if (!point) {
        return notADuration(text);
      }
    }
    rest.remove_prefix(i);
    const auto* unit = takeUnit(rest);
    if (count == 0 || unit == nullptr) return notADuration(text);
    total += digits * unit->nanos / scale;
    if (total > INT64_MAX)
      return Error{Reason::Invalid, "\"" + std::string(text) + "\" is too long a duration"};
  }
  const auto nanos = std::int64_t(total);
  return Duration(negative ? -nanos : nanos);
}

std::string formatDuration(Duration duration) {
  auto nanos = duration.count();
  if (nanos == 0) return "0s";
  std::string text = nanos < 0 ? "-" : "";
  auto rest = nanos < 0 ? std::uint64_t(0) - std::uint64_t(nanos) : std::uint64_t(nanos);
  for (const auto& unit : {kUnits[7], kUnits[6], kUnits[5], kUnits[4], kUnits[1], kUnits[0]}) {
    const auto size = std::uint64_t(unit.nanos);
    if (rest >= size) text += std::to_string(rest / size) + std::string(unit.name);
    rest %= size;
  }
  return text;
}

}  // namespace berth
