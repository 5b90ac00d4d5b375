#include "controller/api/watch_pump.hpp"

#include <algorithm>
#include <utility>

namespace berth::api {
namespace {

constexpr Duration kBookmarkEvery = std::chrono::minutes(1);
constexpr Duration kCheckEvery = std::chrono::seconds(30);

}  // namespace

struct WatchPump::Watch {
  std::uint64_t id = 0;
  WatchRequest request;
  runtime::HubList initial;  // until it is sent
  std::unique_ptr<runtime::Subscription> subscription;
  std::shared_ptr<http::StreamWriter> writer;
  std::optional<EventWriter> events;
  Time end = Time::max();
  Time bookmark = Time::max();
  Time check = Time::max();

  [[nodiscard]] Time due() const { return std::min({end, bookmark, check}); }

  bool write(const EventBytes& bytes) const { return bytes == nullptr || writer->write(bytes); }
};

WatchPump::~WatchPump() {
  inbox_->with([](Inbox& inbox) { inbox.waker = nullptr; });
  for (const auto& [id, watch] : watches_) watch->writer->close();
}

void WatchPump::setWaker(Waker waker) {
  inbox_->with([&](Inbox& inbox) { inbox.waker = std::move(waker); });
}

std::size_t WatchPump::count() const {
  return inbox_->with([](Inbox& inbox) { return inbox.open; });
}

void WatchPump::wake(const InboxPtr& inbox, std::uint64_t id, bool closed) {
  const auto waker = inbox->with([&](Inbox& state) {
    (closed ? state.closed : state.ready).insert(id);
    return state.waker;
  });
  if (waker) waker();
}

std::function<void()> WatchPump::rightsChanged() const {
  return [inbox = inbox_] {
    const auto waker = inbox->with([](Inbox& state) {
      state.rightsChanged = true;
      return state.waker;
    });
    if (waker) waker();
  };
}

bool WatchPump::checkRights(const Watch& watch) {
  if (!watch.request.mayGoOn || watch.request.mayGoOn()) return true;
  watch.writer->close();
  return false;
}

Result<http::StreamStart> WatchPump::open(WatchRequest request) {
  auto watch = std::make_shared<Watch>();
  watch->id = inbox_->with([](Inbox& inbox) { return ++inbox.lastId; });
  const auto onChange = [inbox = inbox_, id = watch->id] { wake(inbox, id, false); };
  const auto resource = request.shape.kind->resource;
  if (request.fromNow) {
    std::tie(watch->initial, watch->subscription) = hub_.listAndSubscribe(resource, onChange);
  } else {
    BERTH_TRY(watch->subscription, hub_.subscribe(resource, request.from, onChange));
  }
  watch->request = std::move(request);
  return http::StreamStart([inbox = inbox_, watch](std::shared_ptr<http::StreamWriter> writer) {
    watch->writer = std::move(writer);
    const auto waker = inbox->with([&](Inbox& state) {
      state.opened.push_back(watch);
      ++state.open;
      return state.waker;
    });
    watch->writer->onClosed([inbox, id = watch->id] { wake(inbox, id, true); });
    if (waker) waker();
  });
}

bool WatchPump::begin(Watch& watch, Time now) {
  const auto& request = watch.request;
  if (!checkRights(watch)) return false;  // they may have changed since it was asked for
  watch.events.emplace(request.shape, cache_, clock_);
  if (request.timeout) watch.end = now + *request.timeout;
  if (request.bookmarks) watch.bookmark = now + kBookmarkEvery;
  if (request.mayGoOn) watch.check = now + kCheckEvery;
  const auto initial = std::exchange(watch.initial, {});
  if (!watch.write(watch.events->initial(initial))) return false;
  if (request.markInitialEnd && !watch.write(watch.events->bookmark(initial.revision, true)))
    return false;
  return pump(watch);
}

bool WatchPump::pump(Watch& watch) {
  const auto changes = watch.subscription->poll();
  if (!changes) {
    watch.write(watch.events->error(changes.error()));
    watch.writer->close();
    return false;
  }
  return std::ranges::all_of(*changes, [&](const runtime::HubChangePtr& change) {
    return watch.write(watch.events->event(*change));
  });
}

bool WatchPump::keepTime(Watch& watch, Time now) {
  if (now >= watch.check) {
    watch.check = now + kCheckEvery;
    if (!checkRights(watch)) return false;
  }
  const bool over = now >= watch.end;
  const bool marks = watch.request.bookmarks && (over || now >= watch.bookmark);
  if (marks) {
    watch.bookmark = now + kBookmarkEvery;
    if (!pump(watch)) return false;
    if (!watch.write(watch.events->bookmark(watch.subscription->position(), false))) return false;
  }
  if (over) watch.writer->close();
  return !over;
}

Time WatchPump::nextTime() const {
  auto next = Time::max();
  for (const auto& [id, watch] : watches_) next = std::min(next, watch->due());
  return next;
}

Time WatchPump::turn(const Context&, Time now) {
  const auto work = inbox_->with([](Inbox& inbox) {
    return Inbox{
        .opened = std::exchange(inbox.opened, {}),
        .ready = std::exchange(inbox.ready, {}),
        .closed = std::exchange(inbox.closed, {}),
        .rightsChanged = std::exchange(inbox.rightsChanged, false)};
  });
  std::set<std::uint64_t> ended = work.closed;
  if (work.rightsChanged)
    for (const auto& [id, watch] : watches_)
      if (!checkRights(*watch)) ended.insert(id);
  for (const auto& watch : work.opened) {
    watches_[watch->id] = watch;
    if (!begin(*watch, now)) ended.insert(watch->id);
  }
  for (const auto id : work.ready) {
    const auto found = watches_.find(id);
    if (found == watches_.end() || ended.contains(id)) continue;
    if (!pump(*found->second)) ended.insert(id);
  }
  for (const auto& [id, watch] : watches_)
    if (!ended.contains(id) && now >= watch->due() && !keepTime(*watch, now)) ended.insert(id);
  std::size_t removed = 0;
  for (const auto id : ended) removed += watches_.erase(id);
  inbox_->with([&](Inbox& inbox) { inbox.open -= removed; });
  return nextTime();
}

}  // namespace berth::api
