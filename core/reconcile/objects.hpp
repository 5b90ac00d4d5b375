/// @file
/// How reconcilers read and write objects.
///
/// Reads come from a cache (Lister); writes go through the API's own pipeline
/// (ObjectClient: default, validate, compare-and-swap, generation), in process
/// or over HTTP, so that a reconciler can break no rule that holds for kubectl.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/base/context.hpp"
#include "core/base/result.hpp"
#include "core/object/codec.hpp"

namespace berth {

/// The API without HTTP.  Documents are whole objects; answers are what is stored
/// now.  Errors are those of the wire (NotFound, AlreadyExists, Conflict, Invalid).
class ObjectClient {
 public:
  virtual ~ObjectClient() = default;
  virtual Result<Json> get(
      const Context& context, const ResourceType& type, const ObjectKey& key) = 0;
  virtual Result<Json> create(const Context& context, const ResourceType& type, Json document) = 0;
  /// Spec and metadata; metadata.resourceVersion, when given, must be current.
  virtual Result<Json> replace(const Context& context, const ResourceType& type, Json document) = 0;
  /// Status only.  Writes nothing (and makes no revision) when nothing differs.
  virtual Result<Json> replaceStatus(
      const Context& context, const ResourceType& type, Json document) = 0;
  /// Success when it is gone already, or when it is another life than `uid` (if given).
  virtual Result<> remove(
      const Context& context, const ResourceType& type, const ObjectKey& key, const Uid& uid) = 0;
};

/// The read side of a kind: what the informer has seen.  Thread-safe.
template <class T>
class Lister {
 public:
  virtual ~Lister() = default;
  /// nullptr when there is none.
  [[nodiscard]] virtual std::shared_ptr<const T> get(const ObjectKey& key) const = 0;
  /// In the order of keys.
  [[nodiscard]] virtual std::vector<std::shared_ptr<const T>> list() const = 0;
};

/// The write side of a kind.  Every call returns the object as stored, to be
/// carried forward into the next write.
template <Kind T>
class Writer {
 public:
  explicit Writer(ObjectClient& client) : client_(client) {}

  /// The object as stored now, past every cache.
  Result<T> read(const Context& context, const ObjectKey& key) {
    BERTH_TRY(auto stored, client_.get(context, T::kType, key));
    return decodeObject<T>(stored);
  }
  Result<T> create(const Context& context, const T& object) {
    BERTH_TRY(auto stored, client_.create(context, T::kType, encodeObject(object)));
    return decodeObject<T>(stored);
  }
  Result<T> update(const Context& context, const T& object) {
    BERTH_TRY(auto stored, client_.replace(context, T::kType, encodeObject(object)));
    return decodeObject<T>(stored);
  }
  Result<T> updateStatus(const Context& context, const T& object) {
    BERTH_TRY(auto stored, client_.replaceStatus(context, T::kType, encodeObject(object)));
    return decodeObject<T>(stored);
  }
  Result<> remove(const Context& context, const T& object) {
    return client_.remove(context, T::kType, object.metadata.key(), object.metadata.uid);
  }
  /// Writes nothing when it is there, or when deletion has begun.
  Result<T> addFinalizer(const Context& context, T object) {
    auto& names = object.metadata.finalizers;
    const bool there = std::find(names.begin(), names.end(), kFinalizer) != names.end();
    if (there || object.metadata.deletionTimestamp) return object;
    names.emplace_back(kFinalizer);
    return update(context, object);
  }
  /// The last one removed from a deleted object ends it.
  Result<> removeFinalizer(const Context& context, T object) {
    if (std::erase(object.metadata.finalizers, kFinalizer) == 0) return Ok{};
    auto stored = client_.replace(context, T::kType, encodeObject(object));
    if (!stored && stored.error().reason != Reason::NotFound) return std::move(stored).error();
    return Ok{};
  }

  static constexpr const char* kFinalizer = "berth.dev/cleanup";

 private:
  ObjectClient& client_;
};

/// A note for people about an object; never an input.
struct EventNote {
  ResourceType type;
  ObjectKey key;
  Uid uid;
  bool warning = false;
  std::string reason;  // CamelCase
  std::string message;
};

/// Deduplicates: the same note again raises a count.  Never fails, never waits on
/// the caller's behalf: an event that cannot be kept is counted and dropped.
class EventRecorder {
 public:
  virtual ~EventRecorder() = default;
  virtual void record(const Context& context, EventNote note) = 0;
};

}  // namespace berth
