/// @file
/// Resealer: seals with the first key of the keyring whatever is not, while this
/// process leads: plain rows of an older store, and all rows after a change of keys.
///
/// It works in place, in small transactions, beside all other writers; a row that
/// cannot be read is left as it is, counted and told in the log.  Once all the others
/// are done, the older keys are needed by nobody.
#pragma once

#include "controller/store/raw_rows.hpp"
#include "core/run/actor.hpp"
#include "core/telemetry/log.hpp"
#include "core/telemetry/metrics.hpp"

namespace berth::store {

class Resealer final : public Actor {
 public:
  /// All of them must outlive it.
  Resealer(RawRows& rows, const Sealer& sealer, Log log, Metrics* metrics);

  Time turn(const Context& context, Time now) override;

  struct Pass {
    std::int64_t resealed = 0;
    std::int64_t unreadable = 0;
  };
  /// Everything there is now.
  Result<Pass> pass(const Context& context);

 private:
  Result<> passTable(const Context& context, RawRows::Table table, Pass& pass);

  RawRows& rows_;
  const Sealer& sealer_;
  Log log_;
  Gauge pending_;
  Gauge unreadable_;
  Counter resealed_;
  std::string doneWith_;  // the key of the last whole pass
  Time next_{};
};

}  // namespace berth::store
