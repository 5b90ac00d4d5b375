/// @file
/// PostgresWriter: commits groups of writes to the store's database.
///
/// Every write has a request id, so that a group whose outcome is unknown is sent
/// again and takes effect once.  One thread at a time.
#pragma once

#include <condition_variable>
#include <mutex>
#include <span>

#include "controller/store/group_committer.hpp"
#include "controller/store/postgres_session.hpp"
#include "core/base/random.hpp"

namespace berth::store {

class PostgresWriter {
 public:
  PostgresWriter(PostgresSessions& sessions, const Clock& clock, Random& random)
      : sessions_(sessions), clock_(clock), random_(random) {}

  Result<GroupCommitter::Results> commit(std::span<const PendingWritePtr> group);
  /// Gives up trying again; for the end of the store.
  void stop();

 private:
  Result<postgres::Rows> send(std::span<const PendingWritePtr> group);
  bool pause(Duration time);

  PostgresSessions& sessions_;
  const Clock& clock_;
  Random& random_;
  bool reachable_ = true;  // the last group found the database
  std::mutex mutex_;
  std::condition_variable stopping_;
  bool stopped_ = false;  // under mutex_
};

}  // namespace berth::store
