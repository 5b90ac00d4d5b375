/// @file
/// Workers: the threads that run handlers, each time for whoever's turn it is.  Private
/// to core/http.  Thread-safe.
#pragma once

#include <boost/asio/thread_pool.hpp>

#include "core/base/guarded.hpp"
#include "core/http/fair_queue.hpp"

namespace berth::http {

class Workers {
 public:
  explicit Workers(const FairQueue::Limits& limits);

  /// False when too many wait already.
  bool submit(const Flow& flow, FairQueue::Task task);
  /// Waits for all that was submitted.
  void join() { pool_.join(); }

 private:
  void run(FairQueue::Started started);

  Guarded<FairQueue> queue_;
  boost::asio::thread_pool pool_;
};

}  // namespace berth::http
