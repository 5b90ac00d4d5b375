#include "controller/runtime/watch_hub.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "controller/runtime/cached_object.hpp"
#include "controller/runtime/hub_state.hpp"
#include "controller/store/rules.hpp"
#include "core/run/late_waker.hpp"

namespace berth::runtime {

namespace {

constexpr std::size_t kBatch = 1'000;
constexpr Revision kReplay = 8'192;  // changes known from the start: watches outlive a restart
constexpr Duration kReadTimeout = std::chrono::seconds(10);
constexpr Duration kBusyFor = std::chrono::seconds(1);
constexpr Duration kLongestPause = std::chrono::seconds(5);

Error expired(Revision from) {
  return {Reason::Expired, "too old resource version: " + std::to_string(from)};
}

bool sameIncarnation(Revision a, Revision b) {
  return (a >> store::kIncarnationShift) == (b >> store::kIncarnationShift);
}

void call(const Wakes& wakes) {
  for (const auto& wake : wakes) (*wake)();
}

/// The state with its lock, shared with the subscriptions.
struct Core {
  explicit Core(std::size_t ring) : state(ring) {}

  mutable std::mutex mutex;
  std::condition_variable advanced;
  HubState state;
};

class Cursor final : public Subscription {
 public:
  Cursor(std::shared_ptr<Core> core, std::string resource, Revision from)
      : core_(std::move(core)),
        resource_(std::move(resource)),
        position_(from),
        life_(core_->state.life()) {}

  /// With the core locked.
  void wakeWith(std::function<void()> wake) {
    wake_ = std::make_shared<const std::function<void()>>(std::move(wake));
    core_->state.wakeOnChange(resource_, wake_);
  }

  Result<std::vector<HubChangePtr>> poll() override {
    const std::lock_guard lock(core_->mutex);
    const auto& state = core_->state;
    if (life_ != state.life() || !state.reaches(resource_, position_)) {
      life_ = 0;  // no life has this number: it stays so
      return expired(position_);
    }
    auto changes = state.changesAfter(resource_, position_);
    position_ = std::max(position_, state.revision());
    return changes;
  }

  [[nodiscard]] Revision position() const override { return position_; }

 private:
  std::shared_ptr<Core> core_;
  std::string resource_;
  Revision position_;
  std::uint64_t life_;
  std::shared_ptr<const std::function<void()>> wake_;
};

class FeedingHub final : public WatchHub {
 public:
  FeedingHub(store::Store& store, const Clock& clock, Options options)
      : store_(store),
        clock_(clock),
        options_(std::move(options)),
        core_(std::make_shared<Core>(options_.ring)) {
    if (options_.metrics == nullptr) return;
    alarms_ = options_.metrics->counter(
        "berth_watch_hub_alarms_total", "Gaps in the store's log: each is a bug of the store.");
    relists_ = options_.metrics->counter(
        "berth_watch_hub_relists_total", "Times that the whole state was read from the store.");
  }

  Time turn(const Context& context, Time now) override;
  void hint() override { waker_(); }
  void wakeWith(Waker waker) override { waker_.bind(std::move(waker)); }

  [[nodiscard]] bool synced() const override {
    const std::lock_guard lock(core_->mutex);
    return core_->state.synced();
  }
  [[nodiscard]] Revision revision() const override {
    const std::lock_guard lock(core_->mutex);
    return core_->state.revision();
  }
  Result<> waitFor(const Context& context, Revision revision) override;

  [[nodiscard]] HubList list(
      const std::string& resource, const std::string& namespaceName) const override {
    const std::lock_guard lock(core_->mutex);
    return core_->state.list(resource, namespaceName);
  }
  [[nodiscard]] CachedObjectPtr get(
      const std::string& resource, const ObjectKey& key) const override {
    const std::lock_guard lock(core_->mutex);
    return core_->state.get(resource, key);
  }
  Result<std::unique_ptr<Subscription>> subscribe(
      const std::string& resource, Revision from, std::function<void()> wake) override;
  std::pair<HubList, std::unique_ptr<Subscription>> listAndSubscribe(
      const std::string& resource, std::function<void()> wake) override;

 private:
  /// All that the store has now.  One thread at a time reads it.
  Result<> feed(const Context& context);
  Result<bool> feedOnce(const Context& context);  // whether there may be more
  /// A state of the store, and what has happened since.
  struct Past {
    store::Page page;
    std::vector<store::Change> since = {};
  };
  Result<> relist(const Context& context);
  Result<Past> readPresent(const Context& context);
  Result<Past> readPast(const Context& context);
  Result<bool> take(const store::Changes& batch, Revision from);
  template <class Function>
  void change(Function&& function);

  store::Store& store_;
  const Clock& clock_;
  const Options options_;
  Counter alarms_;
  Counter relists_;
  LateWaker waker_;
  std::shared_ptr<Core> core_;
  std::mutex feeding_;
  Time lastChange_{};  // under feeding_
  Duration pause_{};   // of the feeder, after failures
};

template <class Function>
void FeedingHub::change(Function&& function) {
  Wakes wakes;
  {
    const std::lock_guard lock(core_->mutex);
    wakes = function(core_->state);
  }
  core_->advanced.notify_all();
  call(wakes);
}

Time FeedingHub::turn(const Context& context, Time now) {
  if (const auto fed = feed(context); !fed) {
    if (pause_ == Duration::zero())
      options_.log.warn("watch hub cannot read the store", {{"error", fed.error()}});
    pause_ = std::clamp(pause_ * 2, options_.busyPoll, kLongestPause);
    return now + pause_;
  }
  pause_ = Duration::zero();
  const std::lock_guard lock(feeding_);
  return now + (now - lastChange_ < kBusyFor ? options_.busyPoll : options_.idlePoll);
}

Result<> FeedingHub::feed(const Context& context) {
  const std::lock_guard lock(feeding_);
  Context read = context;
  read.deadline = std::min(read.deadline, clock_.now() + kReadTimeout);
  for (;;) {
    BERTH_TRY(const bool more, feedOnce(read));
    if (!more) return Ok{};
  }
}

Result<bool> FeedingHub::feedOnce(const Context& context) {
  if (!synced()) BERTH_CHECK(relist(context));
  const Revision from = revision();
  auto batch = store_.changesSince(context, from, kBatch);
  if (batch) return take(*batch, from);
  if (batch.error().reason != Reason::Expired) return std::move(batch).error();
  BERTH_CHECK(relist(context));
  return true;
}

Result<> FeedingHub::relist(const Context& context) {
  auto read = readPresent(context);
  if (!read) return std::move(read).error();
  auto& [page, since] = *read;
  if (page.revision < revision())
    return Error{Reason::ServiceUnavailable, "the store answers with a state older than seen"};
  std::vector<CachedObjectPtr> objects;
  objects.reserve(page.objects.size());
  for (auto& object : page.objects) objects.push_back(makeCached(std::move(object)));
  std::vector<CachedObjectPtr> changed;
  changed.reserve(since.size());
  for (const auto& each : since) changed.push_back(makeCached(each.object));
  relists_.increment();
  change([&](HubState& state) {
    auto wakes = state.reset(page.revision, std::move(objects));
    std::ranges::copy(state.apply(since, changed), std::back_inserter(wakes));
    return wakes;
  });
  return Ok{};
}

/// The first time also what led to the present, as far as the store remembers it.
Result<FeedingHub::Past> FeedingHub::readPresent(const Context& context) {
  if (revision() == 0) {
    auto past = readPast(context);
    if (past || past.error().reason != Reason::Expired) return past;
  }
  BERTH_TRY(auto page, store_.list(context, {}));
  return Past{std::move(page)};
}

Result<FeedingHub::Past> FeedingHub::readPast(const Context& context) {
  BERTH_TRY(const auto now, store_.list(context, {.resource = "-", .limit = 1}));
  const Revision oldest = (now.revision >> store::kIncarnationShift) << store::kIncarnationShift;
  const Revision start = std::max(oldest, now.revision - kReplay);
  BERTH_TRY(auto page, store_.list(context, {.at = start}));
  Past past{std::move(page)};
  for (Revision at = start; at < now.revision;) {
    BERTH_TRY(auto batch, store_.changesSince(context, at, kBatch));
    if (batch.changes.empty()) return expired(at);
    for (auto& each : batch.changes) {
      if (each.object->revision != ++at) return expired(at);
      past.since.push_back(std::move(each));
    }
  }
  return past;
}

Result<bool> FeedingHub::take(const store::Changes& batch, Revision from) {
  Revision expected = from;
  std::vector<CachedObjectPtr> objects;
  objects.reserve(batch.changes.size());
  for (const auto& each : batch.changes) {
    if (each.object->revision != ++expected) break;
    objects.push_back(makeCached(each.object));
  }
  const bool missing = batch.changes.empty() && batch.head > from;
  if (objects.size() != batch.changes.size() || missing) {
    alarms_.increment();
    options_.log.error("gap in the store's log", {{"after", from}, {"head", batch.head}});
    change([](HubState& state) { return state.distrust(); });
    return Error{Reason::InternalError, "gap in the store's log after " + std::to_string(from)};
  }
  if (batch.changes.empty()) return false;
  lastChange_ = clock_.now();
  change([&](HubState& state) { return state.apply(batch.changes, objects); });
  return batch.head > expected;
}

Result<> FeedingHub::waitFor(const Context& context, Revision wanted) {
  if (revision() >= wanted && synced()) return Ok{};
  BERTH_CHECK(feed(context));
  std::unique_lock lock(core_->mutex);
  const auto reached = [&] { return core_->state.synced() && core_->state.revision() >= wanted; };
  const auto left = std::min(context.deadline - clock_.now(), Duration(std::chrono::hours(1)));
  if (core_->advanced.wait_for(lock, left, reached)) return Ok{};
  return Error{Reason::Timeout, "Too large resource version: " + std::to_string(wanted)};
}

Result<std::unique_ptr<Subscription>> FeedingHub::subscribe(
    const std::string& resource, Revision from, std::function<void()> wake) {
  const std::lock_guard lock(core_->mutex);
  const auto& state = core_->state;
  if (!state.synced())
    return Error{Reason::ServiceUnavailable, "the watch cache is not filled yet"};
  if (!sameIncarnation(from, state.revision()) || !state.reaches(resource, from))
    return expired(from);
  if (from > state.revision())
    return Error{Reason::Timeout, "Too large resource version: " + std::to_string(from)};
  auto cursor = std::make_unique<Cursor>(core_, resource, from);
  cursor->wakeWith(std::move(wake));
  return std::unique_ptr<Subscription>(std::move(cursor));
}

std::pair<HubList, std::unique_ptr<Subscription>> FeedingHub::listAndSubscribe(
    const std::string& resource, std::function<void()> wake) {
  const std::lock_guard lock(core_->mutex);
  auto list = core_->state.list(resource, "");
  auto cursor = std::make_unique<Cursor>(core_, resource, list.revision);
  cursor->wakeWith(std::move(wake));
  return {std::move(list), std::move(cursor)};
}

}  // namespace

std::unique_ptr<WatchHub> makeWatchHub(
    store::Store& store, const Clock& clock, WatchHub::Options options) {
  return std::make_unique<FeedingHub>(store, clock, std::move(options));
}

}  // namespace berth::runtime
