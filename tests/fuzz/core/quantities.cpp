// Amounts, durations and images that parse are written and read again as the same.
#include "core/object/duration.hpp"
#include "core/object/image.hpp"
#include "core/object/names.hpp"
#include "core/object/quantity.hpp"
#include "tests/fuzz/target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace berth;
  const auto text = fuzz::asText(data, size);
  if (const auto bytes = parseBytes(text)) BERTH_ASSERT(*parseBytes(formatBytes(*bytes)) == *bytes);
  if (const auto millis = parseMillis(text))
    BERTH_ASSERT(*parseMillis(formatMillis(*millis)) == *millis);
  if (const auto duration = parseDuration(text))
    BERTH_ASSERT(*parseDuration(formatDuration(*duration)) == *duration);
  if (const auto image = parseImage(text)) BERTH_ASSERT(*parseImage(image->text()) == *image);
  const auto bounded = boundedName(text);
  BERTH_ASSERT(bounded.size() <= kMaxLabel);
  if (!checkSubdomain(text)) BERTH_ASSERT(!checkSubdomain(bounded));
  return 0;
}
