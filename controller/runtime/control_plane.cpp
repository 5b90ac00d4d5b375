#include "controller/runtime/control_plane.hpp"

#include <algorithm>

namespace berth::runtime {

namespace {

constexpr Duration kResignTimeout = std::chrono::seconds(2);

}  // namespace

/// Passes turns on while this process leads and the caches are filled.
class ControlPlane::LeaderActor final : public Actor {
 public:
  LeaderActor(const ControlPlane& plane, std::string name, std::unique_ptr<Actor> actor)
      : plane_(plane), name_(std::move(name)), actor_(std::move(actor)) {}

  void start(Runner& runner) { waker_.bind(runner.add(name_, *this)); }
  [[nodiscard]] const LateWaker& waker() const { return waker_; }

  Time turn(const Context& context, Time now) override {
    const auto term = plane_.leadership_.term();
    if (!term || !plane_.synced()) return Time::max();  // woken when a term begins
    Context led = context;
    led.epoch = term->epoch;
    led.actor = "system:berth:" + name_;
    return actor_->turn(led, now);
  }

 private:
  const ControlPlane& plane_;
  std::string name_;
  std::unique_ptr<Actor> actor_;
  LateWaker waker_;
};

ControlPlane::ControlPlane(Parts parts, Options options)
    : parts_(std::move(parts)),
      options_(std::move(options)),
      leadership_(
          parts_.leases,
          parts_.clock,
          {options_.lease,
           options_.holder,
           options_.leaseTtl,
           options_.leaseRenew,
           parts_.log,
           parts_.metrics}),
      events_(
          parts_.client,
          parts_.clock,
          {"berth-controller", options_.holder, parts_.log, parts_.metrics}) {
  leadership_.onLead([this] { onLead(); });
  addActor(
      "event-sweeper",
      std::make_unique<EventSweeper>(parts_.hub, parts_.client, parts_.clock, options_.eventTtl));
}

ControlPlane::~ControlPlane() = default;

Informer& ControlPlane::informer(const ResourceType& type, const Decoder& decoder) {
  auto& informer = informers_[type];
  if (!informer)
    informer = std::make_unique<Informer>(
        Informer::Parts{parts_.hub, parts_.log, parts_.metrics}, type, decoder);
  return *informer;
}

ObjectCache& ControlPlane::cache(const ResourceType& type, const Decoder& decoder) {
  return informer(type, decoder);
}

Enqueue ControlPlane::addController(ControllerSpec spec) {
  BERTH_ASSERT(!spec.watches.empty());
  const auto watches = std::move(spec.watches);
  auto& own = informer(watches.front().type, watches.front().decoder);
  auto& controller = controllers_.emplace_back(
      Controller::Parts{
          leadership_,
          parts_.clock,
          parts_.random,
          [this] { return synced(); },
          parts_.log,
          parts_.metrics,
          options_.limits},
      std::move(spec),
      own);
  for (const auto& watch : watches)
    informer(watch.type, watch.decoder)
        .addHandler([&controller, keysOf = watch.keysOf](const ObjectChange& change, bool isNews) {
          const auto priority = isNews ? WorkQueue::Priority::Change : WorkQueue::Priority::Resync;
          for (const auto& key : keysOf(change))
            controller.enqueue(key, Duration::zero(), priority);
        });
  return [&controller](const ObjectKey& key, Duration delay) {
    controller.enqueue(key, delay, WorkQueue::Priority::Change);
  };
}

Waker ControlPlane::addActor(std::string name, std::unique_ptr<Actor> actor) {
  return actors_.emplace_back(*this, std::move(name), std::move(actor)).waker();
}

void ControlPlane::start(Runner& runner) {
  const auto wakeAll = [this] {
    if (!synced()) return;
    for (auto& controller : controllers_) controller.wakeAll();
    for (auto& actor : actors_) actor.waker()();
  };
  for (auto& [type, informer] : informers_) informer->onSynced(wakeAll);
  for (auto& [type, informer] : informers_)
    informer->wakeWith(runner.add("informer-" + type.plural, *informer));
  for (auto& controller : controllers_) controller.start(runner);
  for (auto& actor : actors_) actor.start(runner);
  events_.wakeWith(runner.add("events", events_));
  runner.add("lease", leadership_);
}

void ControlPlane::stop() {
  Context context;
  context.deadline = parts_.clock.now() + kResignTimeout;
  leadership_.resign(context);
}

bool ControlPlane::synced() const {
  return std::all_of(informers_.begin(), informers_.end(), [](const auto& entry) {
    return entry.second->synced();
  });
}

void ControlPlane::onLead() {
  for (auto& controller : controllers_) {
    controller.enqueueAll();
    controller.wakeAll();
  }
  for (auto& actor : actors_) actor.waker()();
}

std::vector<std::string> ControlPlane::unready() const {
  std::vector<std::string> missing;
  if (!parts_.hub.synced()) missing.emplace_back("watch-hub");
  for (const auto& [type, informer] : informers_)
    if (!informer->synced()) missing.push_back("informer-" + type.plural);
  if (!leadership_.known()) missing.emplace_back("lease");
  return missing;
}

std::vector<std::string> ControlPlane::stuck(Duration limit) const {
  std::vector<std::string> names;
  for (const auto& controller : controllers_)
    if (controller.stats().longestRunning > limit) names.push_back(controller.name());
  return names;
}

}  // namespace berth::runtime
