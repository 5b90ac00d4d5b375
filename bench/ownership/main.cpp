// What it costs to know who owns a field: microseconds of the processor for a create, a
// patch of the status and an apply, in all and for managedFields alone.
//
//     bench_ownership [ROUNDS]
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <string>

#include "controller/api/apply.hpp"
#include "controller/api/embedded_kinds.hpp"
#include "controller/api/object_service.hpp"
#include "controller/store/memory_store.hpp"

namespace berth::api {
namespace {

double processorMicros() {
  timespec time{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return double(time.tv_sec) * 1e6 + double(time.tv_nsec) / 1e3;
}

template <class Step>
void measure(const char* what, int rounds, Step&& step) {
  const auto begin = processorMicros();
  for (int i = 0; i < rounds; ++i) step(i);
  std::printf("%-42s %8.1f us\n", what, (processorMicros() - begin) / rounds);
}

Json tenant(const std::string& name) {
  return {
      {"apiVersion", "berth.dev/v1alpha1"},
      {"kind", "ClientDeployment"},
      {"metadata",
       {{"name", name},
        {"namespace", "default"},
        {"labels", {{"app", "chat"}, {"tier", "gold"}, {"team", "a"}}}}},
      {"spec",
       {{"image", "ghcr.io/open-webui/open-webui:v0.6.31"},
        {"domain", name + ".example.org"},
        {"env", {{{"name", "A"}, {"value", "1"}}, {{"name", "B"}, {"value", "2"}}}},
        {"resources", {{"memory", "512Mi"}}}}}};
}

Json statusOf(int round) {
  Json conditions = Json::array();
  for (const auto* type : {"Ready", "Progressing"})
    conditions.push_back(
        {{"type", type},
         {"status", "True"},
         {"reason", "Settled"},
         {"message", "round " + std::to_string(round)},
         {"lastTransitionTime", "2026-01-01T00:00:00Z"}});
  return {{"observedGeneration", 1}, {"conditions", std::move(conditions)}};
}

struct World {
  World() {
    const auto* space = embeddedKinds()->findKind("v1", "Namespace");
    static_cast<void>(service.create({}, *space, "", {{"metadata", {{"name", "default"}}}}, {}));
  }

  FakeClock clock;
  SeededRandom random{1};
  store::MemoryStore store{clock};
  std::unique_ptr<runtime::WatchHub> hub = runtime::makeWatchHub(store, clock);
  ObjectService service{{store, *hub, clock, random}};
};

void measureWhole(World& world, const ServedKind& kind, int rounds) {
  const WriteTarget target{kind, {"default", "t0"}};
  const WriteTarget status{kind, {"default", "t0"}, Part::Status};
  measure("create, in all", rounds, [&](int i) {
    BERTH_ASSERT(
        world.service.create({}, kind, "default", tenant("t" + std::to_string(i)), {}).has_value());
  });
  measure("status patch, in all", rounds, [&](int i) {
    const auto change = [&](const Json& stored) -> Result<Json> {
      auto wanted = stored;
      wanted["status"] = statusOf(i);
      return wanted;
    };
    BERTH_ASSERT(world.service.modify({}, status, change, {}).has_value());
  });
  auto wanted = tenant("t0");
  const WriteOptions options{.manager = "gitops"};
  measure("apply that changes nothing, in all", rounds, [&](int) {
    BERTH_ASSERT(world.service.apply({}, target, {wanted, true}, options).has_value());
  });
  measure("apply that changes one field, in all", rounds, [&](int i) {
    wanted["spec"]["displayName"] = std::to_string(i);
    BERTH_ASSERT(world.service.apply({}, target, {wanted, true}, options).has_value());
  });
}

void measureOwnership(World& world, const ServedKind& kind, int rounds) {
  const auto stored = *world.service.read({}, kind, {"default", "t1"});
  auto before = parseJson(stored->bytes)->document;
  const auto owners = takeManagedFields(before);
  before["status"] = statusOf(0);
  const Writer main{kind, "kubectl", Part::Main, world.clock.wall()};
  const Writer status{kind, "berth-controller", Part::Status, world.clock.wall()};
  measure("create, who owns", rounds, [&](int) { static_cast<void>(ownersOfNew(before, main)); });
  auto withStatus = ownersOfChanged({Json(tenant("t1")), before, owners, nullptr}, status);
  auto after = before;
  after["status"] = statusOf(1);
  measure("status patch, who owns", rounds, [&](int) {
    static_cast<void>(ownersOfChanged({before, after, withStatus, nullptr}, status));
  });
  const auto text = dumpJson(withStatus);
  measure("managedFields, read", rounds, [&](int) { static_cast<void>(parseJson(text)); });
  measure("managedFields, written", rounds, [&](int) { static_cast<void>(dumpJson(withStatus)); });
  measure("managedFields, copied", rounds, [&](int) { static_cast<void>(Json(withStatus)); });
  std::printf(
      "object %zu bytes, of which managedFields %zu\n", dumpJson(after).size(), text.size());
}

}  // namespace
}  // namespace berth::api

int main(int argc, char** argv) {
  using namespace berth::api;
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 5000;
  World world;
  const auto& kind = *embeddedKinds()->findKind("berth.dev/v1alpha1", "ClientDeployment");
  measureWhole(world, kind, rounds);
  measureOwnership(world, kind, rounds);
  return 0;
}
