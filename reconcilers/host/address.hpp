/// @file
/// addressOf: how a Host says that it is reached.
#pragma once

#include "berth/v1alpha1/host.hpp"
#include "reconcilers/machines.hpp"

namespace berth::host {

inline MachineAddress addressOf(const v1alpha1::Host& host) {
  const auto& connection = host.spec.connection;
  return {
      .hostName = host.metadata.name,
      .type = connection.type,
      .socket = connection.local ? connection.local->socket : ""};
}

}  // namespace berth::host
