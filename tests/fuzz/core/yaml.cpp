// What parses is written and read again without a difference.
#include "core/yaml/yaml.hpp"

#include "tests/fuzz/target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace berth;
  const auto documents =
      parseYaml(fuzz::asText(data, size), {.maxBytes = 65536, .maxDepth = 32, .maxNodes = 10'000});
  if (!documents) return 0;
  for (const auto& document : *documents) {
    const auto again = parseYaml(toYaml(document.document));
    BERTH_ASSERT(again.has_value());
    BERTH_ASSERT(again->size() == 1 && again->at(0).document == document.document);
  }
  return 0;
}
