/// @file
/// Compactor: bounds the store's history and its audit log, once a minute, while this
/// process leads.
#pragma once

#include "controller/store/open.hpp"
#include "core/base/clock.hpp"
#include "core/run/actor.hpp"
#include "core/telemetry/log.hpp"

namespace berth {

class Compactor final : public Actor {
 public:
  struct Keep {
    std::int64_t changes = 0;  // the newest so many
    Duration audit{};
  };
  Compactor(const store::OpenedStore& store, Keep keep, const Clock& clock, Log log)
      : store_(*store.store),
        audit_(*store.audit),
        keep_(keep),
        clock_(clock),
        log_(std::move(log)) {}

  Time turn(const Context& context, Time now) override {
    const auto edge = store_.compact(context, keep_.changes);
    if (!edge) log_.warn("the history was not compacted", {{"error", edge.error()}});
    const auto trimmed = audit_.trimAudit(context, clock_.wall() - keep_.audit);
    if (!trimmed) log_.warn("the audit log was not trimmed", {{"error", trimmed.error()}});
    return now + std::chrono::minutes(1);
  }

 private:
  store::Store& store_;
  store::AuditLog& audit_;
  const Keep keep_;
  const Clock& clock_;
  Log log_;
};

}  // namespace berth
