// A kind and two configurations of it, one a line, applied one after the other by two
// managers.
//
// What is applied is there and owned, applying it again changes nothing, and a manager
// owns nothing that is not there.
#include <algorithm>
#include <memory>
#include <string>
#include <string_view>

#include "controller/api/embedded_kinds.hpp"
#include "controller/api/object_service.hpp"
#include "controller/api/ownership.hpp"
#include "controller/store/memory_store.hpp"
#include "core/schema/validate.hpp"
#include "tests/fuzz/target.hpp"

namespace {

using namespace berth;

class World {
 public:
  World() {
    const auto* kind = api::embeddedKinds()->findKind("v1", "Namespace");
    BERTH_ASSERT(
        service_.create({}, *kind, "", {{"metadata", {{"name", "default"}}}}, {}).has_value());
  }

  /// Null when it was refused.
  Json apply(const api::ServedKind& kind, const Json& document, const std::string& manager) {
    const ObjectKey key{kind.type.namespaced ? "default" : "", "x"};
    api::WriteOptions options;
    options.manager = manager;
    const auto outcome = service_.apply({}, {kind, key}, {document, true}, options);
    if (!outcome) {
      BERTH_ASSERT(outcome.error().reason != Reason::InternalError);
      return nullptr;
    }
    return parseJson(outcome->object->bytes)->document;
  }

 private:
  FakeClock clock_;
  SeededRandom random_{1};
  store::MemoryStore store_{clock_};
  std::unique_ptr<runtime::WatchHub> hub_ = runtime::makeWatchHub(store_, clock_);
  api::ObjectService service_{{store_, *hub_, clock_, random_}};
};

/// The text up to the end of the line, which is taken away.
std::string_view takeLine(std::string_view& text) {
  const auto end = std::min(text.find('\n'), text.size());
  const auto line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

void checkOwners(const api::ServedKind& kind, Json object) {
  const auto managers = api::parseManagedFields(api::takeManagedFields(object));
  BERTH_ASSERT(managers.has_value());
  const auto present = api::trackedFields(kind, object, Cover::Nodes);
  for (auto manager : *managers) {
    manager.fields.subtract(present);
    BERTH_ASSERT(manager.fields.empty());
  }
  BERTH_ASSERT(validate(kind.schema(), object).empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto text = fuzz::asText(data, size);
  const auto& kinds = api::embeddedKinds()->kinds();
  const auto name = takeLine(text);
  auto found = std::ranges::find(kinds, name, [](const auto& kind) { return kind->type.kind; });
  const auto& kind = found == kinds.end() ? *kinds[name.size() % kinds.size()] : **found;
  World world;
  for (const auto* manager : {"one", "two"}) {
    const auto parsed = parseJson(takeLine(text));
    if (!parsed || !parsed->document.is_object()) continue;
    auto document = parsed->document;
    document["apiVersion"] = kind.type.apiVersion();
    document["kind"] = kind.type.kind;
    const auto applied = world.apply(kind, document, manager);
    // Who says nothing owns nothing; his object then counts as one from before.
    if (applied.is_null() || findPath(applied, "metadata.managedFields") == nullptr) continue;
    checkOwners(kind, applied);
    BERTH_ASSERT(world.apply(kind, document, manager) == applied);
  }
  return 0;
}
