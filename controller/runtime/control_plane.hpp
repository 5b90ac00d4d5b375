/// @file
/// ControlPlane: the Manager: caches, controllers, events and the lease, put
/// together.
///
///     ControlPlane plane({*hub, leases, objects, clock, random}, {.holder = makeUuid(random)});
///     clientdeployment::setup(plane, ...);
///     hub->wakeWith(runner.add("hub", *hub));
///     plane.start(runner);
///     ...
///     runner.stop(patience);   // first no turn runs any more
///     plane.stop();            // then the lease is given up
///
/// The hub is not the plane's: an API without controllers has one too.
///
/// Thread-safe once started.
#pragma once

#include <list>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "controller/runtime/controller.hpp"
#include "controller/runtime/event_writer.hpp"
#include "controller/runtime/informer.hpp"
#include "controller/runtime/leadership.hpp"
#include "core/reconcile/manager.hpp"

namespace berth::runtime {

class ControlPlane final : public Manager {
 public:
  /// All must outlive the plane, and `metrics` all texts that are made of it.
  struct Parts {
    WatchHub& hub;
    store::Leases& leases;
    ObjectClient& client;
    const Clock& clock;
    Random& random;
    Log log = {};
    Metrics* metrics = nullptr;
  };

  struct Options {
    std::string holder;  // of the lease: a UUID made fresh at each process start
    std::string lease = "berth-controller";
    Duration leaseTtl = std::chrono::seconds(10);
    Duration leaseRenew = std::chrono::seconds(3);
    Duration eventTtl = std::chrono::hours(1);
    RateLimiter::Options limits = {};
  };

  ControlPlane(Parts parts, Options options);
  ~ControlPlane() override;

  // Manager, before start() only.
  ObjectCache& cache(const ResourceType& type, const Decoder& decoder) override;
  ObjectClient& client() override { return parts_.client; }
  EventRecorder& events() override { return events_; }
  Enqueue addController(ControllerSpec spec) override;
  Waker addActor(std::string name, std::unique_ptr<Actor> actor) override;

  /// Gives the runner all actors.  They must have ended before the plane does.
  void start(Runner& runner);
  /// After the runner's stop: gives up the lease, so that the next process need not
  /// wait.
  void stop();

  /// What is still missing, for readyz; empty: ready.  Not to lead is no fault, not to
  /// know who leads is one.
  [[nodiscard]] std::vector<std::string> unready() const;
  [[nodiscard]] bool leads() const { return leadership_.term().has_value(); }
  /// The controllers with a pass that has lasted longer than `limit`, for livez.
  [[nodiscard]] std::vector<std::string> stuck(Duration limit) const;

 private:
  class LeaderActor;

  Informer& informer(const ResourceType& type, const Decoder& decoder);
  [[nodiscard]] bool synced() const;
  void onLead();

  Parts parts_;
  Options options_;
  Leadership leadership_;
  EventWriter events_;
  std::map<ResourceType, std::unique_ptr<Informer>> informers_;
  std::list<Controller> controllers_;
  std::list<LeaderActor> actors_;
};

}  // namespace berth::runtime
