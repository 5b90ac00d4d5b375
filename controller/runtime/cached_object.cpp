#include "controller/runtime/cached_object.hpp"

#include "core/json/json.hpp"

namespace berth::runtime {

Labels labelsOf(std::string_view document) {
  const auto labels = rawMember(rawMember(document, "metadata"), "labels");
  return labels.empty() ? Labels{} : parseOwnJson(labels).get<Labels>();
}

CachedObjectPtr makeCached(store::StoredObjectPtr stored) {
  Labels labels = labelsOf(stored->bytes);
  return std::make_shared<const CachedObject>(CachedObject{std::move(stored), std::move(labels)});
}

}  // namespace berth::runtime
