/// @file
/// Reconciler: makes the world like one object, for ever.
///
/// It takes a key, not an event: it reads the desired state from a Lister,
/// observes the world, plans (a pure function) and acts.  It may be killed after
/// any step and called again with the same key.
#pragma once

#include "core/base/context.hpp"
#include "core/base/result.hpp"
#include "core/object/meta.hpp"

namespace berth {

/// When to look again although nothing happened.
struct Requeue {
  std::optional<Duration> delay;  // nullopt: not before something changes

  static Requeue none() { return {}; }
  static Requeue after(Duration delay) { return {delay}; }
  bool operator==(const Requeue&) const = default;
};

class Reconciler {
 public:
  virtual ~Reconciler() = default;
  /// An Error that isRetryable() is tried again with exponential backoff; any
  /// other waits for the object to change or the next resync.
  virtual Result<Requeue> reconcile(const Context& context, const ObjectKey& key) = 0;
};

}  // namespace berth
