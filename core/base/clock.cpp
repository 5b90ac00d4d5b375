#include "core/base/clock.hpp"

#include <array>
#include <cstdio>

namespace berth {
namespace {

using namespace std::chrono_literals;

struct Anchor {
  std::chrono::steady_clock::time_point steady = std::chrono::steady_clock::now();
  Time wall = std::chrono::system_clock::now();
};

struct Parts {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  std::int64_t nanos = 0;
};

Parts split(Time time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  return {
      int(date.year()),
      unsigned(date.month()),
      unsigned(date.day()),
      int(clock.hours().count()),
      int(clock.minutes().count()),
      int(clock.seconds().count()),
      clock.subseconds().count()};
}

/// Reads exactly `width` digits; -1 when they are not there.
int digits(std::string_view text, std::size_t at, std::size_t width) {
  if (at + width > text.size()) return -1;
  int value = 0;
  for (std::size_t i = at; i < at + width; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

/// "Z" or "+02:00" to the end of the text.
std::optional<Duration> parseOffset(std::string_view text) {
  if (text == "Z" || text == "z") return 0s;
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return std::nullopt;
  const int hours = digits(text, 1, 2);
  const int minutes = digits(text, 4, 2);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return std::nullopt;
  const Duration offset = std::chrono::hours(hours) + std::chrono::minutes(minutes);
  return text[0] == '-' ? -offset : offset;
}

/// ".123456" at `at`; moves `at` behind it.
std::optional<Duration> parseFraction(std::string_view text, std::size_t& at) {
  if (at >= text.size() || text[at] != '.') return 0s;
  std::int64_t nanos = 0;
  std::int64_t scale = 100'000'000;
  const std::size_t first = ++at;
  for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, scale /= 10)
    nanos += (text[at] - '0') * scale;
  if (at == first) return std::nullopt;
  return Duration(nanos);
}

bool inRange(int value, int low, int high) { return value >= low && value <= high; }

}  // namespace

Time SystemClock::now() const {
  static const Anchor anchor;
  return anchor.wall + (std::chrono::steady_clock::now() - anchor.steady);
}

Time SystemClock::wall() const { return std::chrono::system_clock::now(); }

std::string formatRfc3339(Time time) {
  const Parts p = split(time);
  std::array<char, 40> buffer{};
  std::snprintf(
      buffer.data(),
      buffer.size(),
      "%04d-%02u-%02uT%02d:%02d:%02dZ",
      p.year,
      p.month,
      p.day,
      p.hour,
      p.minute,
      p.second);
  return buffer.data();
}

std::string formatRfc3339Micro(Time time) {
  std::string text = formatRfc3339(time);
  std::array<char, 16> buffer{};
  std::snprintf(buffer.data(), buffer.size(), ".%06dZ", int(split(time).nanos / 1000));
  text.replace(text.size() - 1, 1, buffer.data());
  return text;
}

std::optional<Time> parseRfc3339(std::string_view text) {
  const bool shaped = text.size() >= 20 && text[4] == '-' && text[7] == '-' &&
                      (text[10] == 'T' || text[10] == 't') && text[13] == ':' && text[16] == ':';
  if (!shaped) return std::nullopt;
  const int hour = digits(text, 11, 2);
  const int minute = digits(text, 14, 2);
  const int second = digits(text, 17, 2);
  if (!inRange(hour, 0, 23) || !inRange(minute, 0, 59) || !inRange(second, 0, 60))
    return std::nullopt;
  const int year = digits(text, 0, 4);
  const int month = digits(text, 5, 2);
  const int day = digits(text, 8, 2);
  if (year < 0 || month < 0 || day < 0) return std::nullopt;
  const std::chrono::year_month_day date{
      std::chrono::year(year),
      std::chrono::month(unsigned(month)),
      std::chrono::day(unsigned(day))};
  std::size_t at = 19;
  const auto fraction = parseFraction(text, at);
  if (!date.ok() || !fraction) return std::nullopt;
  const auto offset = parseOffset(text.substr(at));
  if (!offset) return std::nullopt;
  return Time(std::chrono::sys_days(date)) + std::chrono::hours(hour) +
         std::chrono::minutes(minute) + std::chrono::seconds(second) + *fraction - *offset;
}

std::string formatAge(Duration age) {
  const std::int64_t seconds = std::chrono::duration_cast<std::chrono::seconds>(age).count();
  const auto pair = [](std::int64_t whole, const char* unit, std::int64_t rest, const char* small) {
    std::string text = std::to_string(whole) + unit;
    if (rest > 0) text += std::to_string(rest) + small;
    return text;
  };
  // The steps of k8s.io/apimachinery/pkg/util/duration.HumanDuration.
  if (seconds < 0) return "0s";
  if (seconds < 120) return std::to_string(seconds) + "s";
  const std::int64_t minutes = seconds / 60;
  if (minutes < 10) return pair(minutes, "m", seconds % 60, "s");
  if (minutes < 180) return std::to_string(minutes) + "m";
  const std::int64_t hours = minutes / 60;
  if (hours < 8) return pair(hours, "h", minutes % 60, "m");
  if (hours < 48) return std::to_string(hours) + "h";
  if (hours < 192) return pair(hours / 24, "d", hours % 24, "h");
  if (hours < 24 * 365 * 2) return std::to_string(hours / 24) + "d";
  if (hours < 24 * 365 * 8) return pair(hours / 24 / 365, "y", (hours / 24) % 365, "d");
  return std::to_string(hours / 24 / 365) + "y";
}

}  // namespace berth
