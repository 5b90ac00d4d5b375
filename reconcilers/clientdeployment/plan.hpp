/// @file
/// plan: what has to be done so that a tenant is as its spec says.  Pure.
///
/// The order of the steps carries the rules that are never broken:
///
///   - the image is here before anything is stopped;
///   - the old container is made, stopped and *removed* before the new one starts: an
///     old start that arrives late then finds nothing to start, so that no two
///     containers ever run on one tenant's data;
///   - the volume is marked as holding data before anything can write to it, and once
///     it is marked nothing starts on another, empty one;
///   - what fails ends the pass: nothing after it happens, and the next pass plans
///     again from what it sees.
///
///     new spec:  pull │ create new │ stop old, remove old, start new
///     died:      start │      gone: create, start │ limits: update
///     deleted:   stop, snapshot, remove container, remove volume
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/object/meta.hpp"
#include "reconcilers/clientdeployment/problem.hpp"
#include "reconcilers/providers/docker/docker.hpp"

namespace berth::clientdeployment {

enum class DeletionPolicy { Snapshot, Retain, Delete };

/// The tenant's named volume.
struct DataVolume {
  std::string name;
  bool ours = true;   // false: an existing one that was named in the spec; never removed
  bool held = false;  // marked: it may hold data
};

struct Desired {
  Uid uid;
  bool deleting = false;
  bool running = true;
  bool repair = true;  // driftPolicy
  DeletionPolicy deletionPolicy = DeletionPolicy::Snapshot;
  docker::ContainerSpec container;   // without a name and image: cannot be made
  std::optional<DataVolume> volume;  // absent: a directory of the host
};

struct Observed {
  std::vector<docker::ContainerState> containers;  // all that carry our labels
  std::optional<docker::VolumeState> volume;       // by the name of Desired::volume
  bool imageReady = false;                         // a container can be made from it now
  bool snapshotTaken = false;
};

/// Limits that the engine made of our wish: some kernels know no swap limit, and
/// asking again would not help.
struct Settled {
  docker::Resources wished;
  docker::Resources observed;
};

struct Facts {
  Duration startDelay{};           // of backoff that is left before the next start
  bool restart = false;            // the app hangs: its liveness or startup probe gave up
  bool specIsOld = false;          // this generation has been carried out before
  std::optional<Settled> settled;  // of the current container
};

struct PullImage {
  bool operator==(const PullImage&) const = default;
};
struct CreateVolume {
  bool operator==(const CreateVolume&) const = default;
};
struct HoldVolume {
  bool operator==(const HoldVolume&) const = default;
};
struct CreateContainer {
  bool operator==(const CreateContainer&) const = default;
};
/// An empty id, here and below, is the container that this plan made.
struct StartContainer {
  std::string id;
  bool operator==(const StartContainer&) const = default;
};
struct StopContainer {
  std::string id;
  bool operator==(const StopContainer&) const = default;
};
struct RemoveContainer {
  std::string id;
  bool operator==(const RemoveContainer&) const = default;
};
struct UpdateContainer {
  std::string id;
  bool operator==(const UpdateContainer&) const = default;
};
struct TakeSnapshot {
  std::string id;  // through which the volume is read
  bool operator==(const TakeSnapshot&) const = default;
};
struct RemoveVolume {
  bool operator==(const RemoveVolume&) const = default;
};

using Step = std::variant<
    PullImage,
    CreateVolume,
    HoldVolume,
    CreateContainer,
    StartContainer,
    StopContainer,
    RemoveContainer,
    UpdateContainer,
    TakeSnapshot,
    RemoveVolume>;

struct Plan {
  std::vector<Step> steps;
  std::optional<Problem> refusal;  // why nothing more is done
  Duration wait{};                 // before it is worth looking again
  bool drift = false;              // changed by hand, and left alone by driftPolicy
};

Plan plan(const Desired& desired, const Observed& observed, const Facts& facts);

/// The one that is meant: made from this spec, the running one first; nullptr when
/// there is none.
const docker::ContainerState* currentOf(const Desired& desired, const Observed& observed);

/// Whether a container has to be made, and hence the image to be here.
bool needsContainer(const Desired& desired, const Observed& observed, const Facts& facts);

/// Whether its process exists: it may write.
bool isAlive(const docker::ContainerState& container);

}  // namespace berth::clientdeployment
