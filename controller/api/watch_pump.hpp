/// @file
/// WatchPump: carries changes from the watch hub to every open watch.
///
/// One actor serves all watches.  A change wakes it; it polls the subscriptions
/// that have something and writes.  An idle watch holds memory and no thread, and
/// the bytes of an event are made once for all who get it as it is.  A watcher that
/// reads too slowly is dropped: it comes back with the last version it saw.
///
/// open() is thread-safe; turn() belongs to the runner.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "controller/api/watch_events.hpp"
#include "core/base/guarded.hpp"
#include "core/http/http.hpp"
#include "core/run/actor.hpp"

namespace berth::api {

struct WatchRequest {
  EventShape shape;
  bool fromNow = false;  // from the present state: it is sent first, as ADDED
  store::Revision from = 0;
  bool bookmarks = false;
  bool markInitialEnd = false;  // sendInitialEvents
  std::optional<Duration> timeout;
  std::shared_ptr<const void> place;  // let go of when the watch has ended
  /// Asked every half minute and when rights have changed; absent: the watch may go on
  /// whatever happens.
  std::function<bool()> mayGoOn;
};

class WatchPump final : public Actor {
 public:
  WatchPump(runtime::WatchHub& hub, const Clock& clock) : hub_(hub), clock_(clock) {}
  ~WatchPump() override;

  /// The body of a watch's answer.  Expired when `from` is too old.
  Result<http::StreamStart> open(WatchRequest request);

  Time turn(const Context& context, Time now) override;
  void setWaker(Waker waker);

  /// To be called when somebody's rights have changed: watches that lost theirs end.
  /// May be called after the end of the pump.
  [[nodiscard]] std::function<void()> rightsChanged() const;

  /// Watches that are open now.
  [[nodiscard]] std::size_t count() const;

 private:
  struct Watch;
  using WatchPtr = std::shared_ptr<Watch>;
  /// Shared with the callbacks of subscriptions and streams, which may come late.
  struct Inbox {
    std::vector<WatchPtr> opened;
    std::set<std::uint64_t> ready;
    std::set<std::uint64_t> closed;
    bool rightsChanged = false;
    Waker waker;
    std::uint64_t lastId = 0;
    std::size_t open = 0;
  };
  using InboxPtr = std::shared_ptr<Guarded<Inbox>>;

  static void wake(const InboxPtr& inbox, std::uint64_t id, bool closed);
  /// False when the watch has ended.
  bool begin(Watch& watch, Time now);
  bool pump(Watch& watch);
  bool keepTime(Watch& watch, Time now);
  /// False when the watch may not go on, and is closed.
  static bool checkRights(const Watch& watch);
  Time nextTime() const;

  runtime::WatchHub& hub_;
  const Clock& clock_;
  InboxPtr inbox_ = std::make_shared<Guarded<Inbox>>();
  std::map<std::uint64_t, WatchPtr> watches_;
  EventCache cache_;
};

}  // namespace berth::api
