/// @file
/// Log: lines for the operator, each a constant message and fields.
///
///     log.info("reconciled", {{"key", key.name}, {"took", took}});
///
///   - the message is a literal, so that lines can be counted and searched for;
///     what varies is a field;
///   - a Secret cannot be a field: it does not compile;
///   - a line is one line, whatever is in a field.
///
/// A Log is a handle: copies write to the same place.  Thread-safe.
#pragma once

#include <concepts>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

#include "core/base/clock.hpp"
#include "core/base/result.hpp"
#include "core/base/secret.hpp"

namespace berth {

enum class LogLevel { Debug, Info, Warn, Error };
enum class LogFormat { Text, JsonLines };  // an object a line

Result<LogLevel> parseLogLevel(std::string_view text);    // debug, info, warn, error
Result<LogFormat> parseLogFormat(std::string_view text);  // text, json

/// Text that was there when the program was compiled.
class LogMessage {
 public:
  consteval LogMessage(const char* text) : text_(text) {}  // NOLINT: by design
  [[nodiscard]] std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

/// One field.  Its value is a view: a field lives as long as the call it is in.
class LogField {
 public:
  using Value = std::variant<std::string, std::string_view, bool, std::int64_t, double>;

  LogField(std::string_view name, std::string_view value) : name_(name), value_(value) {}
  LogField(std::string_view name, const std::string& value)
      : name_(name), value_(std::string_view(value)) {}
  LogField(std::string_view name, const char* value)
      : name_(name), value_(std::string_view(value)) {}
  template <class Number>
  requires std::is_arithmetic_v<Number> LogField(std::string_view name, Number value)
      : name_(name), value_(widen(value)) {}
  /// Seconds, as a number.
  template <class Rep, class Period>
  LogField(std::string_view name, std::chrono::duration<Rep, Period> value)
      : name_(name), value_(std::chrono::duration<double>(value).count()) {}
  LogField(std::string_view name, const Error& error) : name_(name), value_(describe(error)) {}
  LogField(std::string_view name, const Secret& value) = delete;

  [[nodiscard]] std::string_view name() const { return name_; }
  [[nodiscard]] const Value& value() const { return value_; }

 private:
  template <class Number>
  static Value widen(Number value) {
    if constexpr (std::is_same_v<Number, bool>) {
      return value;
    } else if constexpr (std::is_integral_v<Number>) {
      return static_cast<std::int64_t>(value);
    } else {
      return static_cast<double>(value);
    }
  }
  static std::string describe(const Error& error);  // "Conflict: put www: ..."

  std::string_view name_;
  Value value_;
};

class Log {
 public:
  struct Options {
    LogLevel level = LogLevel::Info;
    LogFormat format = LogFormat::Text;
    /// Gets each line, without its end; empty: stderr.  Called by one thread at a
    /// time.
    std::function<void(std::string_view line)> sink = {};
  };
  using Fields = std::initializer_list<LogField>;

  /// Says nothing.
  Log() = default;
  explicit Log(Options options);

  /// The same log, with fields in front of those of each line.
  [[nodiscard]] Log with(Fields fields) const;

  void debug(LogMessage message, Fields fields = {}) const;
  void info(LogMessage message, Fields fields = {}) const;
  void warn(LogMessage message, Fields fields = {}) const;
  void error(LogMessage message, Fields fields = {}) const;

  [[nodiscard]] bool enabled(LogLevel level) const;

 private:
  struct Impl;
  void write(LogLevel level, LogMessage message, Fields fields) const;

  std::shared_ptr<Impl> impl_;
  std::string fields_;  // formatted, of with()
};

}  // namespace berth
