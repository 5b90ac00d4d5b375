// What it costs to know who owns a field: microseconds of the processor for a create, a
// patch of the status and an apply, beside what the write itself costs (bench/api).
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

void measureOwnership(World& world, const ServedKind& kind, int rounds) {
  const auto made = world.service.create({}, kind, "default", tenant("t1"), {});
  BERTH_ASSERT(made.has_value());
  auto before = parseJson(made->object->bytes)->document;
  const auto stored = before;
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
  const Writer gitops{kind, "gitops", Part::Main, world.clock.wall()};
  const auto wanted = *readConfiguration(kind, {"default", "t1"}, Part::Main, tenant("t1"));
  const auto applied = *applyTo(stored, wanted, gitops, true);
  measure("apply that changes nothing", rounds, [&](int) {
    static_cast<void>(applyTo(applied, wanted, gitops, false));
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
  measureOwnership(world, kind, rounds);
  return 0;
}
