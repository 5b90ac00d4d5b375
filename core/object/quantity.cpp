#include "core/object/quantity.hpp"

#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace berth {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr Wide kMax = Wide(INT64_MAX);

Error notAQuantity(std::string_view text) {
  return {
      Reason::Invalid,
      "\"" + std::string(text.substr(0, 64)) + "\" is not a quantity such as 700Mi, 1.5G or 500m"};
}

/// value = digits / 10^decimals * multiplier / divisor
struct Parts {
  Wide digits = 0;
  int decimals = 0;
  Wide multiplier = 1;
  Wide divisor = 1;
};

Wide power(Wide base, int exponent) {
  Wide value = 1;
  for (int i = 0; i < exponent; ++i) value *= base;
  return value;
}

/// Takes digits with at most one point off the front of `text`.
bool takeNumber(std::string_view& text, Parts& parts) {
  constexpr int kMaxDigits = 19;
  constexpr int kMaxDecimals = 9;
  bool point = false;
  int count = 0;
  std::size_t i = 0;
  for (; i < text.size(); ++i) {
    if (text[i] == '.' && !point) {
      point = true;
    } else if (text[i] >= '0' && text[i] <= '9') {
      if (++count > kMaxDigits) return false;
      parts.digits = parts.digits * 10 + Wide(text[i] - '0');
      if (point && ++parts.decimals > kMaxDecimals) return false;
    } else {
      break;
    }
  }
  text.remove_prefix(i);
  return count > 0;
}

bool takeExponent(std::string_view text, Parts& parts) {
  int exponent = 0;
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), exponent);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return false;
  if (exponent < -9 || exponent > 18) return false;
  (exponent < 0 ? parts.divisor : parts.multiplier) =
      power(10, exponent < 0 ? -exponent : exponent);
  return true;
}

bool takeSuffix(std::string_view text, Parts& parts) {
  static constexpr std::array<std::string_view, 6> kBinary = {"Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};
  static constexpr std::array<char, 6> kDecimal = {'k', 'M', 'G', 'T', 'P', 'E'};
  static constexpr std::array<char, 3> kSmall = {'m', 'u', 'n'};
  if (text.empty()) return true;
  for (std::size_t i = 0; i < kBinary.size(); ++i)
    if (text == kBinary[i]) return parts.multiplier = power(1024, int(i) + 1), true;
  if (text.size() == 1) {
    for (std::size_t i = 0; i < kDecimal.size(); ++i)
      if (text[0] == kDecimal[i]) return parts.multiplier = power(1000, int(i) + 1), true;
    for (std::size_t i = 0; i < kSmall.size(); ++i)
      if (text[0] == kSmall[i]) return parts.divisor = power(1000, int(i) + 1), true;
  }
  return (text[0] == 'e' || text[0] == 'E') && takeExponent(text.substr(1), parts);
}

/// In units of 1/scale, rounded up.
Result<std::int64_t> parse(std::string_view text, Wide scale) {
  auto rest = text;
  if (rest.starts_with('+')) rest.remove_prefix(1);
  Parts parts;
  if (!takeNumber(rest, parts) || !takeSuffix(rest, parts)) return notAQuantity(text);
  // digits < 10^19, multiplier <= 2^60, divisor <= 10^18, scale <= 10^3: all fits.
  const Wide divisor = power(10, parts.decimals) * parts.divisor;
  const Wide product = parts.digits * parts.multiplier;
  const Wide whole = product / divisor;
  if (whole >= kMax / scale)
    return Error{Reason::Invalid, "\"" + std::string(text) + "\" is too large a quantity"};
  const Wide part = ((product % divisor) * scale + divisor - 1) / divisor;
  return std::int64_t(whole * scale + part);
}

}  // namespace

Result<std::int64_t> parseBytes(std::string_view text) { return parse(text, 1); }

Result<std::int64_t> parseMillis(std::string_view text) { return parse(text, 1000); }

std::string formatBytes(std::int64_t bytes) {
  static constexpr std::array<const char*, 7> kSuffixes = {"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};
  std::size_t suffix = 0;
  while (bytes != 0 && bytes % 1024 == 0 && suffix + 1 < kSuffixes.size()) {
    bytes /= 1024;
    ++suffix;
  }
  return std::to_string(bytes) + kSuffixes[suffix];
}

std::string formatMillis(std::int64_t millis) {
  return millis % 1000 == 0 ? std::to_string(millis / 1000) : std::to_string(millis) + "m";
}

}  // namespace berth
