/// @file
/// HttpDocker: a real engine, spoken to over any byte stream: the local unix socket,
/// TCP, an agent's gateway, ssh.
///
///     HttpDocker engine(http::makeUnixTransport("/var/run/docker.sock", clock), clock);
///     BERTH_TRY(auto state, engine.roles().reader.inspect(context, "web"));
///
/// The version of the API is agreed upon at the first call, and again when the
/// engine refuses it: a daemon may be replaced while we run.  Thread-safe.
#pragma once

#include <memory>
#include <string>

#include "core/base/clock.hpp"
#include "core/http/byte_stream.hpp"
#include "reconcilers/providers/docker/docker.hpp"

namespace berth::docker {

struct HttpOptions {
  std::string newestVersion = "1.48";
  std::string oldestVersion = "1.41";
  /// Of calls that should be quick, when the context gives more.  Long enough for a
  /// host on its knees: a start takes 1.7 s on a loaded machine.
  Duration callTimeout = std::chrono::minutes(2);
  std::size_t idleConnections = 8;
};

class HttpDocker {
 public:
  /// The clock must outlive it.
  HttpDocker(
      std::unique_ptr<http::Transport> transport, const Clock& clock, HttpOptions options = {});
  ~HttpDocker();
  HttpDocker(const HttpDocker&) = delete;
  HttpDocker& operator=(const HttpDocker&) = delete;

  [[nodiscard]] Docker roles();

 private:
  struct Roles;
  std::unique_ptr<Roles> roles_;
};

}  // namespace berth::docker
