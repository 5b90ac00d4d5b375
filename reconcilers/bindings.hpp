/// @file
/// Bindings: what reconcilers write into an object's metadata: our finalizer and the
/// decisions that must outlive every cache (see marks.hpp).
///
/// Works on the document as it is stored, past every cache, so that nothing but the
/// metadata changes and a life that has ended is never touched.  Thread-safe.
#pragma once

#include <map>
#include <string>

#include "core/reconcile/objects.hpp"

namespace berth {

class Bindings {
 public:
  /// The client must outlive it.
  Bindings(ObjectClient& client, ResourceType type) : client_(client), type_(std::move(type)) {}

  /// The document as stored; Conflict when this life has ended.
  Result<Json> read(const Context& context, const ObjectMeta& meta);

  /// Sets annotations and the finalizer; the document as stored.  Conflict when this
  /// life has ended or is ending.
  Result<Json> set(
      const Context& context,
      const ObjectMeta& meta,
      const std::map<std::string, std::string>& annotations);

  /// Takes the finalizer away; success when this life has ended.
  Result<> release(const Context& context, const ObjectMeta& meta);

 private:
  ObjectClient& client_;
  const ResourceType type_;
};

inline constexpr const char* kFinalizer = "berth.dev/cleanup";

bool hasFinalizer(const ObjectMeta& meta);

}  // namespace berth
