/// @file
/// PlantedManager: hands reconcilers with a planted bug to the real Manager.
/// One thread; needed during setup only.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "core/reconcile/manager.hpp"
#include "tests/support/simulation/planted.hpp"

namespace berth::simulation {

/// Keeps its failures to itself.
class ForgetfulReconciler final : public Reconciler {
 public:
  explicit ForgetfulReconciler(std::unique_ptr<Reconciler> inner) : inner_(std::move(inner)) {}
  Result<Requeue> reconcile(const Context& context, const ObjectKey& key) override {
    auto result = inner_->reconcile(context, key);
    return result ? std::move(result) : Result<Requeue>(Requeue::none());
  }

 private:
  std::unique_ptr<Reconciler> inner_;
};

class PlantedManager final : public Manager {
 public:
  PlantedManager(Manager& inner, const Planted& planted) : inner_(inner), planted_(planted) {}

  ObjectCache& cache(const ResourceType& type, const Decoder& decoder) override {
    return inner_.cache(type, decoder);
  }
  ObjectClient& client() override { return inner_.client(); }
  EventRecorder& events() override { return inner_.events(); }
  Enqueue addController(ControllerSpec spec) override {
    if (planted_.has(Bug::FailedKeyForgotten)) {
      spec.reconciler = std::make_unique<ForgetfulReconciler>(std::move(spec.reconciler));
      spec.resync = std::chrono::hours(24);  // which would hide it
    }
    return inner_.addController(std::move(spec));
  }
  Waker addActor(std::string name, std::unique_ptr<Actor> actor) override {
    return inner_.addActor(std::move(name), std::move(actor));
  }

 private:
  Manager& inner_;
  const Planted& planted_;
};

}  // namespace berth::simulation
