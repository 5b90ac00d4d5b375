/// @file
/// DockerEngine: a real dockerd of a test's own: its data, its socket, its bridge.
///
/// It touches no iptables rules, so that it and another daemon on the machine do not
/// disturb each other; ports are published by docker-proxy.  Requires root and the
/// package docker.io, and aborts with its log when it does not start.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "core/base/clock.hpp"
#include "reconcilers/providers/docker/http_docker.hpp"
#include "tests/support/child_program.hpp"

namespace berth::support {

class DockerEngine {
 public:
  DockerEngine();
  /// Removes all that is in it, stops it and takes its bridge away.
  ~DockerEngine();
  DockerEngine(const DockerEngine&) = delete;
  DockerEngine& operator=(const DockerEngine&) = delete;

  /// A client of its own, connected to it.
  [[nodiscard]] docker::Docker roles() { return client_->roles(); }
  [[nodiscard]] std::string socket() const { return folder_ + "/docker.sock"; }
  [[nodiscard]] const std::string& folder() const { return folder_; }

  void start();
  void stop();
  /// An image of one static program.
  void importProgram(const std::string& binary, const std::string& image);

 private:
  void makeBridge();
  void clear();

  SystemClock clock_;
  std::string folder_;
  std::string bridge_;
  std::optional<ChildProgram> daemon_;
  std::unique_ptr<docker::HttpDocker> client_;
};

/// A tar with one file in it.
std::string tarOf(const std::string& name, const std::string& bytes, int mode = 0755);

}  // namespace berth::support
