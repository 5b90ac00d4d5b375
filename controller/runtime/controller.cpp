#include "controller/runtime/controller.hpp"

#include <algorithm>
#include <bit>

#include "core/run/late_waker.hpp"

namespace berth::runtime {

namespace {

constexpr double kResyncSpread = 0.2;

double secondsOf(Duration duration) { return std::chrono::duration<double>(duration).count(); }

}  // namespace

/// Takes a key a turn.
class Controller::Worker final : public Actor {
 public:
  explicit Worker(Controller& controller) : controller_(controller) {}

  void wakeWith(Waker waker) { waker_.bind(std::move(waker)); }
  void wake() { waker_(); }
  /// Whether it was idle and now has been woken.
  bool wakeIfIdle() {
    if (!idle_.exchange(false)) return false;
    waker_();
    return true;
  }

  Time turn(const Context& context, Time now) override {
    idle_ = false;
    const auto term = controller_.term();
    if (!term) return Time::max();  // wakeAll() comes when there is one
    if (controller_.work(context, *term, now)) return controller_.parts_.clock.now();
    // First idle, then the look: whoever adds a key after the look finds a worker
    // that is idle.
    idle_ = true;
    return controller_.queue_.nextDue();
  }

 private:
  Controller& controller_;
  LateWaker waker_;
  std::atomic<bool> idle_ = false;
};

Controller::Controller(Parts parts, ControllerSpec spec, const Informer& own)
    : parts_(std::move(parts)),
      spec_(std::move(spec)),
      own_(own),
      metrics_(parts_.metrics, spec_.name),
      limiter_(parts_.limits, parts_.random),
      queue_([this] { wakeIdle(); }) {
  parts_.log = parts_.log.with({{"controller", spec_.name}});
  metrics_.maxConcurrent.set(spec_.workers);
  for (int i = 0; i < spec_.workers; ++i) workers_.emplace_back(*this);
  if (parts_.metrics == nullptr) return;
  parts_.metrics->onScrape([this] {
    const auto now = stats();
    metrics_.depth.set(double(now.ready));
    metrics_.unfinishedSeconds.set(secondsOf(now.unfinished));
    metrics_.longestRunningSeconds.set(secondsOf(now.longestRunning));
  });
}

Controller::~Controller() = default;

void Controller::start(Runner& runner) {
  int number = 0;
  for (auto& worker : workers_)
    worker.wakeWith(runner.add(spec_.name + "-" + std::to_string(number++), worker));
}

void Controller::enqueue(const ObjectKey& key, Duration delay, WorkQueue::Priority priority) {
  if (queue_.add(key, parts_.clock.now() + delay, priority)) metrics_.adds.increment();
}

void Controller::enqueueAll() {
  for (const auto& key : own_.keys()) enqueue(key, Duration::zero(), WorkQueue::Priority::Resync);
}

void Controller::wakeAll() {
  for (auto& worker : workers_) worker.wake();
}

void Controller::wakeIdle() {
  for (auto& worker : workers_)
    if (worker.wakeIfIdle()) return;
}

std::optional<Leadership::Term> Controller::term() const {
  return parts_.synced() ? parts_.leadership.term() : std::nullopt;
}

bool Controller::work(const Context& context, const Leadership::Term& term, Time now) {
  const auto item = queue_.take(now);
  if (!item) return false;
  // Others of its time were perhaps added without a wake of their own.
  if (queue_.nextDue() != Time::max()) wakeIdle();
  process(context, term, *item);
  return true;
}

void Controller::process(
    const Context& context, const Leadership::Term& term, const WorkQueue::Item& item) {
  const Time began = parts_.clock.now();
  std::stop_source stop;
  const auto request = [&] { stop.request_stop(); };
  const std::stop_callback atEnd(context.stop, request);
  const std::stop_callback atEndOfTerm(term.end, request);
  Context pass{
      began + spec_.passTimeout, term.epoch, stop.get_token(), "system:berth:" + spec_.name};

  metrics_.queueSeconds.observe(std::max(0.0, secondsOf(began - item.due)));
  metrics_.activeWorkers.add(1);
  const auto result = reconcile(pass, item.key);
  metrics_.activeWorkers.add(-1);
  const double took = secondsOf(parts_.clock.now() - began);
  metrics_.reconcileSeconds.observe(took);
  metrics_.workSeconds.observe(took);

  settle(item.key, result);
  queue_.done(item.key);
}

Result<Requeue> Controller::reconcile(const Context& context, const ObjectKey& key) {
  try {
    return spec_.reconciler->reconcile(context, key);
  } catch (const std::exception& exception) {
    metrics_.panics.increment();
    // Unavailable: the one Reason that says, try again.
    return Error{
        Reason::ServiceUnavailable, std::string("reconcile has thrown: ") + exception.what()};
  }
}

void Controller::settle(const ObjectKey& key, const Result<Requeue>& result) {
  if (!result) {
    if (result.error().isRetryable()) return retry(key, result.error());
    metrics_.error.increment();
    metrics_.errors.increment();
    metrics_.terminalErrors.increment();
    parts_.log.warn(
        "will not be tried again before it changes",
        {{"key", key.text()}, {"error", result.error()}});
    limiter_.forget(key);
    return resyncLater(key);
  }
  limiter_.forget(key);
  if (!result->delay) {
    metrics_.success.increment();
    return resyncLater(key);
  }
  metrics_.requeueAfter.increment();
  const auto later = jittered(*result->delay / 20, 1, parts_.random);
  enqueue(key, *result->delay + later, WorkQueue::Priority::Change);
}

void Controller::retry(const ObjectKey& key, const Error& error) {
  const Time now = parts_.clock.now();
  Duration delay = limiter_.next(key, now);
  if (error.retryAfterSeconds)
    delay = std::max(delay, Duration(std::chrono::seconds(*error.retryAfterSeconds)));
  if (error.reason == Reason::Conflict) {  // somebody was faster: that is no fault
    metrics_.requeue.increment();
  } else {
    metrics_.error.increment();
    metrics_.errors.increment();
    // The first, the second, the fourth, the eighth: a line each would be noise.
    const auto failures = unsigned(limiter_.failures(key));
    if (std::has_single_bit(failures))
      parts_.log.warn("failed", {{"key", key.text()}, {"failures", failures}, {"error", error}});
  }
  metrics_.retries.increment();
  enqueue(key, delay, WorkQueue::Priority::Change);
}

void Controller::resyncLater(const ObjectKey& key) {
  if (!own_.get(key)) return;
  enqueue(key, jittered(spec_.resync, kResyncSpread, parts_.random), WorkQueue::Priority::Resync);
}

}  // namespace berth::runtime
