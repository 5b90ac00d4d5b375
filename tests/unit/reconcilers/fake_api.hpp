/// @file
/// FakeApi: the API as a map, for tests of reconcilers: compare-and-swap, uids,
/// generations, finalizers.  Listers read it directly, so that a cache is never
/// behind unless a test freezes it.  One thread.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/reconcile/objects.hpp"

namespace berth {

class FakeApi final : public ObjectClient {
 public:
  using Key = std::pair<std::string, ObjectKey>;

  Result<Json> get(const Context&, const ResourceType& type, const ObjectKey& key) override {
    BERTH_CHECK(fail("get"));
    const auto found = documents.find({type.resource(), key});
    if (found == documents.end()) return Error{Reason::NotFound, key.text() + " not found"};
    return found->second;
  }

  Result<Json> create(const Context&, const ResourceType& type, Json document) override {
    BERTH_CHECK(fail("create"));
    const auto key = keyOf(document);
    if (documents.contains({type.resource(), key}))
      return Error{Reason::AlreadyExists, key.text() + " already exists"};
    document["metadata"]["uid"] = "uid-" + std::to_string(++uids_);
    document["metadata"]["generation"] = 1;
    return keep(type, std::move(document));
  }

  Result<Json> replace(const Context&, const ResourceType& type, Json document) override {
    BERTH_CHECK(fail("replace"));
    BERTH_TRY(const auto* stored, current(type, document));
    if (document.value("spec", Json()) != stored->value("spec", Json()))
      document["metadata"]["generation"] = integerAt(*stored, "metadata.generation") + 1;
    if (stored->contains("status")) document["status"] = stored->at("status");
    const bool ended = document["metadata"].contains("deletionTimestamp") &&
                       document["metadata"].value("finalizers", Json::array()).empty();
    if (ended) {
      documents.erase({type.resource(), keyOf(document)});
      ++writes;
      return document;
    }
    return keep(type, std::move(document));
  }

  Result<Json> replaceStatus(const Context&, const ResourceType& type, Json document) override {
    BERTH_CHECK(fail("replaceStatus"));
    BERTH_TRY(const auto* stored, current(type, document));
    auto changed = *stored;
    changed["status"] = document["status"];
    if (changed == *stored) return changed;
    return keep(type, std::move(changed));
  }

  Result<> remove(
      const Context&, const ResourceType& type, const ObjectKey& key, const Uid& uid) override {
    BERTH_CHECK(fail("remove"));
    const auto found = documents.find({type.resource(), key});
    if (found == documents.end()) return Ok{};
    if (!uid.empty() && stringAt(found->second, "metadata.uid") != uid) return Ok{};
    documents.erase(found);
    ++writes;
    return Ok{};
  }

  /// As kubectl would: an existing one is changed.
  template <Kind T>
  void apply(const T& object) {
    auto document = encodeObject(object);
    const auto found = documents.find({T::kType.resource(), object.metadata.key()});
    if (found == documents.end()) {
      static_cast<void>(create({}, T::kType, std::move(document)));
    } else {
      document["metadata"] = found->second["metadata"];
      static_cast<void>(replace({}, T::kType, std::move(document)));
    }
  }
  /// As kubectl delete would.
  template <Kind T>
  void markDeleted(const ObjectKey& key, Time now) {
    auto& document = documents.at({T::kType.resource(), key});
    document["metadata"]["deletionTimestamp"] = formatRfc3339(now);
    document["metadata"]["generation"] = integerAt(document, "metadata.generation") + 1;
    document["metadata"]["resourceVersion"] = std::to_string(++revision_);
  }
  template <Kind T>
  std::optional<T> find(const ObjectKey& key) const {
    const auto found = documents.find({T::kType.resource(), key});
    if (found == documents.end()) return std::nullopt;
    return *decodeObject<T>(found->second);
  }
  /// The next call of that name fails and does nothing.
  void failNext(std::string call, Error error) { nextError_ = {std::move(call), std::move(error)}; }

  std::map<Key, Json> documents;
  int writes = 0;

 private:
  static ObjectKey keyOf(const Json& document) {
    return {stringAt(document, "metadata.namespace"), stringAt(document, "metadata.name")};
  }

  Result<const Json*> current(const ResourceType& type, const Json& document) const {
    const auto key = keyOf(document);
    const auto found = documents.find({type.resource(), key});
    if (found == documents.end()) return Error{Reason::NotFound, key.text() + " not found"};
    const auto expected = stringAt(document, "metadata.resourceVersion");
    if (!expected.empty() && expected != stringAt(found->second, "metadata.resourceVersion"))
      return Error{Reason::Conflict, key.text() + " has been modified"};
    return &found->second;
  }

  Result<Json> keep(const ResourceType& type, Json document) {
    document["metadata"]["resourceVersion"] = std::to_string(++revision_);
    ++writes;
    const Key key{type.resource(), keyOf(document)};
    return documents[key] = std::move(document);
  }

  Result<> fail(const std::string& call) {
    if (!nextError_ || nextError_->first != call) return Ok{};
    return std::exchange(nextError_, std::nullopt)->second;
  }

  std::optional<std::pair<std::string, Error>> nextError_;
  int uids_ = 0;
  int revision_ = 0;
};

template <Kind T>
class FakeLister final : public Lister<T> {
 public:
  explicit FakeLister(const FakeApi& api) : api_(api) {}

  /// What a cache that is behind shows from now on.
  void freeze() { frozen_ = api_.documents; }
  void thaw() { frozen_.reset(); }

  std::shared_ptr<const T> get(const ObjectKey& key) const override {
    const auto& documents = frozen_ ? *frozen_ : api_.documents;
    const auto found = documents.find({T::kType.resource(), key});
    if (found == documents.end()) return nullptr;
    return std::make_shared<const T>(*decodeObject<T>(found->second));
  }
  std::vector<std::shared_ptr<const T>> list() const override {
    std::vector<std::shared_ptr<const T>> objects;
    for (const auto& [key, document] : frozen_ ? *frozen_ : api_.documents)
      if (key.first == T::kType.resource())
        objects.push_back(std::make_shared<const T>(*decodeObject<T>(document)));
    return objects;
  }

 private:
  const FakeApi& api_;
  std::optional<std::map<FakeApi::Key, Json>> frozen_;
};

class FakeEvents final : public EventRecorder {
 public:
  void record(const Context&, EventNote note) override { notes.push_back(std::move(note)); }

  [[nodiscard]] bool has(const std::string& reason) const {
    return std::ranges::any_of(notes, [&](const auto& note) { return note.reason == reason; });
  }
  std::vector<EventNote> notes;
};

}  // namespace berth
