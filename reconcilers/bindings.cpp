#include "reconcilers/bindings.hpp"

#include <algorithm>

#include "reconcilers/marks.hpp"

namespace berth {

namespace {

Error changed(const ObjectMeta& meta) {
  return {Reason::Conflict, meta.key().text() + " has changed meanwhile"};
}

}  // namespace

Result<Json> Bindings::read(const Context& context, const ObjectMeta& meta) {
  auto stored = client_.get(context, type_, meta.key());
  if (!stored)
    return stored.error().reason == Reason::NotFound ? changed(meta) : std::move(stored).error();
  if (stringAt(*stored, "metadata.uid") != meta.uid) return changed(meta);
  return stored;
}

Result<Json> Bindings::set(
    const Context& context,
    const ObjectMeta& meta,
    const std::map<std::string, std::string>& annotations) {
  BERTH_TRY(auto document, read(context, meta));
  auto& metadata = document["metadata"];
  if (metadata.contains("deletionTimestamp")) return changed(meta);

  bool differs = false;
  for (const auto& [name, value] : annotations) {
    auto& annotation = metadata["annotations"][name];
    // A place is chosen once.  Whoever chooses another one has not seen the first yet,
    // and would look for the tenant where it is not.
    const bool placed = annotation.is_string() && annotation != "";
    if (name == mark::kHost && placed && annotation != value) return changed(meta);
    differs = differs || annotation != value;
    annotation = value;
  }
  auto& finalizers = metadata["finalizers"];
  if (!finalizers.is_array()) finalizers = Json::array();
  if (std::ranges::find(finalizers, Json(kFinalizer)) == finalizers.end()) {
    finalizers.push_back(kFinalizer);
    differs = true;
  }
  if (!differs) return document;
  return client_.replace(context, type_, std::move(document));
}

Result<> Bindings::release(const Context& context, const ObjectMeta& meta) {
  auto stored = client_.get(context, type_, meta.key());
  if (!stored)
    return stored.error().reason == Reason::NotFound ? Result<>(Ok{}) : std::move(stored).error();
  if (stringAt(*stored, "metadata.uid") != meta.uid) return Ok{};
  auto& finalizers = (*stored)["metadata"]["finalizers"];
  if (!finalizers.is_array()) return Ok{};
  const auto found = std::ranges::find(finalizers, Json(kFinalizer));
  if (found == finalizers.end()) return Ok{};
  finalizers.erase(found);
  const auto released = client_.replace(context, type_, *std::move(stored));
  if (!released && released.error().reason != Reason::NotFound) return released.error();
  return Ok{};
}

bool hasFinalizer(const ObjectMeta& meta) {
  return std::ranges::find(meta.finalizers, kFinalizer) != meta.finalizers.end();
}

}  // namespace berth
