/// @file
/// EngineWatcher: turns what happens in engines into reconciles, at once.
///
/// One event stream for each Host.  An event of a container of ours enqueues its
/// deployment.  Events are hints and get lost, hence every stream that is opened
/// enqueues all that is placed on its host, and one that breaks enqueues the Host.
/// An Actor; wake() is thread-safe.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "berth/v1alpha1/client_deployment.hpp"
#include "berth/v1alpha1/host.hpp"
#include "core/base/guarded.hpp"
#include "core/reconcile/manager.hpp"
#include "reconcilers/machines.hpp"

namespace berth::clientdeployment {

class EngineWatcher final : public Actor {
 public:
  struct Services {
    const Lister<v1alpha1::ClientDeployment>& deployments;
    const Lister<v1alpha1::Host>& hosts;
    Machines& machines;
    std::string clusterId;
    Enqueue enqueueDeployment;
    Enqueue enqueueHost;
  };

  /// What `services` refers to must outlive it.
  explicit EngineWatcher(Services services) : services_(std::move(services)) {}

  Time turn(const Context& context, Time now) override;
  void setWaker(Waker waker);
  /// Another turn at once: a Host has come, or is ready again.
  void wake() const;

 private:
  struct Watch {
    std::unique_ptr<docker::EventStream> stream;
    Time nextTry{};
    int failures = 0;
  };

  void open(const Context& context, const v1alpha1::Host& host, Watch& watch, Time now);
  void poll(const std::string& host, Watch& watch, Time now);
  void take(const docker::EngineEvent& event) const;

  const Services services_;
  std::map<std::string, Watch> watches_;  // by Host
  const std::shared_ptr<Guarded<Waker>> waker_ = std::make_shared<Guarded<Waker>>();
};

}  // namespace berth::clientdeployment
