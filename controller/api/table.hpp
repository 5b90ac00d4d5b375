/// @file
/// Table: objects as rows, for people (meta.k8s.io/v1).
///
/// The server chooses the columns and renders the ages.  One thread.
#pragma once

#include <string>
#include <string_view>

#include "controller/api/registry.hpp"
#include "core/base/clock.hpp"

namespace berth::api {

class Table {
 public:
  /// `includeObject`: what each row carries beside its cells: Metadata, Object, None.
  Table(const ServedKind& kind, Time now, std::string includeObject);

  /// Room for rows of objects of so many bytes.
  void reserve(std::size_t bytes) { rows_.reserve(bytes); }
  /// The bytes of an object as they are stored.
  void add(std::string_view object);
  /// The document, as compact JSON, with all rows so far, which are then gone.
  /// `withColumns` is false in a watch after its first event.
  std::string text(const Json& listMetadata, bool withColumns = true);

 private:
  const ServedKind& kind_;
  Time now_;
  std::string includeObject_;
  std::string rows_;
};

/// {kind: PartialObjectMetadata, metadata: ...} of an object's bytes.
std::string metadataText(std::string_view object);

}  // namespace berth::api
