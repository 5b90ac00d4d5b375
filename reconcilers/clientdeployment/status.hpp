/// @file
/// statusOf: what a pass saw and did, as the status of a ClientDeployment.  Pure.
///
/// The conditions stand in a row: Scheduled, ImageReady, ContainerReady, Healthy.
/// What lies behind the first that is not True cannot be known; Ready is the sum,
/// with the reason of the first that is not.
#pragma once

#include <optional>
#include <string>

#include "berth/v1alpha1/client_deployment.hpp"
#include "reconcilers/clientdeployment/health.hpp"
#include "reconcilers/clientdeployment/placement.hpp"
#include "reconcilers/clientdeployment/problem.hpp"
#include "reconcilers/clientdeployment/restarts.hpp"
#include "reconcilers/providers/docker/container.hpp"

namespace berth::clientdeployment {

/// What a pass found out, filled in as it goes.
struct View {
  std::string host;
  std::string address;
  int port = 0;
  std::string volume;     // or
  std::string directory;  // of the host
  bool imageReady = false;
  bool pulling = false;
  bool drift = false;                               // seen and, by the spec, left alone
  std::optional<docker::ContainerState> container;  // the one that is meant
  RestartRecord restarts;
  std::optional<Health> health;
  std::optional<Problem> problem;
  std::optional<Problem> advice;  // nothing fails, but a person has to decide
  std::string snapshot;
};

v1alpha1::ClientDeploymentStatus statusOf(
    const v1alpha1::ClientDeployment& object, const View& view, Time now);

}  // namespace berth::clientdeployment
