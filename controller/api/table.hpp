/// @file
/// Table: objects as rows, for people (meta.k8s.io/v1).
///
/// The server chooses the columns and renders the ages.  One thread.
#pragma once

#include <string>

#include "controller/api/registry.hpp"
#include "core/base/clock.hpp"

namespace berth::api {

class Table {
 public:
  /// `includeObject`: what each row carries beside its cells: Metadata, Object, None.
  Table(const ServedKind& kind, Time now, std::string includeObject);

  void add(Json object);
  /// The document with all rows so far, which are then gone.  `withColumns` is
  /// false in a watch after its first event.
  Json document(Json listMetadata, bool withColumns = true);

 private:
  const ServedKind& kind_;
  Time now_;
  std::string includeObject_;
  Json rows_ = Json::array();
};

/// The cell of a column: null when it is blank.
Json cellOf(const ServedKind& kind, const Column& column, const Json& object, Time now);

}  // namespace berth::api
