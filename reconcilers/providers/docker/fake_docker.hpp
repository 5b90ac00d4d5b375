/// @file
/// FakeDocker: a container engine in memory, with everything that can go wrong.
///
///     FakeDocker fake(clock);
///     fake.addImage("tenant:1");
///     Reconciler reconciler(fake.roles());
///     fake.loseAnswerOf("start");          // it starts, and the caller gets Timeout
///     fake.crash("web", 137);              // and its restart policy acts
///
/// It passes the contract suite of the real engine, and is deterministic: ids and
/// ports are counted, time comes from the Clock.  Thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/clock.hpp"
#include "reconcilers/providers/docker/docker.hpp"
#include "reconcilers/providers/docker/fake_world.hpp"

namespace berth::docker {

class FakeCore;

/// What is to go wrong with one call.
struct CallFault {
  Error error;
  bool afterEffect = false;  // the call does its work, and the answer is lost
  /// The call does its work so much later, when the caller has given up: at the first
  /// call after that.  Of create, start, stop and remove; others do nothing.
  std::optional<Duration> lateBy = std::nullopt;
};

/// Asked at every call, with its name ("create", "pull", "volume.remove") and its
/// subject (name or id as given).  May change the fake; nothing is locked.
using FaultHook =
    std::function<std::optional<CallFault>(std::string_view call, const std::string& subject)>;

class FakeDocker {
 public:
  /// The clock must outlive it.
  explicit FakeDocker(const Clock& clock);
  ~FakeDocker();
  FakeDocker(const FakeDocker&) = delete;
  FakeDocker& operator=(const FakeDocker&) = delete;

  [[nodiscard]] Docker roles();

  /// Arranges or looks, with the world to itself; must not call the roles.
  void world(const std::function<void(FakeWorld&)>& function);
  /// The container of that id or name, if there is one: a copy.
  [[nodiscard]] std::optional<FakeContainer> container(const std::string& id);

  // Arranging.
  void addImage(const std::string& reference);
  /// To be pulled; the digest is made of the reference and `edition`.
  void addToRegistry(const std::string& reference, const std::string& edition = "1");
  /// A running container that is not ours; its id.
  std::string addForeign(const std::string& name);

  // What goes wrong.
  void inject(FaultHook hook);
  /// The next call of that name ("": of any) fails and does nothing.
  void failNext(std::string_view call, Error error);
  /// The next call of that name does its work and returns Timeout.
  void loseAnswerOf(std::string_view call);
  /// The next call of that name returns Timeout, and does its work so much later.
  void delayNext(std::string_view call, Duration lateBy);
  /// No call is answered and streams break, until it is back.  Containers live on.
  void setAway(bool away);
  void breakStreams();

  // What happens by itself.
  /// A running container's process ends; the restart policy acts at once.
  void crash(const std::string& id, int exitCode, bool oomKilled = false);
  /// The daemon ends and starts again: streams break, containers stop with
  /// `exitCode`, restart policies act.
  void restartDaemon(int exitCode = 0);
  /// Removals that were held come to their end.
  void finishRemovals();

  // What runs in containers.
  /// Writes a row through a running container into the data mounted at `target`;
  /// its id, or nothing when it does not run or has no such mount.
  std::optional<std::string> writeRow(const std::string& id, const std::string& target);
  /// The HTTP status of whoever listens there: a published port or a container's
  /// own address; nullopt: the connection is refused.
  [[nodiscard]] std::optional<int> httpStatus(const std::string& address, int port);

 private:
  std::unique_ptr<FakeCore> core_;
};

}  // namespace berth::docker
