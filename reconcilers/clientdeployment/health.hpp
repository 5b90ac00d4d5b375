/// @file
/// HealthMonitor: startup, readiness and liveness of tenants, from the Prober's
/// answers.
///
/// Until the startup probe has succeeded once, only it counts, and a start that
/// takes too long has failed.  After that readiness decides whether the tenant
/// serves, and liveness whether it hangs for good.  What is remembered here only
/// delays conclusions: after a restart of the controller it is asked again.
/// Thread-safe.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "berth/v1alpha1/client_deployment.hpp"
#include "core/base/guarded.hpp"
#include "reconcilers/providers/hosts/prober.hpp"

namespace berth::clientdeployment {

enum class HealthState {
  Unknown,   // nobody has answered yet, nor failed to
  Starting,  // the startup probe has not succeeded yet
  Healthy,
  Failing,        // not ready; it may come back by itself
  StartupFailed,  // and the next two call for a restart
  Hanging,
};

struct Health {
  HealthState state = HealthState::Unknown;
  std::string message;                // of the latest failure; no number that changes
  std::optional<Duration> lookAgain;  // when the conclusion may be another without news
};

/// One run of a container, and where it listens.
struct ProbeTarget {
  std::string instance;  // changes at every start
  std::string address;
  int port = 0;
};

class HealthMonitor {
 public:
  /// Both must outlive it.
  HealthMonitor(hosts::Prober& prober, const Clock& clock) : prober_(prober), clock_(clock) {}

  Health check(
      const ObjectKey& key,
      const ProbeTarget& target,
      const v1alpha1::ClientDeploymentSpecProbes& probes);
  /// Nothing runs: nothing is probed.
  void forget(const ObjectKey& key);

  /// The deployment that a Prober's key belongs to.
  static ObjectKey keyOf(const std::string& proberKey);

 private:
  struct Entry {
    std::string instance;
    Time since{};
    bool started = false;
  };

  Entry entryFor(const ObjectKey& key, const ProbeTarget& target);
  Health starting(
      const ObjectKey& key,
      const Entry& entry,
      const ProbeTarget& target,
      const v1alpha1::ClientDeploymentSpecProbes& probes);
  Health started(
      const ObjectKey& key,
      const ProbeTarget& target,
      const v1alpha1::ClientDeploymentSpecProbes& probes);

  hosts::Prober& prober_;
  const Clock& clock_;
  Guarded<std::map<ObjectKey, Entry>> entries_;
};

}  // namespace berth::clientdeployment
