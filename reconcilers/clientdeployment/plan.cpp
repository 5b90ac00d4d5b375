#include "reconcilers/clientdeployment/plan.hpp"

#include <algorithm>

#include "reconcilers/marks.hpp"
#include "reconcilers/reasons.hpp"

namespace berth::clientdeployment {

namespace {

using docker::ContainerState;
using docker::ContainerStatus;

/// While it is going away there is nothing to do but to wait.
constexpr Duration kRemovalWait = std::chrono::seconds(1);

std::string labelOf(const docker::Labels& labels, const char* name) {
  const auto found = labels.find(name);
  return found == labels.end() ? "" : found->second;
}

bool madeFrom(const docker::ContainerSpec& spec, const ContainerState& container) {
  return labelOf(container.labels, mark::kSpecHash) == labelOf(spec.labels, mark::kSpecHash);
}

bool accepted(const Desired& desired, const ContainerState& container, const Facts& facts) {
  return facts.settled && facts.settled->wished == desired.container.resources &&
         facts.settled->observed == container.resources;
}

bool limitsDiffer(const Desired& desired, const ContainerState& container, const Facts& facts) {
  return (container.resources != desired.container.resources ||
          container.restart != desired.container.restart) &&
         !accepted(desired, container, facts);
}

/// A limit that was set by hand where none is wished cannot be taken away again.
bool limitsStick(const Desired& desired, const ContainerState& container, const Facts& facts) {
  const auto& wished = desired.container.resources;
  const auto& actual = container.resources;
  return limitsDiffer(desired, container, facts) &&
         ((wished.nanoCpus == 0 && actual.nanoCpus != 0) ||
          (wished.pidsLimit == 0 && actual.pidsLimit > 0));
}

bool mountsData(const Desired& desired, const ContainerState& container) {
  return std::ranges::all_of(desired.container.mounts, [&](const docker::Mount& wished) {
    return std::ranges::any_of(container.mounts, [&](const docker::Mount& mount) {
      return mount.target == wished.target && mount.source == wished.source;
    });
  });
}

/// Whether a container with our label is what the label says.
bool isSound(const Desired& desired, const ContainerState& container, const Facts& facts) {
  return container.image == desired.container.image && mountsData(desired, container) &&
         container.status != ContainerStatus::Dead && container.status != ContainerStatus::Paused &&
         !limitsStick(desired, container, facts);
}

bool mustReplace(const Desired& desired, const ContainerState& current, const Facts& facts) {
  if (isSound(desired, current, facts)) return false;
  return desired.repair || !isAlive(current);
}

std::optional<Problem> dataProblem(const Desired& desired, const Observed& observed) {
  if (!desired.volume) return std::nullopt;
  const auto& wished = *desired.volume;
  if (!observed.volume) {
    if (wished.ours && !wished.held) return std::nullopt;
    return Problem{
        .reason = reason::kDataMissing,
        .message = "volume " + wished.name +
                   " with the tenant's data is not on the host, and it is not started without: "
                   "restore the volume, or remove the annotation " +
                   mark::kDataVolume + " to begin with no data",
        .terminal = true};
  }
  if (wished.ours && labelOf(observed.volume->labels, mark::kUid) != desired.uid)
    return Problem{
        .reason = reason::kVolumeTaken,
        .message =
            "volume " + wished.name +
            " belongs to somebody else; remove it, or name it in spec.storage.existingVolume",
        .terminal = true};
  return std::nullopt;
}

class Planner {
 public:
  Planner(const Desired& desired, const Observed& observed, const Facts& facts)
      : desired_(desired), observed_(observed), facts_(facts) {}

  Plan end() {
    for (const auto& container : observed_.containers) stopIfAlive(container);
    if (wantsSnapshot() && !snapshot()) return std::move(plan_);
    for (const auto& container : observed_.containers) remove(container);
    if (snapshotReader_.has_value() && snapshotReader_->empty())
      plan_.steps.emplace_back(RemoveContainer{});
    const bool removable = desired_.volume && desired_.volume->ours && observed_.volume;
    if (removable && desired_.deletionPolicy != DeletionPolicy::Retain &&
        labelOf(observed_.volume->labels, mark::kUid) == desired_.uid)
      plan_.steps.emplace_back(RemoveVolume{});
    return std::move(plan_);
  }

  Plan stop() {
    for (const auto& container : observed_.containers) stopIfAlive(container);
    return std::move(plan_);
  }

  Plan run() {
    const auto* current = currentOf(desired_, observed_);
    if (current != nullptr && current->status == ContainerStatus::Removing) {
      plan_.wait = kRemovalWait;
      return std::move(plan_);
    }
    if (current == nullptr || mustReplace(desired_, *current, facts_))
      replace(current);
    else
      keep(*current);
    return std::move(plan_);
  }

 private:
  void stopIfAlive(const ContainerState& container) {
    if (isAlive(container)) plan_.steps.emplace_back(StopContainer{container.id});
  }
  void remove(const ContainerState& container) {
    if (container.status == ContainerStatus::Removing)
      plan_.wait = kRemovalWait;
    else
      plan_.steps.emplace_back(RemoveContainer{container.id});
  }
  void end(const ContainerState& container) {
    stopIfAlive(container);
    remove(container);
  }
  void endOthers(const ContainerState* current) {
    for (const auto& container : observed_.containers)
      if (&container != current) end(container);
  }
  void hold() {
    if (desired_.volume && !desired_.volume->held) plan_.steps.emplace_back(HoldVolume{});
  }

  [[nodiscard]] bool wantsSnapshot() const {
    return desired_.deletionPolicy == DeletionPolicy::Snapshot && desired_.volume &&
           desired_.volume->ours && observed_.volume && !observed_.snapshotTaken;
  }

  /// False when it has to wait for the image.
  bool snapshot() {
    const auto reader = std::ranges::find_if(observed_.containers, [&](const auto& container) {
      return mountsData(desired_, container) && container.status != ContainerStatus::Removing;
    });
    snapshotReader_ = reader == observed_.containers.end() ? "" : reader->id;
    if (snapshotReader_->empty()) {
      if (!observed_.imageReady) {
        plan_.steps.emplace_back(PullImage{});
        return false;
      }
      plan_.steps.emplace_back(CreateContainer{});
    }
    plan_.steps.emplace_back(TakeSnapshot{*snapshotReader_});
    return true;
  }

  void replace(const ContainerState* current) {
    plan_.refusal = dataProblem(desired_, observed_);
    if (plan_.refusal) return;
    if (!observed_.imageReady) {
      plan_.steps.emplace_back(PullImage{});
      return;
    }
    if (desired_.volume && !observed_.volume) plan_.steps.emplace_back(CreateVolume{});
    hold();
    if (current != nullptr) end(*current);  // it has the name of the new one
    plan_.steps.emplace_back(CreateContainer{});
    endOthers(current);
    plan_.steps.emplace_back(StartContainer{});
  }

  void keep(const ContainerState& current) {
    hold();
    endOthers(&current);
    const bool differs = limitsDiffer(desired_, current, facts_);
    const bool byHand = differs && facts_.specIsOld;
    plan_.drift = !desired_.repair && (byHand || !isSound(desired_, current, facts_));
    if (differs && !plan_.drift) plan_.steps.emplace_back(UpdateContainer{current.id});
    if (facts_.restart && isAlive(current)) {
      plan_.steps.emplace_back(StopContainer{current.id});
      plan_.steps.emplace_back(StartContainer{current.id});
    } else if (!isAlive(current)) {
      if (facts_.startDelay > Duration::zero())
        plan_.wait = facts_.startDelay;
      else
        plan_.steps.emplace_back(StartContainer{current.id});
    }
  }

  const Desired& desired_;
  const Observed& observed_;
  const Facts& facts_;
  Plan plan_;
  std::optional<std::string> snapshotReader_;  // empty: made for it
};

}  // namespace

bool isAlive(const ContainerState& container) {
  return container.status == ContainerStatus::Running ||
         container.status == ContainerStatus::Paused ||
         container.status == ContainerStatus::Restarting;
}

const ContainerState* currentOf(const Desired& desired, const Observed& observed) {
  const ContainerState* best = nullptr;
  for (const auto& container : observed.containers) {
    if (!madeFrom(desired.container, container)) continue;
    if (best == nullptr || (isAlive(container) && !isAlive(*best))) best = &container;
  }
  return best;
}

bool needsContainer(const Desired& desired, const Observed& observed, const Facts& facts) {
  if (desired.deleting)
    return observed.containers.empty() && desired.deletionPolicy == DeletionPolicy::Snapshot &&
           observed.volume && !observed.snapshotTaken;
  if (!desired.running) return false;
  const auto* current = currentOf(desired, observed);
  return current == nullptr || mustReplace(desired, *current, facts);
}

Plan plan(const Desired& desired, const Observed& observed, const Facts& facts) {
  Planner planner(desired, observed, facts);
  if (desired.deleting) return planner.end();
  if (!desired.running) return planner.stop();
  return planner.run();
}

}  // namespace berth::clientdeployment
