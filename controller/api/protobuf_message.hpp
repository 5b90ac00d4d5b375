/// @file
/// Tables that read a protobuf message into a document: field number, and what to do
/// with it.
///
///     Uses roleRef(Json& role) {
///       return {{1, text(role, "apiGroup")}, {2, text(role, "kind")}, {3, text(role, "name")}};
///     }
///
/// Fields that no table names are passed over.  Empty texts, zeros and empty messages
/// are how absent members come: they stay absent.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string_view>

#include "core/base/result.hpp"
#include "core/json/json.hpp"

namespace berth::api::protobuf {

/// One field of a message: a number, or bytes (a string, bytes, a message).
struct Field {
  std::uint64_t number = 0;
  std::uint64_t value = 0;
  std::string_view bytes;
};

using Use = std::function<Result<>(const Field&)>;
using Uses = std::map<std::uint64_t, Use>;
/// The table for one message, which fills `message`.
using UsesOf = Uses (*)(Json& message);

/// BadRequest when the bytes are no message.
Result<> readMessage(std::string_view bytes, const Uses& uses);

// Each is for one member of `document`, which must outlive what is returned.
Use text(Json& document, const char* name);
Use number(Json& document, const char* name);
/// Kept though it be false: such members come only when they are set.
Use flag(Json& document, const char* name);
/// A Time or MicroTime.
Use time(Json& document, const char* name);
/// One entry of a map<string, string|bytes>.
Use entry(Json& document, const char* name, bool isBytes);
/// One item of a list of strings.
Use item(Json& document, const char* name);
/// A message of its own.
Use message(Json& document, const char* name, UsesOf usesOf);
/// One item of a list of messages.
Use messages(Json& document, const char* name, UsesOf usesOf);

}  // namespace berth::api::protobuf
