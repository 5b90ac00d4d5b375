#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "core/json/json.hpp"
// After it, since it has macros.
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

namespace berth {
namespace {

constexpr unsigned kOwnFlags = rapidjson::kParseNumbersAsStringsFlag;
constexpr unsigned kFlags = kOwnFlags | rapidjson::kParseValidateEncodingFlag;

/// Builds the document while it counts the depth and remembers repeated keys.
/// The reader recurses, so the limit also bounds the stack.
class Builder {
 public:
  explicit Builder(std::size_t maxDepth) : maxDepth_(maxDepth) {}

  bool Null() { return put(nullptr); }
  bool Bool(bool value) { return put(value); }
  /// The reader checks the grammar; its own conversions are not exact, or not defined.
  bool RawNumber(const char* text, rapidjson::SizeType size, bool) {
    const std::string_view number(text, size);
    std::int64_t integer = 0;
    if (isAll(number, integer)) return put(integer);
    std::uint64_t large = 0;
    if (isAll(number, large)) return put(large);
    const auto value = std::strtod(std::string(number).c_str(), nullptr);
    tooLarge = std::isinf(value);
    return !tooLarge && put(value);
  }
  bool Int(int) { return false; }  // numbers come as text
  bool Uint(unsigned) { return false; }
  bool Int64(std::int64_t) { return false; }
  bool Uint64(std::uint64_t) { return false; }
  bool Double(double) { return false; }
  bool String(const char* text, rapidjson::SizeType size, bool) {
    return isSound({text, size}) && put(std::string(text, size));
  }
  bool StartObject() { return open(Json::value_t::object); }
  bool StartArray() { return open(Json::value_t::array); }
  bool EndObject(rapidjson::SizeType) { return close(); }
  bool EndArray(rapidjson::SizeType) { return close(); }

  bool Key(const char* text, rapidjson::SizeType size, bool) {
    if (!isSound({text, size})) return false;
    auto& frame = stack_.back();
    auto& members = frame.node->get_ref<Json::object_t&>();
    const auto before = members.size();
    const auto member =
        members.emplace_hint(members.end(), std::string(text, size), nullptr);  // often in order
    const bool isNew = members.size() > before;
    if (!isNew) duplicates.push_back(pathOf(member->first));
    frame.key = &member->first;
    frame.slot = &member->second;
    return true;
  }

  Json document;
  std::vector<std::string> duplicates;
  bool tooDeep = false;
  bool halfPair = false;
  bool tooLarge = false;

 private:
  struct Frame {
    Json* node;
    const std::string* key = nullptr;  // of an object's member, and its place
    Json* slot = nullptr;
  };

  template <class Number>
  static bool isAll(std::string_view text, Number& number) {
    const char* const end = text.data() + text.size();
    const auto [rest, problem] = std::from_chars(text.data(), end, number);
    return problem == std::errc{} && rest == end;
  }

  /// The reader takes "\udd1e" without its first half, and makes of it what is no UTF-8.
  bool isSound(std::string_view text) {
    for (auto at = text.find('\xED'); at < text.size(); at = text.find('\xED', at + 1))
      halfPair = halfPair || static_cast<unsigned char>(text[at + 1]) >= 0xA0;
    return !halfPair;
  }

  template <class Value>
  Json* place(Value&& value) {
    if (stack_.empty()) return &(document = std::forward<Value>(value));
    auto& frame = stack_.back();
    if (frame.slot != nullptr) return &(*frame.slot = std::forward<Value>(value));
    return &frame.node->get_ref<Json::array_t&>().emplace_back(std::forward<Value>(value));
  }

  template <class Value>
  bool put(Value&& value) {
    place(std::forward<Value>(value));
    return true;
  }

  bool open(Json::value_t type) {
    tooDeep = stack_.size() >= maxDepth_;
    if (!tooDeep) stack_.push_back({place(Json(type))});
    return !tooDeep;
  }

  bool close() {
    stack_.pop_back();
    return true;
  }

  std::string pathOf(const std::string& name) const {
    std::string path;
    for (std::size_t i = 0; i + 1 < stack_.size(); ++i) {
      if (stack_[i].node->is_array()) {
        path += '[' + std::to_string(stack_[i].node->size() - 1) + ']';
      } else {
        if (!path.empty()) path += '.';
        path += *stack_[i].key;
      }
    }
    return path.empty() ? name : path + "." + name;
  }

  std::size_t maxDepth_;
  std::vector<Frame> stack_;
};

/// "line 3, column 7".
std::string placeOf(std::string_view text, std::size_t offset) {
  const auto before = text.substr(0, offset);
  const auto line = std::ranges::count(before, '\n') + 1;
  const auto column = before.size() - (before.rfind('\n') + 1) + 1;  // npos + 1 is 0
  return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

Error notJson(std::string_view text, std::size_t offset, const std::string& problem) {
  return {Reason::BadRequest, "not valid JSON: " + placeOf(text, offset) + ": " + problem};
}

}  // namespace

Result<ParsedJson> parseJson(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.maxBytes)
    return Error{
        Reason::RequestEntityTooLarge,
        "the document has more than " + std::to_string(limits.maxBytes) + " bytes"};
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);  // a byte order mark
  rapidjson::MemoryStream stream(text.data(), text.size());
  rapidjson::Reader reader;
  Builder builder(limits.maxDepth);
  const auto done = reader.Parse<kFlags>(stream, builder);
  if (builder.tooDeep)
    return notJson(
        text,
        done.Offset(),
        "nested more than " + std::to_string(limits.maxDepth) + " levels deep");
  if (done.IsError()) return notJson(text, done.Offset(), rapidjson::GetParseError_En(done.Code()));
  // The reader takes a NUL for the end of the text.
  if (stream.Tell() != text.size()) return notJson(text, stream.Tell(), "a NUL after the document");
  return ParsedJson{std::move(builder.document), std::move(builder.duplicates)};
}

Json parseOwnJson(std::string_view text) {
  rapidjson::MemoryStream stream(text.data(), text.size());
  rapidjson::Reader reader;
  Builder builder(std::string_view::npos);
  const auto done = reader.Parse<kOwnFlags>(stream, builder);
  BERTH_ASSERT(!done.IsError());
  return std::move(builder.document);
}

}  // namespace berth
