// Any document can be pruned, filled and judged by any kind: pruning leaves nothing
// unknown, filling twice is filling once, and the judgment ends.
#include "berth/embedded_crds.hpp"
#include "core/schema/crd.hpp"
#include "core/schema/shape.hpp"
#include "core/schema/validate.hpp"
#include "tests/fuzz/target.hpp"

namespace {

std::vector<std::shared_ptr<const berth::CrdDefinition>> loadAll() {
  std::vector<std::shared_ptr<const berth::CrdDefinition>> all;
  for (const auto& crd : berth::kinds::embeddedCrds())
    all.push_back(*berth::loadCrd(berth::parseJson(crd.json)->document));
  return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace berth;
  static const auto kDefinitions = loadAll();
  auto text = fuzz::asText(data, size);
  const auto choice = fuzz::takeChoice(text);
  auto parsed = parseJson(text, {.maxBytes = 65536, .maxDepth = 32});
  if (!parsed) return 0;
  static_cast<void>(loadCrd(parsed->document));

  const auto& schema = kDefinitions[choice % kDefinitions.size()]->storage().schema;
  auto object = std::move(parsed->document);
  const auto original = object;
  pruneUnknown(schema, object);
  BERTH_ASSERT(findUnknownFields(schema, object).empty());
  applyDefaults(schema, object);
  auto again = object;
  applyDefaults(schema, again);
  BERTH_ASSERT(again == object);
  for (const auto& cause : validate(schema, object)) BERTH_ASSERT(!cause.message.empty());
  static_cast<void>(validateMetadata(object));
  BERTH_ASSERT(validateUpdate(schema, object, object).empty());
  static_cast<void>(validateUpdate(schema, object, original));
  return 0;
}
