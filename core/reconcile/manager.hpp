/// @file
/// Manager: what a kind's setup() asks the runtime for.
///
///     void setup(Manager& manager, Providers& providers) {
///       auto& deployments = listerOf<v1alpha1::ClientDeployment>(manager);
///       manager.addController({.name = "clientdeployment", ...});
///     }
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/reconcile/objects.hpp"
#include "core/reconcile/reconciler.hpp"
#include "core/run/actor.hpp"

namespace berth {

/// What an informer hands to whoever watches a kind: the decoded object as it is
/// now (its last state when it is gone).
struct ObjectChange {
  ObjectKey key;
  std::shared_ptr<const void> object;  // a T of the watched kind
  bool gone = false;
};

/// A cache of one kind, decoded once a change.  Lister<T> is a view of it.
class ObjectCache {
 public:
  virtual ~ObjectCache() = default;
  [[nodiscard]] virtual std::shared_ptr<const void> get(const ObjectKey& key) const = 0;
  [[nodiscard]] virtual std::vector<std::shared_ptr<const void>> list() const = 0;
};

using Decoder = std::function<Result<std::shared_ptr<const void>>(const Json&)>;

/// Puts a key in a controller's queue, after `delay`.  Thread-safe, never waits.
using Enqueue = std::function<void(const ObjectKey& key, Duration delay)>;

struct WatchSpec {
  ResourceType type;
  Decoder decoder;
  /// Which keys of the controller a change concerns.
  std::function<std::vector<ObjectKey>(const ObjectChange&)> keysOf;
};

struct ControllerSpec {
  std::string name;
  std::unique_ptr<Reconciler> reconciler;
  std::vector<WatchSpec> watches;  // the first is the kind itself; it is resynced
  int workers = 2;
  Duration resync = std::chrono::minutes(10);       // with 20 % jitter
  Duration passTimeout = std::chrono::minutes(10);  // the deadline of each reconcile
};

class Manager {
 public:
  virtual ~Manager() = default;
  /// The same cache for every call with the same type.
  virtual ObjectCache& cache(const ResourceType& type, const Decoder& decoder) = 0;
  virtual ObjectClient& client() = 0;
  virtual EventRecorder& events() = 0;
  virtual Enqueue addController(ControllerSpec spec) = 0;
  /// Something that runs beside the controllers, while this process leads.
  virtual Waker addActor(std::string name, std::unique_ptr<Actor> actor) = 0;
};

template <Kind T>
Decoder decoderOf() {
  return [](const Json& document) -> Result<std::shared_ptr<const void>> {
    BERTH_TRY(auto object, decodeObject<T>(document));
    return std::shared_ptr<const void>(std::make_shared<const T>(std::move(object)));
  };
}

/// Lister<T> over an ObjectCache.
template <Kind T>
class CacheLister final : public Lister<T> {
 public:
  explicit CacheLister(const ObjectCache& cache) : cache_(cache) {}
  [[nodiscard]] std::shared_ptr<const T> get(const ObjectKey& key) const override {
    return std::static_pointer_cast<const T>(cache_.get(key));
  }
  [[nodiscard]] std::vector<std::shared_ptr<const T>> list() const override {
    std::vector<std::shared_ptr<const T>> objects;
    for (auto& object : cache_.list()) objects.push_back(std::static_pointer_cast<const T>(object));
    return objects;
  }

 private:
  const ObjectCache& cache_;
};

template <Kind T>
CacheLister<T> listerOf(Manager& manager) {
  return CacheLister<T>(manager.cache(T::kType, decoderOf<T>()));
}

/// Watches a kind's own objects.
template <Kind T>
WatchSpec watchOwn() {
  return {T::kType, decoderOf<T>(), [](const ObjectChange& change) {
            return std::vector<ObjectKey>{change.key};
          }};
}

}  // namespace berth
