#include "controller/machines.hpp"

#include "core/http/transports.hpp"

namespace berth {

LocalMachines::Local::Local(const std::string& socket, const Clock& clock)
    : docker(http::makeUnixTransport(socket, clock), clock), facts(docker.roles().engine) {}

Result<Machine> LocalMachines::find(const MachineAddress& address) {
  if (address.type != "Local")
    return Error{
        Reason::NotAcceptable,
        "connection type " + address.type + " is not supported by this version; use Local"};
  const std::string& socket = address.socket.empty() ? defaultSocket_ : address.socket;
  return machines_.with([&](auto& machines) -> Result<Machine> {
    auto& local = machines[socket];
    if (!local) local = std::make_unique<Local>(socket, clock_);
    return Machine{local->docker.roles(), local->facts};
  });
}

}  // namespace berth
