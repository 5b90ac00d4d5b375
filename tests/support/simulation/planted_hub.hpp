/// @file
/// PlantedHub: a hub whose watches skip changes.  One thread.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "controller/runtime/watch_hub.hpp"
#include "tests/support/simulation/nemesis.hpp"
#include "tests/support/simulation/planted.hpp"

namespace berth::simulation {

class SkippingSubscription final : public runtime::Subscription {
 public:
  SkippingSubscription(std::unique_ptr<Subscription> inner, Nemesis& nemesis)
      : inner_(std::move(inner)), nemesis_(nemesis) {}
  Result<std::vector<runtime::HubChangePtr>> poll() override {
    BERTH_TRY(auto changes, inner_->poll());
    std::erase_if(changes, [this](const auto&) { return nemesis_.chance(0.1); });
    return changes;
  }
  [[nodiscard]] runtime::Revision position() const override { return inner_->position(); }

 private:
  std::unique_ptr<Subscription> inner_;
  Nemesis& nemesis_;
};

class SkippingHub final : public runtime::WatchHub {
 public:
  SkippingHub(std::unique_ptr<WatchHub> inner, Nemesis& nemesis)
      : inner_(std::move(inner)), nemesis_(nemesis) {}

  Time turn(const Context& context, Time now) override { return inner_->turn(context, now); }
  void hint() override { inner_->hint(); }
  void wakeWith(Waker waker) override { inner_->wakeWith(std::move(waker)); }
  [[nodiscard]] bool synced() const override { return inner_->synced(); }
  [[nodiscard]] runtime::Revision revision() const override { return inner_->revision(); }
  Result<> waitFor(const Context& context, runtime::Revision revision) override {
    return inner_->waitFor(context, revision);
  }
  [[nodiscard]] runtime::HubList list(
      const std::string& resource, const std::string& namespaceName) const override {
    return inner_->list(resource, namespaceName);
  }
  [[nodiscard]] runtime::CachedObjectPtr get(
      const std::string& resource, const ObjectKey& key) const override {
    return inner_->get(resource, key);
  }
  Result<std::unique_ptr<runtime::Subscription>> subscribe(
      const std::string& resource, runtime::Revision from, std::function<void()> wake) override {
    return inner_->subscribe(resource, from, std::move(wake));
  }
  std::pair<runtime::HubList, std::unique_ptr<runtime::Subscription>> listAndSubscribe(
      const std::string& resource, std::function<void()> wake) override {
    auto [list, subscription] = inner_->listAndSubscribe(resource, std::move(wake));
    return {
        std::move(list), std::make_unique<SkippingSubscription>(std::move(subscription), nemesis_)};
  }

 private:
  std::unique_ptr<WatchHub> inner_;
  Nemesis& nemesis_;
};

inline std::unique_ptr<runtime::WatchHub> plantedHub(
    std::unique_ptr<runtime::WatchHub> hub, Nemesis& nemesis, const Planted& planted) {
  if (!planted.has(Bug::WatchSkips)) return hub;
  return std::make_unique<SkippingHub>(std::move(hub), nemesis);
}

}  // namespace berth::simulation
