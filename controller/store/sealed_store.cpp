#include "controller/store/sealed_store.hpp"

#include "controller/store/rules.hpp"
#include "core/json/json.hpp"

namespace berth::store {
namespace {

SealedPlace placeOf(const StoredObject& object) {
  return {object.resource, object.key, object.uid, object.base};
}

/// The stored text: what was served without the revision's digits, which are its end.
Body bodyOf(const StoredObject& object) {
  const std::string digits = std::to_string(object.revision);
  const std::string_view bytes = object.bytes;
  if (!bytes.ends_with(digits)) return {object.bytes, bytes.size()};
  const auto end = bytes.size() - digits.size();
  return {std::string(bytes.substr(0, end)), end};
}

std::string standIn(const StoredObject& object, const std::string& fault) {
  Json metadata = {
      {"name", object.key.name},
      {"uid", object.uid},
      {"resourceVersion", std::to_string(object.revision)},
      {"annotations", {{"berth.dev/fault", fault}}}};
  if (!object.key.namespaceName.empty()) metadata["namespace"] = object.key.namespaceName;
  return dumpJson(
      {{"apiVersion", "v1"},
       {"kind", "Secret"},
       {"metadata", std::move(metadata)},
       {"type", "berth.dev/unreadable"}});
}

}  // namespace

StoredObjectPtr SealedStore::opened(StoredObjectPtr object) const {
  if (object == nullptr || object->resource != resource_ || !isSealed(object->bytes)) return object;
  auto plain = std::make_shared<StoredObject>(*object);
  const auto body = sealer_.open(placeOf(*object), bodyOf(*object));
  if (body) {
    plain->bytes = spliced(body->bytes, body->revisionAt, object->revision);
  } else {
    plain->fault = body.error().message;
    plain->bytes = standIn(*object, plain->fault);
  }
  return plain;
}

Result<Write> SealedStore::sealed(const Context& context, const Write& write) {
  Write sealed = write;
  if (write.operation == Operation::Replace && (!write.expected || write.uid.empty())) {
    BERTH_TRY(const auto current, inner_.get(context, write.resource, write.key));
    if (current != nullptr) {
      sealed.uid = write.uid.empty() ? current->uid : write.uid;
      sealed.expected = write.expected.value_or(current->revision);
    }
  }
  const Revision base = write.operation == Operation::Create ? 0 : sealed.expected.value_or(0);
  sealed.body = sealer_.seal({write.resource, write.key, sealed.uid, base}, write.body);
  return sealed;
}

Result<StoredObjectPtr> SealedStore::write(const Context& context, const Write& write) {
  if (write.resource != resource_) return inner_.write(context, write);
  const bool hasBody =
      write.operation == Operation::Create || write.operation == Operation::Replace;
  BERTH_CHECK(checkWrite(write));
  Result<Write> sealedWrite = hasBody ? sealed(context, write) : write;
  if (!sealedWrite) return std::move(sealedWrite).error();
  BERTH_TRY(auto stored, inner_.write(context, *sealedWrite));
  if (stored == nullptr) return stored;
  auto answer = std::make_shared<StoredObject>(*stored);
  answer->base = baseOf(answer->bytes);
  return opened(std::move(answer));
}

Result<StoredObjectPtr> SealedStore::get(
    const Context& context, const std::string& resource, const ObjectKey& key) {
  BERTH_TRY(auto object, inner_.get(context, resource, key));
  return opened(std::move(object));
}

Result<Page> SealedStore::list(const Context& context, const ListOptions& options) {
  BERTH_TRY(auto page, inner_.list(context, options));
  for (auto& object : page.objects) object = opened(std::move(object));
  return page;
}

Result<Changes> SealedStore::changesSince(
    const Context& context, Revision revision, std::size_t limit) {
  BERTH_TRY(auto changes, inner_.changesSince(context, revision, limit));
  for (auto& change : changes.changes) change.object = opened(std::move(change.object));
  return changes;
}

Result<Revision> SealedStore::compact(const Context& context, std::int64_t keep) {
  return inner_.compact(context, keep);
}

}  // namespace berth::store
