#include "controller/api/view.hpp"

namespace berth::api {
namespace {

void rename(Json& document, const std::string& from, const std::string& to) {
  const auto found = document.find(from);
  if (found == document.end()) return;
  auto value = std::move(*found);
  document.erase(found);
  document[to] = std::move(value);
}

}  // namespace

Json asServed(const ServedKind& kind, Json stored) {
  if (!kind.view) return stored;
  stored["apiVersion"] = kind.type.apiVersion();
  for (const auto& [served, kept] : kind.view->renamed) rename(stored, kept, served);
  return stored;
}

Json asStored(const ServedKind& kind, Json served) {
  if (!kind.view) return served;
  served["apiVersion"] = kind.view->apiVersion;
  for (const auto& [name, kept] : kind.view->renamed) rename(served, name, kept);
  return served;
}

Json servedDocument(const ServedKind& kind, const store::StoredObject& object) {
  return asServed(kind, parseOwnJson(object.bytes));
}

std::string_view servedBytes(
    const ServedKind& kind, const store::StoredObject& object, std::string& buffer) {
  if (!kind.view) return object.bytes;
  buffer = dumpJson(servedDocument(kind, object));
  return buffer;
}

}  // namespace berth::api
