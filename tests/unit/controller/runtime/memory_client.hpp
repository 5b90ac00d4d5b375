/// @file
/// MemoryClient: an ObjectClient that keeps documents in a map, for tests that need
/// no rules.  One thread.
#pragma once

#include <map>
#include <optional>
#include <utility>

#include "core/json/json.hpp"
#include "core/reconcile/objects.hpp"

namespace berth::runtime {

class MemoryClient final : public ObjectClient {
 public:
  std::map<std::string, Json> documents;  // by name
  std::optional<Error> failure;           // of the next call
  int writes = 0;

  Result<Json> get(const Context&, const ResourceType&, const ObjectKey& key) override {
    if (auto error = std::exchange(failure, std::nullopt)) return *error;
    const auto found = documents.find(key.name);
    if (found == documents.end()) return Error{Reason::NotFound, key.name};
    return found->second;
  }
  Result<Json> create(const Context&, const ResourceType&, Json document) override {
    return put(std::move(document));
  }
  Result<Json> replace(const Context&, const ResourceType&, Json document) override {
    return put(std::move(document));
  }
  Result<Json> replaceStatus(const Context&, const ResourceType&, Json document) override {
    return put(std::move(document));
  }
  Result<> remove(const Context&, const ResourceType&, const ObjectKey& key, const Uid&) override {
    documents.erase(key.name);
    return Ok{};
  }

 private:
  Result<Json> put(Json document) {
    if (auto error = std::exchange(failure, std::nullopt)) return *error;
    ++writes;
    documents[stringAt(document, "metadata.name")] = document;
    return document;
  }
};

}  // namespace berth::runtime
