#include "tests/support/simulation/world.hpp"

#include "berth/embedded_crds.hpp"
#include "berth/v1alpha1/host.hpp"
#include "core/object/core_kinds.hpp"

namespace berth::simulation {

World::World(std::uint64_t seed, int engineCount) : random(seed), oldEngines_(seed % 2 == 1) {
  static_cast<void>(hub_->turn({}, clock.now()));
  for (const auto* name : {"default", kNamespace.c_str()}) {
    const auto made = client_.create({}, kNamespaceType, {{"metadata", {{"name", name}}}});
    BERTH_ASSERT(made.has_value());
  }
  for (int i = 1; i <= engineCount; ++i) addEngine("host-" + std::to_string(i));
}

void World::addEngine(const std::string& name) {
  auto& engine = engines.try_emplace(name, clock).first->second;
  engine.docker.world([&](docker::FakeWorld& made) { made.racyNetworkNames = oldEngines_; });
  engine.docker.addImage("tenant:1");
  engine.docker.addToRegistry("tenant:1");
  engine.docker.addToRegistry("tenant:2");
  engine.foreign = engine.docker.addForeign("somebody-elses");
  engine.docker.inject(
      [this, name](
          std::string_view call, const std::string& subject) -> std::optional<docker::CallFault> {
        const std::string what = name + " " + std::string(call) + " " + subject;
        if (call != "list" && call != "inspect" && call != "ping") nemesis.note(what);
        const auto fate = nemesis.before(what);
        if (fate == Fate::LoseRequest) return docker::CallFault{lostRequest(nemesis, what), false};
        if (fate == Fate::LoseReply)
          return docker::CallFault{{Reason::Timeout, what + ": no answer in time"}, true};
        return std::nullopt;
      });
  // Each machine has a loopback address of its own, so that ports do not collide.
  const Json host = {
      {"metadata", {{"name", name}}},
      {"spec",
       {{"publishAddress", "127.0.0." + std::to_string(engines.size())},
        {"connection", {{"type", "Local"}, {"local", {{"socket", "/run/" + name + ".sock"}}}}}}}};
  const auto made = client_.create({}, v1alpha1::Host::kType, host);
  BERTH_ASSERT(made.has_value());
}

const api::LiveRegistry& World::registry() {
  static const api::LiveRegistry kRegistry([] {
    std::vector<Json> documents;
    for (const auto& crd : kinds::embeddedCrds())
      documents.push_back(std::move(parseJson(crd.json)->document));
    return *api::Registry::load(documents);
  }());
  return kRegistry;
}

Json World::stored(const ResourceType& type, const ObjectKey& key) {
  const auto object = store.get({}, type.resource(), key);
  return object && *object ? parseJson((*object)->bytes)->document : Json();
}

std::vector<Json> World::storedAll(const ResourceType& type) {
  std::vector<Json> documents;
  const auto page = store.list({}, {.resource = type.resource()});
  BERTH_ASSERT(page.has_value());
  for (const auto& object : page->objects)
    documents.push_back(std::move(parseJson(object->bytes)->document));
  return documents;
}

}  // namespace berth::simulation
