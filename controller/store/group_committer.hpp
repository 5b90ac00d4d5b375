/// @file
/// GroupCommitter: commits waiting writes together.
///
/// One thread takes whatever waits, up to 64 writes, and commits it; what arrives
/// meanwhile is the next group.  When the last group had several writers, it gives
/// them up to 2 ms to come back; a lone writer never waits.
///
/// Thread-safe.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "controller/store/store.hpp"

namespace berth::store {

struct PendingWrite {
  Write write;
  Epoch epoch;
  Time deadline;
};
using PendingWritePtr = std::shared_ptr<const PendingWrite>;

class GroupCommitter {
 public:
  using Results = std::vector<Result<StoredObjectPtr>>;
  /// Called by the committer's thread; gives one result per write, in order.  An
  /// Error, when nothing or an unknown part of it could be done, is for all of them;
  /// but after one that no repetition can mend, each is tried alone, so that a write
  /// which the database cannot take spoils no other.
  using Commit = std::function<Result<Results>(std::span<const PendingWritePtr>)>;

  GroupCommitter(const Clock& clock, Commit commit);
  ~GroupCommitter() = default;
  GroupCommitter(const GroupCommitter&) = delete;

  /// Waits for the result.  When the deadline passes first: ServiceUnavailable if
  /// the write has not been begun, which then never happens; else Timeout.
  Result<StoredObjectPtr> submit(const Context& context, const Write& write);

 private:
  struct Waiting {
    PendingWritePtr pending;
    std::promise<Result<StoredObjectPtr>> promise;
  };
  using Group = std::vector<std::shared_ptr<Waiting>>;

  void run(const std::stop_token& stop);
  Group takeGroup(const std::stop_token& stop, std::size_t lastSize);
  Results commitAll(std::span<const PendingWritePtr> writes);
  bool withdraw(const std::shared_ptr<Waiting>& waiting);

  const Clock& clock_;
  const Commit commit_;
  std::mutex mutex_;
  std::condition_variable_any arrived_;
  std::deque<std::shared_ptr<Waiting>> queue_;  // under mutex_
  std::jthread thread_;
};

}  // namespace berth::store
