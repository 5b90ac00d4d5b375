/// @file
/// Desired: what the planner is told about a ClientDeployment, made from its spec.
#pragma once

#include <string>

#include "berth/v1alpha1/client_deployment.hpp"
#include "reconcilers/clientdeployment/environment.hpp"
#include "reconcilers/clientdeployment/plan.hpp"

namespace berth::clientdeployment {

/// What the spec does not say: who we are and where the tenant goes.
struct Site {
  std::string clusterId;
  std::string hostName;
  std::string publishAddress = "127.0.0.1";
  std::string dataRoot;
  int port = 0;
};

/// InvalidSpec or NotSupported, as a Problem, when the spec cannot be carried out; a
/// deletion is carried out whatever the spec says.
Result<Desired> desiredOf(
    const v1alpha1::ClientDeployment& object, const Site& site, Environment variables);

/// The limits alone; InvalidSpec when they contradict each other.
Result<docker::Resources> resourcesOf(const v1alpha1::ClientDeploymentSpecResources& spec);

/// "berth-acme-chat-1f2e3d4c": readable, at most 63 letters, another one for each
/// spec, so that the next container can be made before the old one has to go.
std::string containerName(const ObjectKey& key, const std::string& specHash);
/// "berth-acme-chat-<uid>": one for each life of a deployment.
std::string volumeName(const ObjectMeta& meta);

bool isPaused(const v1alpha1::ClientDeployment& object);
std::string annotationOf(const ObjectMeta& meta, const char* name);

}  // namespace berth::clientdeployment
