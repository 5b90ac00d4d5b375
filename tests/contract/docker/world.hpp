/// @file
/// DockerWorld: an engine under the contract suite, the fake or a real one, and what
/// the suite must be able to do to it from outside.
#pragma once

#include <memory>
#include <string>

#include <gmock/gmock.h>

#include "reconcilers/providers/docker/docker.hpp"
#include "reconcilers/providers/docker/fault.hpp"

namespace berth::docker {

class DockerWorld {
 public:
  virtual ~DockerWorld() = default;
  virtual Docker roles() = 0;
  /// An image that runs, and ends with 0 on SIGTERM.
  virtual std::string image() = 0;
  /// An image whose program is missing.
  virtual std::string brokenImage() = 0;
  /// Kills the process of a running container, behind the engine's back.
  virtual void crash(const std::string& id) = 0;
  virtual void setAway(bool away) = 0;
};

/// Made once a program, and taken down at its end.
DockerWorld& fakeWorld();
DockerWorld& realWorld();

/// Each test has names of its own, and what it made is removed afterwards.
class DockerContract : public testing::TestWithParam<DockerWorld& (*)()> {
 protected:
  DockerContract();
  ~DockerContract() override;

  [[nodiscard]] std::string name(const std::string& part) const { return prefix_ + part; }
  [[nodiscard]] ContainerSpec spec(const std::string& part = "web");
  std::string givenCreated(const ContainerSpec& spec);
  std::string givenRunning(const ContainerSpec& spec);
  ContainerState state(const std::string& id);

  DockerWorld& world_;
  Docker docker_;
  std::string prefix_;
};

/// A Result that has failed with this reason and this fault.
MATCHER_P2(FailsWith, reason, fault, "") {
  if (arg.has_value()) {
    *result_listener << "which succeeded";
    return false;
  }
  *result_listener << "which failed with " << toString(arg.error().reason) << ": "
                   << arg.error().message;
  return arg.error().reason == reason &&
         (std::string_view(fault).empty() || isFault(arg.error(), fault));
}
MATCHER(Succeeds, "") {
  if (!arg.has_value())
    *result_listener << "which failed with " << toString(arg.error().reason) << ": "
                     << arg.error().message;
  return arg.has_value();
}

}  // namespace berth::docker
