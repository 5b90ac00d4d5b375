#include "controller/store/group_committer.hpp"

#include <algorithm>

namespace berth::store {
namespace {

constexpr std::size_t kMaxGroup = 64;
constexpr auto kLinger = std::chrono::milliseconds(2);

}  // namespace

GroupCommitter::GroupCommitter(const Clock& clock, Commit commit)
    : clock_(clock),
      commit_(std::move(commit)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

Result<StoredObjectPtr> GroupCommitter::submit(const Context& context, const Write& write) {
  auto waiting = std::make_shared<Waiting>();
  waiting->pending =
      std::make_shared<const PendingWrite>(PendingWrite{write, context.epoch, context.deadline});
  auto result = waiting->promise.get_future();
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back(waiting);
  }
  arrived_.notify_one();

  if (context.deadline == Time::max()) return result.get();
  const Duration left = std::max(context.deadline - clock_.now(), Duration::zero());
  if (result.wait_for(left) == std::future_status::ready) return result.get();
  if (withdraw(waiting))
    return Error{Reason::ServiceUnavailable, "the store was too busy to begin in time"};
  return Error{Reason::Timeout, "the store has not answered in time"};
}

bool GroupCommitter::withdraw(const std::shared_ptr<Waiting>& waiting) {
  const std::lock_guard lock(mutex_);
  return std::erase(queue_, waiting) > 0;
}

GroupCommitter::Group GroupCommitter::takeGroup(const std::stop_token& stop, std::size_t lastSize) {
  std::unique_lock lock(mutex_);
  arrived_.wait(lock, stop, [&] { return !queue_.empty(); });
  if (lastSize > 1)
    arrived_.wait_for(lock, stop, kLinger, [&] { return queue_.size() >= lastSize; });

  Group group;
  while (!queue_.empty() && group.size() < kMaxGroup) {
    group.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return group;
}

GroupCommitter::Results GroupCommitter::commitAll(std::span<const PendingWritePtr> writes) {
  auto committed = commit_(writes);
  if (committed) {
    BERTH_ASSERT(committed->size() == writes.size());
    return *std::move(committed);
  }
  const bool final = writes.size() == 1 || committed.error().isRetryable();
  Results results;
  for (std::size_t i = 0; i < writes.size(); ++i) {
    if (final) {
      results.emplace_back(during("write", committed.error()));
    } else {
      results.push_back(std::move(commitAll(writes.subspan(i, 1)).front()));
    }
  }
  return results;
}

void GroupCommitter::run(const std::stop_token& stop) {
  Group group;
  do {
    group = takeGroup(stop, group.size());
    if (group.empty()) continue;
    std::vector<PendingWritePtr> writes;
    for (const auto& waiting : group) writes.push_back(waiting->pending);
    auto results = commitAll(writes);
    for (std::size_t i = 0; i < group.size(); ++i)
      group[i]->promise.set_value(std::move(results[i]));
  } while (!group.empty());
}

}  // namespace berth::store
