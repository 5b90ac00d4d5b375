#include "controller/store/group_committer.hpp"

#include <algorithm>
#include <atomic>
#include <semaphore>

#include <gmock/gmock.h>

namespace berth::store {
namespace {

using testing::ElementsAre;

/// A commit that waits for the test's leave, and tells how large its groups were.
class GroupCommitterTest : public testing::Test {
 protected:
  Result<GroupCommitter::Results> commit(std::span<const PendingWritePtr> group) {
    const auto size = group.size();
    began_.release();
    leave_.acquire();
    sizes_.push_back(size);
    if (refuseGroups_ && size > 1) return Error{Reason::InternalError, "one of them is bad"};
    return GroupCommitter::Results(size, Result<StoredObjectPtr>(nullptr));
  }

  std::jthread write(const Context& context = {}) {
    return std::jthread([this, context] {
      const auto result = committer_->submit(context, Write{});
      ++answered_;
      if (!result) error_ = result.error().reason;
    });
  }
  void end() { committer_.reset(); }

  SystemClock clock_;
  std::counting_semaphore<> began_{0};
  std::counting_semaphore<> leave_{0};
  std::vector<std::size_t> sizes_;
  std::atomic<bool> refuseGroups_ = false;
  std::atomic<int> answered_ = 0;
  std::atomic<Reason> error_ = Reason::BadRequest;
  std::unique_ptr<GroupCommitter> committer_ =
      std::make_unique<GroupCommitter>(clock_, [this](auto group) { return commit(group); });
};

TEST_F(GroupCommitterTest, TakesWhatArrivedDuringACommitAsTheNextGroup) {
  auto first = write();
  began_.acquire();
  std::vector<std::jthread> others;
  for (int i = 0; i < 3; ++i) others.push_back(write());
  const Context brief{.deadline = clock_.now() + std::chrono::milliseconds(100)};
  write(brief).join();  // meanwhile the others have come into the line
  leave_.release(100);

  first.join();
  others.clear();
  end();
  EXPECT_EQ(sizes_.front(), 1U);
  EXPECT_GT(std::ranges::max(sizes_), 1U);
  EXPECT_EQ(answered_, 5) << "four writes, and the one that did not want to wait";
}

TEST_F(GroupCommitterTest, WithdrawsWhatHasNotBegunInTime) {
  auto first = write();
  began_.acquire();
  write({.deadline = clock_.now()}).join();
  EXPECT_EQ(error_, Reason::ServiceUnavailable);

  leave_.release(100);
  first.join();
  end();
  EXPECT_THAT(sizes_, ElementsAre(1)) << "the one that was withdrawn never happens";
}

TEST_F(GroupCommitterTest, DoesNotKnowTheOutcomeOfWhatHasBegun) {
  write({.deadline = clock_.now() + std::chrono::milliseconds(50)}).join();

  EXPECT_EQ(error_, Reason::Timeout);
  leave_.release(100);
}

TEST_F(GroupCommitterTest, TriesEachAloneWhenAGroupCannotBeCommitted) {
  refuseGroups_ = true;
  auto first = write();
  began_.acquire();
  std::vector<std::jthread> others;
  for (int i = 0; i < 3; ++i) others.push_back(write());
  const Context brief{.deadline = clock_.now() + std::chrono::milliseconds(100)};
  write(brief).join();  // meanwhile the others have come into the line
  leave_.release(100);

  first.join();
  others.clear();
  end();
  EXPECT_GT(std::ranges::max(sizes_), 1U);
  EXPECT_EQ(std::ranges::count(sizes_, 1U), 4);
  EXPECT_NE(error_, Reason::InternalError);
}

}  // namespace
}  // namespace berth::store
