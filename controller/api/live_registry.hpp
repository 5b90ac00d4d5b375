/// @file
/// LiveRegistry: the kinds that are served now: those of the program, and those of the
/// CustomResourceDefinitions that the watch hub knows.
///
/// Whoever works with kinds holds the snapshot that he began with; the next request
/// may see another.  Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "controller/api/registry.hpp"
#include "controller/runtime/watch_hub.hpp"
#include "core/base/guarded.hpp"
#include "core/telemetry/log.hpp"

namespace berth::api {

class LiveRegistry {
 public:
  /// The program's kinds only.
  explicit LiveRegistry(RegistryPtr own);
  /// The hub must outlive it.
  LiveRegistry(RegistryPtr own, runtime::WatchHub& hub, Log log);

  [[nodiscard]] RegistryPtr current() const;
  /// With everything that the hub knows by now, though it may not have told yet.
  [[nodiscard]] RegistryPtr refreshed() const;

 private:
  struct Custom {
    store::Revision revision = 0;
    std::vector<ServedKindPtr> kinds;
  };
  struct State {
    RegistryPtr current;
    std::uint64_t news = 0;  // those that `current` knows
    std::map<std::string, Custom> customs;
    std::unique_ptr<runtime::Subscription> subscription;
  };
  void update(State& state) const;
  [[nodiscard]] Custom load(const store::StoredObject& object) const;

  const RegistryPtr own_;
  runtime::WatchHub* hub_ = nullptr;
  Log log_;
  /// Counts the changes of definitions; shared with the hub's callback.
  std::shared_ptr<std::atomic<std::uint64_t>> news_ =
      std::make_shared<std::atomic<std::uint64_t>>(1);
  mutable Guarded<State> state_;
};

/// What is made of a snapshot when it is first asked for: documents about its kinds.
template <class T>
class MadeOfRegistry {
 public:
  /// `make` is called once for a snapshot; who asks meanwhile waits.
  template <class Make>
  std::shared_ptr<const T> of(const RegistryPtr& registry, Make&& make) {
    return made_.with([&](Made& made) {
      if (made.registry != registry) {
        made.value = std::make_shared<const T>(make(*registry));
        made.registry = registry;
      }
      return made.value;
    });
  }

 private:
  struct Made {
    RegistryPtr registry;
    std::shared_ptr<const T> value;
  };
  Guarded<Made> made_;
};

}  // namespace berth::api
