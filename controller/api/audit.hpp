/// @file
/// Records of the audit log: of changes, and of requests that changed nothing because
/// they were denied or failed.
///
/// A record is canonical JSON (docs/reference/audit.md).  It never holds a value of the
/// object: a digest of the change stands for it, in which a Secret's values do not take
/// part.
#pragma once

#include <map>

#include "controller/api/authentication.hpp"
#include "controller/api/request_info.hpp"
#include "controller/store/store.hpp"
#include "core/base/guarded.hpp"
#include "core/json/json.hpp"
#include "core/run/actor.hpp"
#include "core/telemetry/log.hpp"

namespace berth::api {

/// A request on its way through the router, as far as it has come.
struct Passage {
  std::string id;         // the header Audit-Id of its answer
  User caller = {};       // who makes it
  User user = {};         // as whom
  bool known = false;     // that is settled
  bool admitted = false;  // and may
};

/// Who asks, as whom, and the request's id.
struct Asker {
  const User& user;
  const User& caller;
  const std::string& id;
};
/// What every record of a request says: who, from where, what was asked.
Json requestRecord(const http::Request& request, const RequestInfo& info, const Asker& asker);

/// A change, for its record.
struct AuditedChange {
  const store::Write& write;
  const Json& request;  // of requestRecord(), or null: this process itself
  const Json* before;   // nullptr: there was none
  const Json* after;    // nullptr: there is none any more
};
std::string changeRecord(const AuditedChange& change);

/// Keeps records of requests that were denied or failed, but of so many only in each
/// minute; of the rest it keeps how many they were.  Thread-safe.
class AuditTrail final : public Actor {
 public:
  AuditTrail(store::Store& store, const Clock& clock, Log log)
      : store_(store), clock_(clock), log_(std::move(log)) {}

  /// Once a request has been answered; does nothing for one that needs no record here.
  void observe(
      const http::Request& request, const RequestInfo& info, const Passage& passage, int status);

  /// Ends the minute.
  Time turn(const Context& context, Time now) override;

 private:
  struct Minute {
    std::map<std::string, unsigned> kept;  // by user, or the address of who is unknown
    unsigned all = 0;
    unsigned dropped = 0;
  };

  [[nodiscard]] bool hasRoomFor(const std::string& who);
  void keep(const Context& context, const Json& record);

  store::Store& store_;
  const Clock& clock_;
  Log log_;
  Guarded<Minute> minute_;
};

}  // namespace berth::api
