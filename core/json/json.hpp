/// @file
/// Json: the document type, its reader and its writer.  The only include of the
/// JSON package.
///
/// Keys are kept in byte order, so that the same document always has the same
/// bytes: no-op detection and hashes compare strings.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/base/result.hpp"

namespace berth {

using Json = nlohmann::json;

struct JsonLimits {
  std::size_t maxBytes = std::size_t{3} * 1024 * 1024;
  std::size_t maxDepth = 64;
};

/// A document, and the paths ("spec.image") of keys that were there twice (the
/// last one won).
struct ParsedJson {
  Json document;
  std::vector<std::string> duplicateKeys;
};

/// BadRequest with the place ("line 3, column 7: ...") when the text is not JSON
/// or not UTF-8 or nested too deeply; RequestEntityTooLarge when it is too long.
Result<ParsedJson> parseJson(std::string_view text, const JsonLimits& limits = {});

/// The document of bytes that dumpJson() or the store made, of any size; what is sure of
/// those is not checked again.  Aborts when they are no JSON.
Json parseOwnJson(std::string_view text);
/// The text of an object's member in such bytes; empty when it has none.
std::string_view rawMember(std::string_view object, std::string_view name);

/// The compact form.  Bytes that are not UTF-8 become U+FFFD; never throws.
std::string dumpJson(const Json& document);
/// Indented by two, for people.
std::string prettyJson(const Json& document);

/// The member at a dotted path ("metadata.name"); nullptr when any step is absent
/// or not an object.
const Json* findPath(const Json& document, std::string_view path);
/// The string there, or empty.
std::string stringAt(const Json& document, std::string_view path);
/// The integer there, or `fallback`.
std::int64_t integerAt(const Json& document, std::string_view path, std::int64_t fallback = 0);

}  // namespace berth

extern template class nlohmann::basic_json<>;
