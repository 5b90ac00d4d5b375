#include <atomic>
#include <barrier>
#include <set>
#include <thread>

#include "tests/contract/store/store_bed.hpp"

namespace berth::store {
namespace {

class StoreRaceTest : public StoreTest {
 protected:
  /// Runs `body` in that many threads, which begin together.
  static void race(int threads, const std::function<void(int)>& body) {
    std::barrier start(threads);
    std::vector<std::jthread> running;
    for (int thread = 0; thread < threads; ++thread) {
      running.emplace_back([&, thread] {
        start.arrive_and_wait();
        body(thread);
      });
    }
  }
};
INSTANTIATE_TEST_SUITE_P(
    All, StoreRaceTest, testing::ValuesIn(bedKinds()), testing::PrintToStringParamName());

TEST_P(StoreRaceTest, HasOneWinnerForEveryRevisionOfAnObject) {
  constexpr int kThreads = 64;
  constexpr int kRounds = 4;
  auto object = put(create("www"));

  for (int round = 0; round < kRounds; ++round) {
    std::atomic<int> winners = 0;
    std::atomic<int> conflicts = 0;
    race(kThreads, [&](int thread) {
      const auto result = store().write({}, replace(*object, std::to_string(thread)));
      winners += result ? 1 : 0;
      conflicts += !result && result.error().reason == Reason::Conflict ? 1 : 0;
    });
    ASSERT_EQ(winners, 1);
    ASSERT_EQ(conflicts, kThreads - 1);
    object = *store().get({}, kKind, {"acme", "www"});
  }

  EXPECT_EQ(head(), start_ + 1 + kRounds);
}

TEST_P(StoreRaceTest, CreatesANameOnce) {
  std::atomic<int> winners = 0;
  race(16, [&](int) { winners += store().write({}, create("www")) ? 1 : 0; });

  EXPECT_EQ(winners, 1);
}

TEST_P(StoreRaceTest, GivesAClaimToOneOfMany) {
  std::atomic<int> winners = 0;
  race(16, [&](int thread) {
    auto write = create("n" + std::to_string(thread));
    write.claims = {"domain/chat.example.org"};
    winners += store().write({}, write) ? 1 : 0;
  });

  EXPECT_EQ(winners, 1);
  EXPECT_EQ(head(), start_ + 1);
}

TEST_P(StoreRaceTest, CarriesOutARequestOnceHoweverOftenItIsSentAtTheSameTime) {
  std::mutex mutex;
  std::set<std::string> answers;
  race(16, [&](int) {
    auto write = create("www");
    write.requestId = "one";
    const auto object = put(write);
    const std::lock_guard lock(mutex);
    answers.insert(object->bytes);
  });

  EXPECT_EQ(answers.size(), 1U);
  EXPECT_EQ(head(), start_ + 1);
}

TEST_P(StoreRaceTest, LosesNoIncrementOfACounter) {
  constexpr int kThreads = 8;
  constexpr int kIncrements = 10;
  put(create("counter", "0"));
  race(kThreads, [&](int) {
    for (int done = 0; done < kIncrements;) {
      const auto object = *store().get({}, kKind, {"acme", "counter"});
      const auto from = object->bytes.rfind(":\"") + 2;
      const int value = std::stoi(object->bytes.substr(from));
      if (store().write({}, replace(*object, std::to_string(value + 1)))) ++done;
    }
  });

  EXPECT_EQ(
      (*store().get({}, kKind, {"acme", "counter"}))->bytes,
      served(start_ + 1 + kThreads * kIncrements, std::to_string(kThreads * kIncrements)));
}

TEST_P(StoreRaceTest, SpoilsNoWriteByAnotherThatTheDatabaseCannotTake) {
  std::atomic<int> kept = 0;
  race(16, [&](int thread) {
    for (int i = 0; i < 10; ++i) {
      auto write = create(std::to_string(thread) + "-" + std::to_string(i));
      if (thread == 0) write.body.bytes += "\xff";  // not UTF-8
      kept += store().write({}, write) && thread != 0 ? 1 : 0;
    }
  });

  EXPECT_EQ(kept, 150);
}

TEST_P(StoreRaceTest, GivesALeaseToOneOfMany) {
  std::atomic<int> holders = 0;
  race(8, [&](int thread) {
    const auto state =
        leases().tryLease({}, "leader", std::to_string(thread), std::chrono::seconds(10));
    holders += state && state->held ? 1 : 0;
  });

  EXPECT_EQ(holders, 1);
}

TEST_P(StoreRaceTest, SeesAWriteThatWasAcknowledgedInTheNextRead) {
  race(4, [&](int thread) {
    for (int i = 0; i < 20; ++i) {
      const auto name = std::to_string(thread) + "-" + std::to_string(i);
      const auto object = put(create(name));
      const auto found = store().get({}, kKind, {"acme", name});
      ASSERT_TRUE(found && *found);
      ASSERT_EQ((*found)->revision, object->revision);
      ASSERT_GE(head(), object->revision);
    }
  });
}

}  // namespace
}  // namespace berth::store
