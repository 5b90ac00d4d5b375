// What parses is written and read again without a difference.
#include "core/json/json.hpp"

#include "core/schema/json_path.hpp"
#include "tests/fuzz/target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace berth;
  const auto text = fuzz::asText(data, size);
  const auto parsed = parseJson(text, {.maxBytes = 65536, .maxDepth = 32});
  if (parsed) {
    const auto again = parseJson(dumpJson(parsed->document));
    BERTH_ASSERT(again.has_value() && again->document == parsed->document);
  }
  static const auto kDocument = Json::parse(
      R"({"a":{"b":[{"type":"Ready","status":"True"},{"n":1},[1,2]]},"items":[1,"x",null]})");
  if (const auto path = JsonPath::parse(text)) static_cast<void>(path->find(kDocument));
  return 0;
}
