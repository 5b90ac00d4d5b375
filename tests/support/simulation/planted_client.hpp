/// @file
/// PlantedClient: the ObjectClient of a controller with a planted bug.  One thread.
#pragma once

#include "core/json/json.hpp"
#include "core/reconcile/objects.hpp"
#include "tests/support/simulation/planted.hpp"

namespace berth::simulation {

class PlantedClient final : public ObjectClient {
 public:
  PlantedClient(ObjectClient& client, const Planted& planted)
      : client_(client), planted_(planted) {}

  Result<Json> get(
      const Context& context, const ResourceType& type, const ObjectKey& key) override {
    return client_.get(context, type, key);
  }
  Result<Json> create(const Context& context, const ResourceType& type, Json document) override {
    return client_.create(context, type, std::move(document));
  }
  Result<Json> replace(const Context& context, const ResourceType& type, Json document) override {
    if (planted_.has(Bug::NoCompareAndSwap)) document["metadata"].erase("resourceVersion");
    return client_.replace(context, type, std::move(document));
  }
  Result<Json> replaceStatus(
      const Context& context, const ResourceType& type, Json document) override {
    if (planted_.has(Bug::FinalizerFirst)) letGo(context, type, document);
    if (planted_.has(Bug::StatusNeverSettles) && !document["status"]["conditions"].empty())
      document["status"]["conditions"][0]["message"] = "try " + std::to_string(++writes_);
    return client_.replaceStatus(context, type, std::move(document));
  }
  Result<> remove(
      const Context& context,
      const ResourceType& type,
      const ObjectKey& key,
      const Uid& uid) override {
    return client_.remove(context, type, key, planted_.has(Bug::DeleteByName) ? Uid() : uid);
  }

 private:
  void letGo(const Context& context, const ResourceType& type, const Json& document) {
    const auto key =
        ObjectKey{stringAt(document, "metadata.namespace"), stringAt(document, "metadata.name")};
    auto stored = client_.get(context, type, key);
    if (!stored || findPath(*stored, "metadata.deletionTimestamp") == nullptr) return;
    (*stored)["metadata"].erase("finalizers");
    static_cast<void>(client_.replace(context, type, *std::move(stored)));
  }

  ObjectClient& client_;
  const Planted& planted_;
  int writes_ = 0;
};

}  // namespace berth::simulation
