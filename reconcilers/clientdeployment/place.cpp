#include <charconv>

#include "reconcilers/clientdeployment/reconciler.hpp"
#include "reconcilers/host/address.hpp"
#include "reconcilers/marks.hpp"
#include "reconcilers/reasons.hpp"

namespace berth::clientdeployment {

namespace {

using v1alpha1::ClientDeployment;

Error unplaced(const char* reason, std::string message, bool terminal) {
  return asError(
      {.stage = Stage::Scheduled,
       .reason = reason,
       .message = std::move(message),
       .terminal = terminal});
}

int portOf(const ClientDeployment& object) {
  if (object.spec.hostPort) return static_cast<int>(*object.spec.hostPort);
  const auto text = annotationOf(object.metadata, mark::kHostPort);
  int port = 0;
  std::from_chars(text.data(), text.data() + text.size(), port);
  return port;
}

}  // namespace

/// The decision is made once and written down before its first effect; whatever
/// happens later, the tenant stays with its data.
Result<> ClientDeploymentReconciler::place(const Context& context, Pass& pass) {
  auto host = annotationOf(pass.object.metadata, mark::kHost);
  if (host.empty() && hasFinalizer(pass.object.metadata)) {
    // The annotation was dropped, perhaps by kubectl replace: the data tells.
    BERTH_TRY(host, locate(context, pass));
    if (!host.empty() && !pass.deleting()) {
      BERTH_CHECK(bind(
          context,
          pass,
          {{mark::kHost, host}, {mark::kDataVolume, volumeName(pass.object.metadata)}}));
    }
  }
  if (!host.empty() && (portOf(pass.object) != 0 || pass.deleting())) return settleAt(pass, host);
  if (pass.deleting()) return Ok{};  // it never had an effect
  return choose(context, pass);
}

Result<> ClientDeploymentReconciler::choose(const Context& context, Pass& pass) {
  const auto bound = annotationOf(pass.object.metadata, mark::kHost);
  auto wanted = pass.object;
  if (!bound.empty()) wanted.spec.placement.hostName = bound;  // only the port is open
  const auto placement = census_.place(wanted);
  if (placement.host.empty()) return unplaced(placement.reason.c_str(), placement.message, false);
  if (isPaused(pass.object)) return Ok{};

  BERTH_CHECK(bind(
      context,
      pass,
      {{mark::kHost, placement.host}, {mark::kHostPort, std::to_string(placement.port)}}));
  return settleAt(pass, placement.host);
}

Result<> ClientDeploymentReconciler::bind(
    const Context& context, Pass& pass, const std::map<std::string, std::string>& annotations) {
  BERTH_TRY(const auto stored, bindings_.set(context, pass.object.metadata, annotations));
  BERTH_TRY(pass.object, decodeObject<ClientDeployment>(stored));
  pass.confirmed = true;
  return Ok{};
}

/// What is done from here on must still be wanted: the object as stored is what the
/// cache says, in all that matters.
Result<> ClientDeploymentReconciler::confirm(const Context& context, Pass& pass) {
  if (pass.confirmed) return Ok{};
  BERTH_TRY(const auto document, bindings_.read(context, pass.object.metadata));
  BERTH_TRY(auto stored, decodeObject<ClientDeployment>(document));
  const bool same = stored.metadata.generation == pass.object.metadata.generation &&
                    stored.metadata.deletionTimestamp.has_value() == pass.deleting() &&
                    isPaused(stored) == isPaused(pass.object) && stored.spec == pass.object.spec;
  if (!same)
    return Error{Reason::Conflict, stored.metadata.key().text() + " has changed meanwhile"};
  pass.object = std::move(stored);
  pass.confirmed = true;
  return Ok{};
}

/// The host that has something of this tenant; empty when none has.  A host that
/// does not answer may have it: then nobody knows.
Result<std::string> ClientDeploymentReconciler::locate(const Context& context, const Pass& pass) {
  const auto labels = mark::ownerLabels(services_.clusterId, pass.object.metadata.uid);
  for (const auto& host : services_.hosts.list()) {
    const auto machine = services_.machines.find(host::addressOf(*host));
    if (!machine) continue;  // no tenant has ever been put there
    BERTH_TRY(const auto volumes, machine->docker.volumes.list(context, labels));
    BERTH_TRY(const auto containers, machine->docker.reader.list(context, labels));
    if (!volumes.empty() || !containers.empty()) return host->metadata.name;
  }
  return std::string();
}

Result<> ClientDeploymentReconciler::settleAt(Pass& pass, const std::string& hostName) {
  pass.view.host = hostName;
  const auto host = services_.hosts.get({"", hostName});
  if (!host)
    return unplaced(
        reason::kHostNotFound,
        "host " + hostName + ", where the tenant is placed, is not there; create it again",
        true);
  auto machine = services_.machines.find(host::addressOf(*host));
  if (!machine)
    return unplaced(
        reason::kHostNotReady, "host " + hostName + ": " + machine.error().message, true);

  pass.machine.emplace(*machine);
  pass.hostPaused = host->spec.paused;
  pass.site = {
      .clusterId = services_.clusterId,
      .hostName = hostName,
      .publishAddress = host->spec.publishAddress,
      .dataRoot = host->spec.dataRoot,
      .port = portOf(pass.object)};
  pass.view.port = pass.site.port;
  pass.view.address =
      host->spec.publishAddress == "0.0.0.0" ? "127.0.0.1" : host->spec.publishAddress;

  const auto& wished = pass.object.spec.placement.hostName;
  if (!wished.empty() && wished != hostName)
    pass.view.advice = Problem{
        .stage = Stage::Scheduled,
        .reason = reason::kDataElsewhere,
        .message = "the tenant and its data are on host " + hostName +
                   "; only a Migration moves them to " + wished,
        .terminal = true};
  return Ok{};
}

}  // namespace berth::clientdeployment
