#include <atomic>
#include <functional>
#include <future>

#include <gmock/gmock.h>

#include "core/base/guarded.hpp"
#include "core/run/late_waker.hpp"
#include "core/run/simulated_runner.hpp"
#include "core/run/thread_runner.hpp"

namespace berth {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::Gt;
using testing::IsEmpty;

constexpr auto kPatience = seconds(10);

class FunctionActor final : public Actor {
 public:
  using Function = std::function<Time(const Context&, Time)>;
  explicit FunctionActor(Function function) : function_(std::move(function)) {}
  Time turn(const Context& context, Time now) override { return function_(context, now); }

 private:
  Function function_;
};

/// Counts, and lets a thread wait for a count.
class Tally {
 public:
  int increment() {
    const std::lock_guard lock(mutex_);
    changed_.notify_all();
    return ++count_;
  }
  bool waitFor(int count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kPatience, [&] { return count_ >= count; });
  }
  int count() {
    const std::lock_guard lock(mutex_);
    return count_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int count_ = 0;
};

TEST(ThreadRunnerTest, GivesTheFirstTurnAtOnceAndTheNextOneWhenDue) {
  SystemClock clock;
  Tally turns;
  FunctionActor actor([&](const Context&, Time now) {
    return turns.increment() < 3 ? now + milliseconds(1) : Time::max();
  });

  ThreadRunner runner(clock);
  runner.add("actor", actor);

  EXPECT_TRUE(turns.waitFor(3));
}

TEST(ThreadRunnerTest, GivesAnotherTurnWhenWokenDuringOne) {
  SystemClock clock;
  Tally turns;
  LateWaker wake;
  FunctionActor actor([&](const Context&, Time) {
    if (turns.increment() < 5) wake();
    return Time::max();
  });

  ThreadRunner runner(clock);
  wake.bind(runner.add("actor", actor));

  EXPECT_TRUE(turns.waitFor(5));
}

TEST(ThreadRunnerTest, TellsWhatATurnThrowsAndGoesOn) {
  SystemClock clock;
  Tally turns;
  std::promise<std::string> told;
  FunctionActor actor([&](const Context&, Time) -> Time {
    if (turns.increment() == 1) throw std::runtime_error("broken");
    return Time::max();
  });

  ThreadRunner runner(clock, [&](std::string_view name, std::string_view what) {
    told.set_value(std::string(name) + ": " + std::string(what));
  });
  runner.add("actor", actor);

  EXPECT_EQ(told.get_future().get(), "actor: broken");
  EXPECT_TRUE(turns.waitFor(2));
}

TEST(ThreadRunnerTest, StopEndsActorsThatWait) {
  SystemClock clock;
  Tally turns;
  FunctionActor actor([&](const Context&, Time) {
    turns.increment();
    return Time::max();
  });
  ThreadRunner runner(clock);
  const auto wake = runner.add("actor", actor);
  ASSERT_TRUE(turns.waitFor(1));

  EXPECT_THAT(runner.stop(kPatience), IsEmpty());

  wake();
  EXPECT_EQ(turns.count(), 1);
}

TEST(ThreadRunnerTest, StopNamesTheActorThatIsStillInATurn) {
  SystemClock clock;
  Tally turns;
  std::promise<void> letGo;
  FunctionActor stuck([&, gate = letGo.get_future().share()](const Context&, Time) {
    turns.increment();
    gate.wait();
    return Time::max();
  });
  ThreadRunner runner(clock);
  runner.add("stuck", stuck);
  ASSERT_TRUE(turns.waitFor(1));

  EXPECT_THAT(runner.stop(milliseconds(10)), ElementsAre("stuck"));

  letGo.set_value();
  EXPECT_THAT(runner.stop(kPatience), IsEmpty());
}

TEST(ThreadRunnerTest, ATurnSeesTheStop) {
  SystemClock clock;
  Tally turns;
  FunctionActor actor([&](const Context& context, Time) {
    std::promise<void> stopped;
    const std::stop_callback callback(context.stop, [&] { stopped.set_value(); });
    turns.increment();
    stopped.get_future().wait();
    return Time::max();
  });
  ThreadRunner runner(clock);
  runner.add("actor", actor);
  ASSERT_TRUE(turns.waitFor(1));

  EXPECT_THAT(runner.stop(kPatience), IsEmpty());
}

TEST(LateWakerTest, KeepsAWakeUntilItIsBound) {
  int wakes = 0;
  const LateWaker wake;
  const LateWaker copy = wake;

  copy();
  wake.bind([&] { ++wakes; });

  EXPECT_EQ(wakes, 1);
}

TEST(SimulatedRunnerTest, JumpsFromTurnToTurn) {
  FakeClock clock;
  SeededRandom random(1);
  const Time start = clock.now();
  int turns = 0;
  FunctionActor hourly([&](const Context&, Time now) {
    ++turns;
    return now + hours(1);
  });
  SimulatedRunner runner(clock, random);
  runner.add("hourly", hourly);

  while (runner.step(start + hours(24 * 7) - seconds(1))) {
  }

  EXPECT_EQ(turns, 7 * 24);
  EXPECT_EQ(clock.now(), start + hours(24 * 7) - seconds(1));
}

std::string orderWith(std::uint64_t seed) {
  FakeClock clock;
  SeededRandom random(seed);
  SimulatedRunner runner(clock, random);
  std::string order;
  FunctionActor idle([](const Context&, Time now) { return now + seconds(1); });
  for (const char* name : {"a", "b", "c", "d"}) runner.add(name, idle);
  runner.onTurn([&](SimulatedRunner::Process, std::string_view name) { order += name; });
  const Time end = clock.now() + seconds(3);
  while (runner.step(end)) {
  }
  return order;
}

TEST(SimulatedRunnerTest, GivesTheSameOrderForTheSameSeedAndAnotherForAnother) {
  EXPECT_EQ(orderWith(1), orderWith(1));
  EXPECT_NE(orderWith(1), orderWith(2));
}

TEST(SimulatedRunnerTest, GivesATurnToWhoIsWoken) {
  FakeClock clock;
  SeededRandom random(1);
  int turns = 0;
  FunctionActor actor([&](const Context&, Time) {
    ++turns;
    return Time::max();
  });
  SimulatedRunner runner(clock, random);
  const auto wake = runner.add("actor", actor);
  ASSERT_TRUE(runner.step(clock.now()));
  ASSERT_FALSE(runner.step(clock.now() + hours(1)));

  wake();

  EXPECT_TRUE(runner.step(clock.now()));
  EXPECT_EQ(turns, 2);
}

TEST(SimulatedRunnerTest, DroppedProcessGetsNoTurnAlthoughWoken) {
  FakeClock clock;
  SeededRandom random(1);
  FunctionActor crashing([](const Context&, Time) -> Time { throw 1; });
  SimulatedRunner runner(clock, random);
  runner.enter(7);
  const auto wake = runner.add("crashing", crashing);
  EXPECT_THROW(runner.step(clock.now()), int);

  runner.drop(7);
  wake();

  EXPECT_FALSE(runner.step(clock.now() + hours(1)));
}

TEST(SimulatedRunnerTest, OthersMayActInTheMiddleOfATurn) {
  FakeClock clock;
  SeededRandom random(1);
  SimulatedRunner runner(clock, random);
  std::string order;
  FunctionActor other([&](const Context&, Time) {
    order += "other ";
    return Time::max();
  });
  FunctionActor outer([&](const Context&, Time) {
    order += "begin ";
    runner.add("other", other);
    runner.step(clock.now());
    order += "end";
    return Time::max();
  });
  runner.add("outer", outer);

  while (runner.step(clock.now())) {
  }

  EXPECT_EQ(order, "begin other end");
}

TEST(SimulatedRunnerTest, PausedProcessGetsItsTurnsLater) {
  FakeClock clock;
  SeededRandom random(1);
  const Time start = clock.now();
  std::vector<Time> turns;
  FunctionActor actor([&](const Context&, Time now) {
    turns.push_back(now);
    return Time::max();
  });
  SimulatedRunner runner(clock, random);
  runner.add("actor", actor);

  runner.pause(0);
  EXPECT_FALSE(runner.step(start + seconds(60)));
  runner.resume(0);
  EXPECT_TRUE(runner.step(start + seconds(60)));

  EXPECT_THAT(turns, ElementsAre(start + seconds(60)));
}

}  // namespace
}  // namespace berth
