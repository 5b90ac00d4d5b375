/// @file
/// Session: one run of berth: its streams, its global flags, its server.
///
/// The server is looked for when a command first asks for it, so that --help,
/// completion and `version --client` need none.  One thread.
#pragma once

#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>

#include "cli/api_client.hpp"
#include "cli/flags.hpp"
#include "cli/kubeconfig.hpp"
#include "core/base/clock.hpp"

namespace berth::cli {

/// What a test replaces.
struct World {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  const Clock& clock;
  bool terminal = false;  // whether `out` is one
  std::function<std::string(const char* name)> environment;
  std::function<Result<std::unique_ptr<RestTransport>>(const Connection&, Duration patience)>
      connect;
  /// Runs a program with our terminal; its exit status.
  std::function<Result<int>(const std::vector<std::string>& command)> runProgram;
};

struct GlobalFlags {
  ConnectionFlags connection;
  std::string namespaceName;
  std::string requestTimeout = "30s";
  std::string color = "auto";
  int verbosity = 0;
  bool help = false;

  void addTo(FlagSet& flags);
};

class Session {
 public:
  Session(World& world, GlobalFlags& flags, std::string program)
      : world_(world), flags_(flags), program_(std::move(program)) {}

  World& world() { return world_; }
  std::ostream& out() { return world_.out; }
  std::ostream& err() { return world_.err; }
  [[nodiscard]] Time now() const { return world_.clock.now(); }
  [[nodiscard]] Time wall() const { return world_.clock.wall(); }
  [[nodiscard]] const GlobalFlags& flags() const { return flags_; }
  /// "berth", or "kubectl berth": what examples and hints call us.
  [[nodiscard]] const std::string& program() const { return program_; }

  /// NotFound, ServiceUnavailable...: as Kubeconfig and RestClient fail.
  Result<ApiClient*> api();
  Result<const Discovery*> discovery();
  /// -n, else the context's namespace, else "default".
  Result<std::string> namespaceName();
  Result<Connection> connection();
  Result<Kubeconfig> kubeconfig();

  /// Whether to color `out`: --color, NO_COLOR, CLICOLOR_FORCE, TERM, a terminal.
  [[nodiscard]] bool colors() const;
  /// Prints "error: ..." and its hint; the exit code for it.
  int fail(const Error& error);

 private:
  World& world_;
  GlobalFlags& flags_;
  std::string program_;
  std::optional<Connection> connection_;
  std::unique_ptr<RestTransport> transport_;
  std::unique_ptr<ApiClient> api_;
};

/// "30s", "5m", "1h30m", and a bare number of seconds; "0" means none.
Result<Duration> parseTimeout(const std::string& text);

}  // namespace berth::cli
