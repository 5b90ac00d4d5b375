/// @file
/// ImagePuller: fetches images beside the reconcilers, so that no worker waits for
/// a registry.
///
///     switch (puller.want({machine, "host-a", image, auth, key}).state) ...
///
/// One image is fetched once for all who want it on a host; whoever wants it is
/// enqueued when it is there or has failed.  A failure is remembered and tried again
/// ever later, up to five minutes apart.  Thread-safe; the work is done by Actors.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/base/guarded.hpp"
#include "core/reconcile/manager.hpp"
#include "reconcilers/machines.hpp"

namespace berth::clientdeployment {

struct PullWish {
  docker::Images& images;
  std::string host;
  std::string image;
  std::optional<docker::RegistryAuth> auth;
  ObjectKey key;  // who is to be enqueued
};

enum class PullState { Pulling, Fetched, Failed };

struct PullAnswer {
  PullState state = PullState::Pulling;
  std::optional<Error> error;  // of the last try
  Duration retryIn{};          // when it failed
};

class ImagePuller {
 public:
  /// The clock must outlive it.
  explicit ImagePuller(const Clock& clock) : clock_(clock) {}

  /// Asks for it, and tells how far it is.  Fetched means: within the last minute.
  PullAnswer want(const PullWish& wish);
  void onDone(Enqueue enqueue);
  /// An actor that does the work; several share it.  The puller must outlive it.
  std::unique_ptr<Actor> makeActor();
  /// Wakes the actors.
  void addWaker(Waker waker);

  /// Fetches one image, if any is waiting; when there is more to do.
  Time work(const Context& context);

 private:
  using Name = std::pair<std::string, std::string>;  // host, image
  struct Entry {
    docker::Images* images = nullptr;
    std::optional<docker::RegistryAuth> auth;
    std::set<ObjectKey> waiting;
    bool queued = false;
    bool busy = false;
    int failures = 0;
    std::optional<Error> error;
    Time fetchedAt{};
    Time retryAt{};
  };
  struct State {
    std::map<Name, Entry> entries;
    std::vector<Waker> wakers;
    Enqueue enqueue;
  };

  const Clock& clock_;
  Guarded<State> state_;
};

}  // namespace berth::clientdeployment
