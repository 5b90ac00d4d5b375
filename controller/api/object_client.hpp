/// @file
/// InProcessClient: ObjectClient straight onto the ObjectService, for the
/// reconcilers of this process.  Thread-safe.
#pragma once

#include "controller/api/live_registry.hpp"
#include "controller/api/object_service.hpp"
#include "core/reconcile/objects.hpp"

namespace berth::api {

class InProcessClient final : public ObjectClient {
 public:
  InProcessClient(ObjectService& service, const LiveRegistry& registry)
      : service_(service), registry_(registry) {}

  Result<Json> get(const Context& context, const ResourceType& type, const ObjectKey& key) override;
  Result<Json> create(const Context& context, const ResourceType& type, Json document) override;
  Result<Json> replace(const Context& context, const ResourceType& type, Json document) override;
  Result<Json> replaceStatus(
      const Context& context, const ResourceType& type, Json document) override;
  Result<> remove(
      const Context& context,
      const ResourceType& type,
      const ObjectKey& key,
      const Uid& uid) override;

 private:
  [[nodiscard]] Result<ServedKindPtr> kindOf(const ResourceType& type) const;
  Result<Json> write(const Context& context, const ResourceType& type, Json document, Part part);

  ObjectService& service_;
  const LiveRegistry& registry_;
};

}  // namespace berth::api
