#include "core/http/server_workers.hpp"

#include <utility>

#include <boost/asio/post.hpp>

namespace berth::http {

Workers::Workers(const FairQueue::Limits& limits)
    : queue_(FairQueue(limits)), pool_(static_cast<std::size_t>(limits.seats)) {}

bool Workers::submit(const Flow& flow, FairQueue::Task task) {
  bool accepted = false;
  auto started = queue_.with([&](FairQueue& queue) {
    accepted = queue.add(flow, std::move(task));
    return queue.start();
  });
  if (started)
    boost::asio::post(
        pool_, [this, next = *std::move(started)]() mutable { run(std::move(next)); });
  return accepted;
}

/// A seat that becomes free goes to the next without another thread being woken.
void Workers::run(FairQueue::Started started) {
  std::optional<FairQueue::Started> next = std::move(started);
  while (next) {
    next->task();
    next->task = nullptr;  // what it holds is let go of outside of the lock
    next = queue_.with([&](FairQueue& queue) {
      queue.finish(next->flow);
      return queue.start();
    });
  }
}

}  // namespace berth::http
