/// @file
/// What the tests that kill a store's process or server write, and what must be
/// true of it afterwards.
#pragma once

#include <map>
#include <string>

#include "controller/store/audit_log.hpp"
#include "controller/store/store.hpp"

namespace berth::store {

/// The `number`th write of a writer: creates, replaces and deletes take turns on the
/// writer's own objects.  Its token is found in the bytes of no other write.
struct NumberedWrite {
  std::string token;
  Write write;
};
NumberedWrite numberedWrite(const std::string& writer, int number);

/// Token by revision, as the callers were told.
using Acknowledged = std::map<Revision, std::string>;

/// Empty when the log is whole and holds every acknowledged write at its revision,
/// and no token twice; else what is wrong.
std::string faultOf(Store& store, const Acknowledged& acknowledged);

/// Empty when every committed write, acknowledged or not, has exactly one record in a
/// chain that is sound; else what is wrong.
std::string faultOfAudit(Store& store, AuditLog& log);

}  // namespace berth::store
