/// @file
/// Whole objects from and to documents.
#pragma once

#include "core/object/meta.hpp"

namespace berth {

/// A kind: metadata, and whichever of spec, status and other members its own
/// codec knows.  Kinds with spec and status need nothing more than
/// `static inline const ResourceType kType`; others (Secret, Event) have kFields
/// for the members beside metadata.
template <class T>
concept Kind = requires(T object) {
  object.metadata;
  T::kType.resource();
};

template <Kind T>
Json encodeObject(const T& object) {
  Json document = Json::object();
  if constexpr (HasFields<T>) {
    document = encode(object);
  } else {
    document["spec"] = encode(object.spec);
    Json status = encode(object.status);
    if (!status.empty()) document["status"] = std::move(status);
  }
  document["apiVersion"] = T::kType.apiVersion();
  document["kind"] = T::kType.kind;
  document["metadata"] = encode(object.metadata);
  return document;
}

template <Kind T>
Result<T> decodeObject(const Json& document) {
  T object;
  if constexpr (HasFields<T>) {
    BERTH_TRY(object, decode<T>(document));
  } else {
    const auto member = [&](const char* name) {
      const auto found = document.find(name);
      return found == document.end() || found->is_null() ? Json::object() : *found;
    };
    auto spec = decode<typename T::Spec>(member("spec"));
    if (!spec) return detail::atField("spec", std::move(spec).error());
    object.spec = *std::move(spec);
    auto status = decode<typename T::Status>(member("status"));
    if (!status) return detail::atField("status", std::move(status).error());
    object.status = *std::move(status);
  }
  const auto found = document.find("metadata");
  if (found == document.end()) return Error{Reason::Invalid, "metadata: required"};
  auto metadata = decode<ObjectMeta>(*found);
  if (!metadata) return detail::atField("metadata", std::move(metadata).error());
  object.metadata = *std::move(metadata);
  return object;
}

}  // namespace berth
