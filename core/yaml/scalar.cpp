#include "core/yaml/scalar.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <string_view>

namespace berth::yaml {
namespace {

using namespace std::string_view_literals;

constexpr std::array kTrue = {
    "true"sv, "True"sv, "TRUE"sv, "yes"sv, "Yes"sv, "YES"sv, "on"sv, "On"sv, "ON"sv};
constexpr std::array kFalse = {
    "false"sv, "False"sv, "FALSE"sv, "no"sv, "No"sv, "NO"sv, "off"sv, "Off"sv, "OFF"sv};
constexpr std::array kNull = {""sv, "~"sv, "null"sv, "Null"sv, "NULL"sv};

template <std::size_t N>
bool isOneOf(const std::array<std::string_view, N>& words, std::string_view text) {
  return std::ranges::find(words, text) != words.end();
}

bool isDigit(char c) { return c >= '0' && c <= '9'; }

/// 12, -0x1f, 0o17, 017, 0b101.
std::optional<Json> asInteger(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text.empty() || !isDigit(text[0])) return std::nullopt;
  int base = 10;
  if (text.size() > 1 && text[0] == '0') {
    const char mark = text[1];
    base = mark == 'x' || mark == 'X' ? 16 : mark == 'b' || mark == 'B' ? 2 : 8;
    text.remove_prefix(base != 8 || mark == 'o' || mark == 'O' ? 2 : 1);
  }
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (value <= std::uint64_t(INT64_MAX)) {
    const auto number = std::int64_t(value);
    return Json(negative ? -number : number);
  }
  if (!negative) return Json(value);
  if (value == std::uint64_t(INT64_MAX) + 1) return Json(INT64_MIN);
  return std::nullopt;
}

/// Digits with at most one point and an exponent: no "inf", no hexadecimal.
bool looksLikeFloat(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  std::size_t digits = 0;
  std::size_t points = 0;
  std::size_t i = 0;
  for (; i < text.size() && (isDigit(text[i]) || text[i] == '.'); ++i)
    ++(text[i] == '.' ? points : digits);
  if (digits == 0 || points > 1) return false;
  if (i == text.size()) return true;
  if (text[i] != 'e' && text[i] != 'E') return false;
  if (++i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
  return i < text.size() && std::ranges::all_of(text.substr(i), isDigit);
}

std::optional<Json> asFloat(std::string_view text) {
  if (!looksLikeFloat(text)) return std::nullopt;
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  // 1e3 is 1000 once it has been through JSON.
  constexpr double kExact = 9007199254740992;
  if (std::floor(value) == value && std::abs(value) < kExact) return Json(std::int64_t(value));
  return Json(value);
}

}  // namespace

Json resolvePlain(const std::string& text) {
  if (isOneOf(kNull, text)) return nullptr;
  if (isOneOf(kTrue, text)) return true;
  if (isOneOf(kFalse, text)) return false;
  if (!isDigit(text[0]) && std::string_view("+-.").find(text[0]) == std::string_view::npos)
    return text;
  std::string digits = text;
  if (digits.find('_') != std::string::npos && !digits.starts_with('_')) std::erase(digits, '_');
  if (auto number = asInteger(digits)) return *std::move(number);
  if (auto number = asFloat(digits)) return *std::move(number);
  return text;
}

}  // namespace berth::yaml
