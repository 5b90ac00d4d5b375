// A second parser agrees with ours; what parses is written and read again without a
// difference, and a member's raw text is that of the member.
#include "core/json/json.hpp"

#include "core/schema/json_path.hpp"
#include "tests/fuzz/target.hpp"

namespace {

using namespace berth;

int depthOf(const Json& document) {
  if (!document.is_structured()) return 0;
  int deepest = 0;
  for (const auto& member : document) deepest = std::max(deepest, depthOf(member));
  return deepest + 1;
}

void checkMembers(const Json& document) {
  if (!document.is_object()) return;
  const auto text = dumpJson(document);
  BERTH_ASSERT(parseOwnJson(text) == document);
  for (const auto& [name, value] : document.items()) {
    const auto key = dumpJson(name);
    // Names are compared as they are written.
    const auto raw = rawMember(text, std::string_view(key).substr(1, key.size() - 2));
    BERTH_ASSERT(raw == dumpJson(value));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::asText(data, size);
  const auto parsed = parseJson(text, {.maxBytes = 65536, .maxDepth = 32});
  const auto second = Json::parse(text, nullptr, /*allow_exceptions*/ false);
  // It takes a NUL for the end.
  const bool expected =
      !second.is_discarded() && depthOf(second) <= 32 && text.find('\0') == std::string_view::npos;
  BERTH_ASSERT(parsed.has_value() == expected);
  if (parsed) {
    BERTH_ASSERT(parsed->document == second);
    const auto again = parseJson(dumpJson(parsed->document));
    BERTH_ASSERT(again.has_value() && again->document == parsed->document);
    checkMembers(parsed->document);
  }
  static const auto kDocument = Json::parse(
      R"({"a":{"b":[{"type":"Ready","status":"True"},{"n":1},[1,2]]},"items":[1,"x",null]})");
  if (const auto path = JsonPath::parse(text)) static_cast<void>(path->find(kDocument));
  return 0;
}
