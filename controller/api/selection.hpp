/// @file
/// Selection: the objects that a list, watch or collection delete is about.
///
/// Immutable: thread-safe.
#pragma once

#include <string>

#include "controller/api/registry.hpp"
#include "controller/runtime/watch_hub.hpp"
#include "core/http/http.hpp"
#include "core/object/selector.hpp"

namespace berth::api {

class Selection {
 public:
  /// Reads labelSelector and fieldSelector.  BadRequest when one does not parse or
  /// names a field that the kind cannot select by.
  static Result<Selection> read(
      const ServedKind& kind, const std::string& namespaceName, const http::Target& target);

  [[nodiscard]] bool matches(const runtime::CachedObject& object) const;
  /// The same for an object whose labels have not been read yet.
  [[nodiscard]] bool matches(const store::StoredObject& object) const;
  /// Whether the namespace alone decides.
  [[nodiscard]] bool isWhole() const { return labels_.empty() && fields_.empty(); }
  [[nodiscard]] const std::string& namespaceName() const { return namespaceName_; }

 private:
  [[nodiscard]] bool fieldsMatch(const store::StoredObject& object) const;

  const ServedKind* kind_ = nullptr;
  std::string namespaceName_;  // empty: all
  LabelSelector labels_;
  FieldSelector fields_;
};

}  // namespace berth::api
