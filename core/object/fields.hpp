/// @file
/// The field list of a struct, and the two functions that it drives.
///
///     struct Port {
///       std::int64_t number = 80;
///       static constexpr auto kFields = std::tuple{field("number", &Port::number, Emit::Always)};
///     };
///     Json document = encode(port);
///     Result<Port> port = decode<Port>(document);
///
/// Takes strings, bools, integers, doubles, Time (RFC 3339), Json (as it is),
/// optional, vector, map from string, and structs with kFields.  Emit::IfSet
/// leaves out what is empty, zero, false or absent; Emit::Always does not (for
/// required fields and those whose default is not the empty value).
#pragma once

#include <concepts>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/base/clock.hpp"
#include "core/base/result.hpp"
#include "core/json/json.hpp"

namespace berth {

enum class Emit { IfSet, Always };

template <class Owner, class Member>
struct FieldOf {
  const char* name;
  Member Owner::*member;
  Emit emit;
};

template <class Owner, class Member>
constexpr FieldOf<Owner, Member> field(
    const char* name, Member Owner::*member, Emit emit = Emit::IfSet) {
  return {name, member, emit};
}

template <class T>
concept HasFields = requires {
  T::kFields;
};

template <class T>
Json encode(const T& value);
template <class T>
Result<T> decode(const Json& document);

namespace detail {

template <class T>
inline constexpr bool kIsOptional = false;
template <class T>
inline constexpr bool kIsOptional<std::optional<T>> = true;
template <class T>
inline constexpr bool kIsVector = false;
template <class T>
inline constexpr bool kIsVector<std::vector<T>> = true;
template <class T>
inline constexpr bool kIsMap = false;
template <class T>
inline constexpr bool kIsMap<std::map<std::string, T>> = true;

template <class T>
bool isUnset(const T& value) {
  if constexpr (std::is_same_v<T, Json>) {
    return value.is_null();
  } else if constexpr (kIsOptional<T>) {
    return !value.has_value();
  } else if constexpr (std::is_same_v<T, std::string> || kIsVector<T> || kIsMap<T>) {
    return value.empty();
  } else if constexpr (std::is_arithmetic_v<T>) {
    return value == T{};
  } else {
    return false;
  }
}

inline Error wrongType(const char* wanted, const Json& document) {
  return {Reason::Invalid, std::string("expected ") + wanted + ", found " + document.type_name()};
}

/// Puts "spec" and "[3]" in front of a path on the way up: ": " ends the path.
inline Error atField(const std::string& step, Error error) {
  const bool joined =
      !error.message.empty() && (error.message[0] == '.' || error.message[0] == '[');
  error.message = (step[0] == '[' ? step : "." + step) + (joined ? "" : ": ") + error.message;
  return error;
}

template <class T>
Result<T> decodeScalar(const Json& document) {
  if constexpr (std::is_same_v<T, Json>) {
    return document;
  } else if constexpr (std::is_same_v<T, std::string>) {
    if (!document.is_string()) return wrongType("a string", document);
    return document.get<std::string>();
  } else if constexpr (std::is_same_v<T, bool>) {
    if (!document.is_boolean()) return wrongType("a boolean", document);
    return document.get<bool>();
  } else if constexpr (std::is_integral_v<T>) {
    if (!document.is_number_integer()) return wrongType("an integer", document);
    return document.get<T>();
  } else if constexpr (std::is_floating_point_v<T>) {
    if (!document.is_number()) return wrongType("a number", document);
    return document.get<T>();
  } else {
    static_assert(std::is_same_v<T, Time>, "no codec for this type");
    const auto time =
        document.is_string() ? parseRfc3339(document.get<std::string>()) : std::nullopt;
    if (!time) return wrongType("an RFC 3339 time", document);
    return *time;
  }
}

template <class T>
Result<T> decodeVector(const Json& document) {
  T values;
  if (!document.is_array()) return wrongType("a list", document);
  values.reserve(document.size());
  for (const auto& item : document) {
    auto value = decode<typename T::value_type>(item);
    if (!value) return atField("[" + std::to_string(values.size()) + "]", std::move(value).error());
    values.push_back(*std::move(value));
  }
  return values;
}

template <class T>
Result<T> decodeMap(const Json& document) {
  T values;
  if (!document.is_object()) return wrongType("an object", document);
  for (const auto& [name, item] : document.items()) {
    auto value = decode<typename T::mapped_type>(item);
    if (!value) return atField(name, std::move(value).error());
    values.emplace(name, *std::move(value));
  }
  return values;
}

template <class T, class Field>
Result<> decodeField(const Json& document, const Field& entry, T& value) {
  const auto found = document.find(entry.name);
  if (found == document.end() || found->is_null()) return Ok{};
  using Member = std::remove_reference_t<decltype(value.*entry.member)>;
  auto member = decode<Member>(*found);
  if (!member) return atField(entry.name, std::move(member).error());
  value.*entry.member = *std::move(member);
  return Ok{};
}

template <class T>
Result<T> decodeStruct(const Json& document) {
  T value;
  if (!document.is_object()) return wrongType("an object", document);
  Result<> state = Ok{};
  std::apply(
      [&](const auto&... entry) {
        static_cast<void>(((state = decodeField(document, entry, value)).has_value() && ...));
      },
      T::kFields);
  if (!state) return std::move(state).error();
  return value;
}

template <class T>
Json encodeStruct(const T& value) {
  Json document = Json::object();
  const auto put = [&](const auto& entry) {
    const auto& member = value.*entry.member;
    if (entry.emit == Emit::Always || !isUnset(member)) document[entry.name] = encode(member);
  };
  std::apply([&](const auto&... entry) { (put(entry), ...); }, T::kFields);
  return document;
}

}  // namespace detail

/// Every type at or below `value`, as its manifest spells it.
template <class T>
Json encode(const T& value) {
  if constexpr (HasFields<T>) {
    return detail::encodeStruct(value);
  } else if constexpr (std::is_same_v<T, Time>) {
    return formatRfc3339(value);
  } else if constexpr (detail::kIsOptional<T>) {
    return value ? encode(*value) : Json();
  } else if constexpr (detail::kIsVector<T>) {
    Json items = Json::array();
    for (const auto& item : value) items.push_back(encode(item));
    return items;
  } else if constexpr (detail::kIsMap<T>) {
    Json members = Json::object();
    for (const auto& [name, member] : value) members[name] = encode(member);
    return members;
  } else {
    return value;
  }
}

/// Invalid with the path (".spec.ports[2]: expected a string, found number") when
/// the document has another shape.  Unknown members are passed over, absent ones
/// keep the struct's default.
template <class T>
Result<T> decode(const Json& document) {
  if constexpr (HasFields<T>) {
    return detail::decodeStruct<T>(document);
  } else if constexpr (detail::kIsOptional<T>) {
    if (document.is_null()) return T{};
    BERTH_TRY(auto value, decode<typename T::value_type>(document));
    return T(std::move(value));
  } else if constexpr (detail::kIsVector<T>) {
    return detail::decodeVector<T>(document);
  } else if constexpr (detail::kIsMap<T>) {
    return detail::decodeMap<T>(document);
  } else {
    return detail::decodeScalar<T>(document);
  }
}

}  // namespace berth
