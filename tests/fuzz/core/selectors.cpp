// A selector that parses has a text that means the same.
#include "core/object/selector.hpp"
#include "tests/fuzz/target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace berth;
  const auto text = fuzz::asText(data, size);
  if (const auto selector = LabelSelector::parse(text)) {
    const auto again = LabelSelector::parse(selector->text());
    BERTH_ASSERT(again.has_value() && again->requirements() == selector->requirements());
    static_cast<void>(selector->matches({{"a", "b"}, {"berth.dev/tier", "gold"}, {"n", "4"}}));
  }
  if (const auto selector = FieldSelector::parse(text))
    static_cast<void>(selector->matches([](const std::string& field) { return field; }));
  return 0;
}
