/// @file
/// Controller: a Reconciler with its queue and its workers.
///
///   - a pass gets a deadline, the term's epoch, and a stop that comes with the end
///     of the process or of the term;
///   - success: again when the reconciler wants it (up to a tenth later), else at the
///     next resync;
///   - an Error that may go away: again after the rate limiter's delay, or the one
///     that the Error asks for;
///   - any other Error: at the next change or resync;
///   - an exception ends the pass, not the worker; it counts as an Error that may go
///     away;
///   - workers rest while the caches are not filled or somebody else leads.
///
/// Thread-safe.
#pragma once

#include <atomic>
#include <functional>
#include <list>
#include <memory>
#include <string>

#include "controller/runtime/controller_metrics.hpp"
#include "controller/runtime/informer.hpp"
#include "controller/runtime/leadership.hpp"
#include "controller/runtime/rate_limiter.hpp"
#include "controller/runtime/work_queue.hpp"
#include "core/base/random.hpp"
#include "core/reconcile/manager.hpp"

namespace berth::runtime {

class Controller {
 public:
  struct Parts {
    const Leadership& leadership;
    const Clock& clock;
    Random& random;
    std::function<bool()> synced;  // all caches that the reconciler may read
    Log log;
    Metrics* metrics = nullptr;
    RateLimiter::Options limits = {};
  };

  /// `own` is the cache of the kind itself.
  Controller(Parts parts, ControllerSpec spec, const Informer& own);
  ~Controller();
  Controller(const Controller&) = delete;
  Controller& operator=(const Controller&) = delete;

  void start(Runner& runner);
  void enqueue(const ObjectKey& key, Duration delay, WorkQueue::Priority priority);
  /// Looks at every object again: a term begins.
  void enqueueAll();
  /// Workers look at whether they may work.
  void wakeAll();
  [[nodiscard]] const std::string& name() const { return spec_.name; }
  [[nodiscard]] WorkQueue::Stats stats() const { return queue_.stats(parts_.clock.now()); }

 private:
  class Worker;

  void wakeIdle();
  /// nullopt: workers have to rest.
  [[nodiscard]] std::optional<Leadership::Term> term() const;
  /// One pass; false when no key is due.
  bool work(const Context& context, const Leadership::Term& term, Time now);
  void process(const Context& context, const Leadership::Term& term, const WorkQueue::Item& item);
  Result<Requeue> reconcile(const Context& context, const ObjectKey& key);
  void settle(const ObjectKey& key, const Result<Requeue>& result);
  void retry(const ObjectKey& key, const Error& error);
  void resyncLater(const ObjectKey& key);

  Parts parts_;
  ControllerSpec spec_;
  const Informer& own_;
  ControllerMetrics metrics_;
  RateLimiter limiter_;
  WorkQueue queue_;
  std::list<Worker> workers_;
};

}  // namespace berth::runtime
