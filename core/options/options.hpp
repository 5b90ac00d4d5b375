/// @file
/// Options: one struct, filled from a file, the environment and flags.
///
///     struct ControllerOptions {
///       std::string dataDir;
///       Duration resync = std::chrono::minutes(10);
///       static constexpr auto kOptions = std::tuple{
///           option("data-dir", &ControllerOptions::dataDir, "Folder of all that it keeps."),
///           option("resync", &ControllerOptions::resync, "How often all is looked at again.")};
///     };
///     ControllerOptions options;
///     BERTH_TRY(auto text, loadOptions(program, options, arguments));
///
/// The option "data-dir" is the flag --data-dir, the variable BERTH_DATA_DIR and the
/// key dataDir of the YAML file that --config (BERTH_CONFIG) names.  A flag wins over the
/// variable, that over the file, that over the default.  An unknown flag or key is an
/// error that names the nearest known one; so is a value that is not of the type.
///
/// Members are strings, bools, integers, Durations ("1m30s") or lists of strings
/// (separated by commas; a flag may be repeated).
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/base/clock.hpp"
#include "core/base/result.hpp"
#include "core/object/duration.hpp"

namespace berth {

template <class Owner, class Member>
struct OptionOf {
  const char* name;
  Member Owner::*member;
  const char* help;
};

template <class Owner, class Member>
constexpr OptionOf<Owner, Member> option(
    const char* name, Member Owner::*member, const char* help) {
  return {name, member, help};
}

/// What the help text calls the program.
struct Program {
  std::string name;     // berth-controller
  std::string summary;  // one sentence
  std::string version;
};

/// One option of any struct.  A bool takes "true" and "false", and is true when its
/// flag stands alone.
struct OptionSpec {
  enum class Kind { Text, Flag, Number, Span, List };
  std::string name;
  std::string help;
  std::string defaultText;
  Kind kind = Kind::Text;
  std::function<Result<>(const std::vector<std::string>&)> set;
};

/// The table of the reference page: flag, variable, key, default and help of each.
std::string optionsReference(const std::vector<OptionSpec>& specs);

/// "dataDir" and "BERTH_DATA_DIR" of "data-dir".
std::string optionKey(const std::string& name);
std::string optionVariable(const std::string& name);

using GetVariable = std::function<std::optional<std::string>(const std::string& name)>;
/// The process's environment.
std::optional<std::string> environmentVariable(const std::string& name);

/// What --help or --version asks to be printed, or nothing: go on.  Invalid when an
/// option is unknown or has a wrong value.
Result<std::optional<std::string>> loadOptions(
    const Program& program,
    const std::vector<OptionSpec>& specs,
    std::span<const std::string> arguments,  // without the program's name
    const GetVariable& variable);

namespace detail {

Result<bool> parseBool(const std::string& text);
Result<std::int64_t> parseInteger(const std::string& text, std::int64_t least, std::int64_t most);
std::vector<std::string> splitList(const std::vector<std::string>& texts);
std::string joinList(const std::vector<std::string>& items);

template <class Member>
constexpr OptionSpec::Kind optionKind() {
  if constexpr (std::is_same_v<Member, bool>)
    return OptionSpec::Kind::Flag;
  else if constexpr (std::is_integral_v<Member>)
    return OptionSpec::Kind::Number;
  else if constexpr (std::is_same_v<Member, Duration>)
    return OptionSpec::Kind::Span;
  else if constexpr (std::is_same_v<Member, std::vector<std::string>>)
    return OptionSpec::Kind::List;
  else {
    static_assert(std::is_same_v<Member, std::string>, "no option of this type");
    return OptionSpec::Kind::Text;
  }
}

template <class Member>
std::string optionText(const Member& value) {
  if constexpr (std::is_same_v<Member, bool>)
    return value ? "true" : "false";
  else if constexpr (std::is_integral_v<Member>)
    return std::to_string(value);
  else if constexpr (std::is_same_v<Member, Duration>)
    return formatDuration(value);
  else if constexpr (std::is_same_v<Member, std::string>)
    return value;
  else
    return joinList(value);
}

template <class Member>
Result<Member> parseOption(const std::vector<std::string>& texts) {
  if constexpr (std::is_same_v<Member, std::vector<std::string>>) {
    return splitList(texts);
  } else {
    const std::string& text = texts.back();
    if constexpr (std::is_same_v<Member, bool>) {
      return parseBool(text);
    } else if constexpr (std::is_integral_v<Member>) {
      using Limits = std::numeric_limits<Member>;
      static_assert(sizeof(Member) < 8 || std::is_signed_v<Member>);
      BERTH_TRY(const auto number, parseInteger(text, Limits::min(), Limits::max()));
      return static_cast<Member>(number);
    } else if constexpr (std::is_same_v<Member, Duration>) {
      return parseDuration(text);
    } else {
      return text;
    }
  }
}

template <class T, class Member>
OptionSpec makeOptionSpec(T& options, const OptionOf<T, Member>& entry) {
  const auto set = [&options,
                    member = entry.member](const std::vector<std::string>& texts) -> Result<> {
    BERTH_TRY(options.*member, parseOption<Member>(texts));
    return Ok{};
  };
  return {entry.name, entry.help, optionText(options.*entry.member), optionKind<Member>(), set};
}

}  // namespace detail

/// The options of a struct, bound to its members; it must outlive them.
template <class T>
std::vector<OptionSpec> optionSpecs(T& options) {
  return std::apply(
      [&](const auto&... entry) {
        return std::vector<OptionSpec>{detail::makeOptionSpec(options, entry)...};
      },
      T::kOptions);
}

template <class T>
Result<std::optional<std::string>> loadOptions(
    const Program& program, T& options, std::span<const std::string> arguments) {
  return loadOptions(program, optionSpecs(options), arguments, environmentVariable);
}

}  // namespace berth
