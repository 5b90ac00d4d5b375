#include "cli/three_way_merge.hpp"

#include "cli/output.hpp"

namespace berth::cli {

namespace {

/// Keeps the members that are null (`wanted`) or those that are not.
Json keepNulls(const Json& patch, bool wanted) {
  Json kept = Json::object();
  for (const auto& [name, value] : patch.items()) {
    if (value.is_null()) {
      if (wanted) kept[name] = nullptr;
    } else if (value.is_object()) {
      auto inside = keepNulls(value, wanted);
      if (!inside.empty() || (!wanted && value.empty())) kept[name] = std::move(inside);
    } else if (!wanted) {
      kept[name] = value;
    }
  }
  return kept;
}

/// Adds the members of `more` to a patch, members of members too.
void join(Json& patch, const Json& more) {
  for (const auto& [name, value] : more.items()) {
    if (value.is_object() && patch.contains(name) && patch[name].is_object()) {
      join(patch[name], value);
    } else {
      patch[name] = value;
    }
  }
}

}  // namespace

Json mergePatchBetween(const Json& from, const Json& to) {
  Json patch = Json::object();
  for (const auto& [name, value] : to.items()) {
    const auto found = from.find(name);
    if (found == from.end()) {
      patch[name] = value;
    } else if (value.is_object() && found->is_object()) {
      auto inside = mergePatchBetween(*found, value);
      if (!inside.empty()) patch[name] = std::move(inside);
    } else if (value != *found) {
      patch[name] = value;
    }
  }
  for (const auto& [name, value] : from.items())
    if (!to.contains(name)) patch[name] = nullptr;
  return patch;
}

Json threeWayMerge(const Json& lastApplied, const Json& manifest, const Json& live) {
  auto patch = keepNulls(mergePatchBetween(lastApplied, manifest), true);
  join(patch, keepNulls(mergePatchBetween(live, manifest), false));
  return patch;
}

Json withLastApplied(Json manifest) {
  auto& annotations = manifest["metadata"]["annotations"];
  if (!annotations.is_object()) annotations = Json::object();
  annotations.erase(kLastApplied);
  const auto text = compactKubectlJson(manifest) + "\n";
  manifest["metadata"]["annotations"][kLastApplied] = text;
  return manifest;
}

Result<Json> lastAppliedOf(const Json& live) {
  const auto* annotations = findPath(live, "metadata.annotations");
  if (annotations == nullptr || !annotations->is_object() || !annotations->contains(kLastApplied))
    return Json::object();
  const auto& text = (*annotations)[kLastApplied];
  auto parsed = parseJson(text.is_string() ? text.get<std::string>() : "");
  if (!parsed || !parsed->document.is_object())
    return Error{Reason::Invalid, std::string("the annotation ") + kLastApplied + " is not JSON"};
  return std::move(parsed->document);
}

}  // namespace berth::cli
