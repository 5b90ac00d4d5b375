/// @file
/// Process: every part of the controller, made in order and ended in reverse.
///
/// The API and the reconcilers of one process share one store, one watch hub and one
/// pipeline of writes.  What is outside (machines, probes) is handed in, so that a
/// benchmark can run the whole process against a fake world.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "controller/api/api.hpp"
#include "controller/credentials.hpp"
#include "controller/identity/issuers.hpp"
#include "controller/options.hpp"
#include "controller/reloader.hpp"
#include "controller/runtime/control_plane.hpp"
#include "controller/runtime/watch_hub.hpp"
#include "controller/sealing.hpp"
#include "controller/store/open.hpp"
#include "controller/tenant_logs.hpp"
#include "core/http/server.hpp"
#include "core/run/thread_runner.hpp"
#include "core/telemetry/log.hpp"
#include "core/telemetry/metrics.hpp"
#include "reconcilers/clientdeployment/snapshots.hpp"
#include "reconcilers/machines.hpp"
#include "reconcilers/providers/hosts/prober.hpp"

namespace berth {

/// What the reconcilers act upon.
struct World {
  std::unique_ptr<Machines> machines;
  std::unique_ptr<hosts::Prober> prober;
};

class Process {
 public:
  /// Serving when it returns, with DIR/kubeconfig written.  Clock and random must
  /// outlive it.
  static Result<std::unique_ptr<Process>> start(
      ControllerOptions options, World world, const Clock& clock, Random& random);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  /// Reads certificates and the configuration of authentication again, soon.
  void reload() { reloader_->now(); }
  /// Ends requests and passes where they may end, gives up the lease, closes the store.
  void stop();

  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// The API of this process, without HTTP.
  ObjectClient& objects() { return api_->objects(); }

 private:
  Process(ControllerOptions options, World world, const Clock& clock, Random& random);

  Result<> open();
  Result<> openStore();
  Result<> addReconcilers();
  Result<> serve();
  Result<> servePlain(http::ServerOptions options, const http::Handler& handler);
  void watchFiles();
  void reloadCertificate();
  void reloadIssuers();
  [[nodiscard]] CredentialFiles credentialFiles() const;
  Result<> readClusterId();
  [[nodiscard]] bool has(const char* role) const;
  [[nodiscard]] Context within(Duration time) const;

  const ControllerOptions options_;
  const Clock& clock_;
  Random& random_;
  Log log_;
  Metrics metrics_;
  World world_;
  clientdeployment::FileSnapshots snapshots_;
  std::optional<Credentials> credentials_;
  std::string clusterId_;
  store::OpenedStore store_;
  std::unique_ptr<Sealing> sealing_;  // through which all but leases see the store
  std::unique_ptr<runtime::WatchHub> hub_;
  std::unique_ptr<identity::Issuers> issuers_;
  std::unique_ptr<api::Api> api_;
  std::unique_ptr<TenantLogs> logs_;
  std::unique_ptr<runtime::ControlPlane> plane_;
  std::unique_ptr<ThreadRunner> runner_;
  std::unique_ptr<http::Server> server_;
  std::unique_ptr<http::Server> plainServer_;
  std::unique_ptr<Reloader> reloader_;
  std::uint16_t port_ = 0;
};

}  // namespace berth
