/// @file
/// Act: carries out the steps of a plan, one function for each kind of step.
///
/// Every step is idempotent and may be the last thing that ever happens.
#pragma once

#include <string>

#include "reconcilers/bindings.hpp"
#include "reconcilers/clientdeployment/census.hpp"
#include "reconcilers/clientdeployment/pass.hpp"
#include "reconcilers/clientdeployment/restarts.hpp"
#include "reconcilers/clientdeployment/tenant_network.hpp"

namespace berth::clientdeployment {

/// What the steps of all passes share.
struct Hands {
  const Services& services;
  Bindings& bindings;
  Census& census;
  Restarts& restarts;
  TenantNetwork& network;
};

/// One thread; lives as long as its pass.
class Act {
 public:
  Act(const Context& context, const Hands& hands, Pass& pass)
      : context_(context), hands_(hands), pass_(pass) {}

  Result<> operator()(const Step& step);

 private:
  Result<> act(const PullImage& step);
  Result<> act(const CreateVolume& step);
  Result<> act(const HoldVolume& step);
  Result<> act(const CreateContainer& step);
  Result<> act(const StartContainer& step);
  Result<> act(const StopContainer& step);
  Result<> act(const RemoveContainer& step);
  Result<> act(const UpdateContainer& step);
  Result<> act(const TakeSnapshot& step);
  Result<> act(const RemoveVolume& step);

  Result<> bind(const std::map<std::string, std::string>& annotations);
  Error nameTaken(Error error);
  Error portTaken(Error error);
  void note(bool warning, const char* reason, std::string message);
  [[nodiscard]] const std::string& idOf(const std::string& id) const {
    return id.empty() ? made_ : id;
  }
  /// A call may take this long, however long the pass took so far.
  [[nodiscard]] Context within(Duration duration) const;

  const Context& context_;
  const Hands& hands_;
  Pass& pass_;
  std::string made_;  // the container that this plan made
};

}  // namespace berth::clientdeployment
