/// @file
/// Compactor: bounds the store's history, once a minute, while this process leads.
#pragma once

#include "controller/store/store.hpp"
#include "core/run/actor.hpp"
#include "core/telemetry/log.hpp"

namespace berth {

class Compactor final : public Actor {
 public:
  /// Keeps the newest `keep` changes.
  Compactor(store::Store& store, std::int64_t keep, Log log)
      : store_(store), keep_(keep), log_(std::move(log)) {}

  Time turn(const Context& context, Time now) override {
    const auto edge = store_.compact(context, keep_);
    if (!edge) log_.warn("the history was not compacted", {{"error", edge.error()}});
    return now + std::chrono::minutes(1);
  }

 private:
  store::Store& store_;
  const std::int64_t keep_;
  Log log_;
};

}  // namespace berth
