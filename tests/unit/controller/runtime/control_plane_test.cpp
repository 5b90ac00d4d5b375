#include "controller/runtime/control_plane.hpp"

#include <gmock/gmock.h>

#include "controller/store/memory_store.hpp"
#include "core/run/simulated_runner.hpp"
#include "core/run/thread_runner.hpp"
#include "tests/unit/controller/runtime/memory_client.hpp"
#include "tests/unit/controller/runtime/store_writes.hpp"

namespace berth::runtime {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Ge;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Le;
using testing::SizeIs;

struct Thing {
  ObjectMeta metadata;
  std::string color;
  static constexpr auto kFields = std::tuple{field("color", &Thing::color)};
  static inline const ResourceType kType{"berth.dev", "v1alpha1", "Thing", "things", true};
};

struct Pass {
  Time at;
  std::string name;
  std::string color;  // "" when there was none
  Context context;
};

/// Notes what it is asked, and answers what it is told to.
class NotingReconciler final : public Reconciler {
 public:
  using Answer = std::function<Result<Requeue>(const Pass&)>;
  NotingReconciler(const Clock& clock, CacheLister<Thing> things, Answer answer)
      : clock_(clock), things_(things), answer_(std::move(answer)) {}

  Result<Requeue> reconcile(const Context& context, const ObjectKey& key) override {
    const auto thing = things_.get(key);
    passes.push_back({clock_.now(), key.name, thing ? thing->color : "", context});
    return answer_(passes.back());
  }
  std::vector<Pass> passes;

 private:
  const Clock& clock_;
  CacheLister<Thing> things_;
  Answer answer_;
};

class ControlPlaneTest : public testing::Test {
 protected:
  void start() {
    auto reconciler = std::make_unique<NotingReconciler>(
        clock_, listerOf<Thing>(plane_), [this](const Pass& pass) { return answer_(pass); });
    reconciler_ = reconciler.get();
    enqueue_ = plane_.addController(
        {.name = "thing", .reconciler = std::move(reconciler), .watches = {watchOwn<Thing>()}});
    hub_->wakeWith(runner_.add("hub", *hub_));
    plane_.start(runner_);
  }
  void run(Duration duration) {
    const Time until = clock_.now() + duration;
    while (runner_.step(until)) {
    }
  }
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& pass : reconciler_->passes) names.push_back(pass.name);
    return names;
  }
  void makeThing(const std::string& name) { create(store_, name, {{"color", "red"}}); }

  FakeClock clock_;
  SeededRandom random_{3};
  store::MemoryStore store_{clock_};
  std::unique_ptr<WatchHub> hub_ = makeWatchHub(store_, clock_);
  MemoryClient client_;
  Metrics metrics_;
  ControlPlane plane_{
      {*hub_, store_, client_, clock_, random_, Log(), &metrics_}, {.holder = "me"}};
  SimulatedRunner runner_{clock_, random_};
  NotingReconciler* reconciler_ = nullptr;
  Enqueue enqueue_;
  NotingReconciler::Answer answer_ = [](const Pass&) { return Requeue::none(); };
};

TEST_F(ControlPlaneTest, ReconcilesWhatIsThereAndWhatComes) {
  makeThing("old");
  start();
  run(1s);
  EXPECT_THAT(names(), ElementsAre("old"));

  makeThing("new");
  run(1s);

  EXPECT_THAT(names(), ElementsAre("old", "new"));
  EXPECT_EQ(reconciler_->passes.back().color, "red");
}

TEST_F(ControlPlaneTest, GivesAPassTheEpochAndADeadline) {
  makeThing("a");
  start();
  run(1s);

  const auto& context = reconciler_->passes.front().context;
  EXPECT_EQ(context.epoch.lease, "berth-controller");
  EXPECT_GT(context.epoch.token, 0);
  EXPECT_EQ(context.deadline, reconciler_->passes.front().at + 10min);
}

TEST_F(ControlPlaneTest, ReconcilesWhatHasGone) {
  makeThing("a");
  start();
  run(1s);

  remove(store_, "a");
  run(1h);

  EXPECT_THAT(names(), ElementsAre("a", "a"));
  EXPECT_EQ(reconciler_->passes.back().color, "");
}

TEST_F(ControlPlaneTest, LooksAgainAtEveryResync) {
  makeThing("a");
  start();

  run(60min);

  EXPECT_THAT(names(), SizeIs(AllOf(Ge(5U), Le(8U))));
}

TEST_F(ControlPlaneTest, ComesBackWhenTheReconcilerWants) {
  answer_ = [](const Pass&) { return Requeue::after(10s); };
  makeThing("a");
  start();

  run(60s);

  EXPECT_THAT(names(), SizeIs(AllOf(Ge(6U), Le(7U))));
}

TEST_F(ControlPlaneTest, TriesATransientErrorAgainLaterAndLater) {
  answer_ = [](const Pass&) { return Error{Reason::ServiceUnavailable, "docker is away"}; };
  makeThing("a");
  start();
  run(1h);

  const auto& passes = reconciler_->passes;
  EXPECT_LE(passes[1].at - passes[0].at, 6ms);
  EXPECT_GE(passes.back().at - passes[passes.size() - 2].at, 4min);
  EXPECT_THAT(
      metrics_.text(),
      HasSubstr(
          "controller_runtime_reconcile_total{controller=\"thing\",result=\"error\"} " +
          std::to_string(passes.size())));
}

TEST_F(ControlPlaneTest, WaitsAsLongAsTheErrorAsks) {
  answer_ = [](const Pass&) { return Error{Reason::TooManyRequests, "slow down", {}, 30}; };
  makeThing("a");
  start();

  run(29s);

  EXPECT_THAT(names(), SizeIs(1));
}

TEST_F(ControlPlaneTest, LeavesATerminalErrorUntilTheObjectChanges) {
  answer_ = [](const Pass&) { return Error{Reason::Invalid, "no such image"}; };
  makeThing("a");
  start();
  run(5min);
  EXPECT_THAT(names(), SizeIs(1));

  replace(store_, "a", {{"color", "blue"}});
  run(1s);

  EXPECT_EQ(reconciler_->passes.back().color, "blue");
  EXPECT_THAT(
      metrics_.text(),
      HasSubstr("controller_runtime_terminal_reconcile_errors_total{controller=\"thing\"} 2"));
}

TEST_F(ControlPlaneTest, AnExceptionHurtsOneObjectOnly) {
  answer_ = [](const Pass& pass) -> Result<Requeue> {
    if (pass.name == "poison") throw std::runtime_error("bug");
    return Requeue::none();
  };
  makeThing("poison");
  makeThing("sound");
  start();

  run(1s);

  EXPECT_THAT(names(), Contains("sound"));
  EXPECT_THAT(names(), Contains("poison").Times(Ge(2)));
  EXPECT_THAT(metrics_.text(), HasSubstr("controller_runtime_reconcile_panics_total{"));
}

TEST_F(ControlPlaneTest, EnqueuesForOthers) {
  start();

  enqueue_({"acme", "elsewhere"}, 10s);

  run(9s);
  EXPECT_THAT(names(), IsEmpty());
  run(2s);
  EXPECT_THAT(names(), ElementsAre("elsewhere"));
}

TEST_F(ControlPlaneTest, RestsWhileSomebodyElseLeads) {
  ASSERT_TRUE(store_.tryLease({}, "berth-controller", "other", 30s));
  makeThing("a");
  start();

  run(29s);
  EXPECT_THAT(names(), IsEmpty());
  EXPECT_FALSE(plane_.leads());

  run(5s);
  EXPECT_THAT(names(), ElementsAre("a"));
}

TEST_F(ControlPlaneTest, LooksAtEverythingWhenATermBegins) {
  makeThing("a");
  start();
  run(1s);
  ASSERT_TRUE(store_.release({}, "berth-controller", "me"));
  ASSERT_TRUE(store_.tryLease({}, "berth-controller", "other", 60s));
  run(59s);
  EXPECT_THAT(names(), SizeIs(1));

  run(10s);

  EXPECT_THAT(names(), SizeIs(2));
}

TEST_F(ControlPlaneTest, FindsWhatChangedWhileTheHubBeganAnew) {
  makeThing("a");
  makeThing("b");
  start();
  run(1s);

  const auto kept = hub_->revision();
  store_.restoreTo(kept - 1);  // b has never been
  run(1s);

  EXPECT_EQ(reconciler_->passes.back().name, "b");
  EXPECT_EQ(reconciler_->passes.back().color, "");
}

TEST_F(ControlPlaneTest, KeepsTheLastGoodStateOfWhatItCannotDecode) {
  makeThing("a");
  start();
  run(1s);

  replace(store_, "a", {{"color", 7}});
  run(1s);

  EXPECT_EQ(listerOf<Thing>(plane_).get({"acme", "a"})->color, "red");
  EXPECT_THAT(
      metrics_.text(),
      HasSubstr("berth_informer_undecodable_total{resource=\"things.berth.dev\"} 1"));
}

TEST_F(ControlPlaneTest, SaysWhatItWaitsFor) {
  start();
  EXPECT_THAT(plane_.unready(), ElementsAre("watch-hub", "informer-things", "lease"));

  run(1s);

  EXPECT_THAT(plane_.unready(), IsEmpty());
}

TEST_F(ControlPlaneTest, AnIdlePlaneTakesFewTurns) {
  for (int i = 0; i < 1'000; ++i) makeThing("t" + std::to_string(i));
  start();
  run(1min);
  const auto before = runner_.turns();

  run(1min);

  // The hub reads four times and the lease is renewed 20 times; the rest is resync.
  EXPECT_THAT(runner_.turns() - before, Le(240U + 20U + 1'000U));
}

TEST(ControlPlaneThreadTest, WorksOnThreads) {
  SystemClock clock;
  SystemRandom random;
  store::MemoryStore store(clock);
  const auto hub = makeWatchHub(store, clock);
  MemoryClient client;
  ControlPlane plane({*hub, store, client, clock, random}, {.holder = "me"});
  std::mutex mutex;
  std::condition_variable changed;
  std::set<std::string> seen;
  plane.addController(
      {.name = "thing",
       .reconciler = std::make_unique<NotingReconciler>(
           clock,
           listerOf<Thing>(plane),
           [&](const Pass& pass) {
             const std::lock_guard lock(mutex);
             seen.insert(pass.name);
             changed.notify_all();
             return Requeue::none();
           }),
       .watches = {watchOwn<Thing>()},
       .workers = 1});
  ThreadRunner runner(clock);
  hub->wakeWith(runner.add("hub", *hub));
  plane.start(runner);

  for (int i = 0; i < 100; ++i) {
    create(store, "t" + std::to_string(i), {{"color", "red"}});
    hub->hint();
  }

  std::unique_lock lock(mutex);
  EXPECT_TRUE(changed.wait_for(lock, 20s, [&] { return seen.size() == 100; }));
  lock.unlock();
  EXPECT_THAT(runner.stop(10s), IsEmpty());
  plane.stop();
  EXPECT_FALSE(plane.leads());
}

}  // namespace
}  // namespace berth::runtime
