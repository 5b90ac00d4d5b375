#include "reconcilers/providers/docker/container.hpp"

namespace berth::docker {

std::string_view toString(ContainerStatus status) {
  switch (status) {
    case ContainerStatus::Created:
      return "created";
    case ContainerStatus::Running:
      return "running";
    case ContainerStatus::Paused:
      return "paused";
    case ContainerStatus::Restarting:
      return "restarting";
    case ContainerStatus::Removing:
      return "removing";
    case ContainerStatus::Exited:
      return "exited";
    case ContainerStatus::Dead:
      return "dead";
  }
  return "dead";
}

}  // namespace berth::docker
