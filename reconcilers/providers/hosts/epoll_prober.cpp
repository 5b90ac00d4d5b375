#include "reconcilers/providers/hosts/epoll_prober.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <set>
#include <stop_token>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

#include "core/base/guarded.hpp"
#include "reconcilers/providers/hosts/probe_connection.hpp"
#include "reconcilers/providers/hosts/probe_result.hpp"

namespace berth::hosts {
namespace {

using Id = std::uint64_t;
constexpr Id kWakeup = 0;
constexpr Duration kLeastPeriod = std::chrono::milliseconds(10);

/// What the thread is to probe, and what it has found.
struct Entry {
  Id id = 0;  // a new one for every new spec
  ProbeSpec spec;
  std::optional<ProbeResult> latest;
};

struct Shared {
  std::map<std::string, Entry> entries;
  ProbeCallback callback;
  Id nextId = 1;
  bool changed = false;
};

}  // namespace

class EpollProber::Loop {
 public:
  explicit Loop(const Clock& clock)
      : clock_(clock),
        epoll_(epoll_create1(EPOLL_CLOEXEC)),
        wakeup_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    BERTH_ASSERT(epoll_ >= 0 && wakeup_ >= 0);
    epoll_event event{EPOLLIN, {.u64 = kWakeup}};
    BERTH_ASSERT(epoll_ctl(epoll_, EPOLL_CTL_ADD, wakeup_, &event) == 0);
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
  }
  ~Loop() {
    thread_.request_stop();
    wake();
    thread_.join();
    targets_.clear();
    close(wakeup_);
    close(epoll_);
  }
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  void wake() const {
    const std::uint64_t one = 1;
    // It can only be full, and then the thread is woken already.
    static_cast<void>(::write(wakeup_, &one, sizeof one));
  }

  Guarded<Shared> shared;

 private:
  struct Target {
    Target(std::string name, const ProbeSpec& wanted)
        : key(std::move(name)), spec(wanted), connection(wanted) {}
    std::string key;
    ProbeSpec spec;
    ProbeConnection connection;
    Time due{};  // when it is asked, or its answer is late
    Time asked{};
    bool asking = false;
    int watched = 0;  // which of its sockets epoll knows
    std::uint32_t watchedFor = 0;
  };

  void run(const std::stop_token& stop) {
    std::array<epoll_event, 64> events{};
    while (!stop.stop_requested()) {
      const int count =
          epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), timeout());
      for (int i = 0; i < count; ++i) onEvent(events[static_cast<std::size_t>(i)].data.u64);
      takeChanges();
      askAllDue();
      report();
    }
  }

  [[nodiscard]] int timeout() const {
    if (timers_.empty()) return -1;
    const auto left = timers_.begin()->first - clock_.now();
    const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(left).count();
    return static_cast<int>(
        std::clamp<std::int64_t>(milliseconds, 0, std::numeric_limits<int>::max()));
  }

  void onEvent(Id id) {
    if (id == kWakeup) {
      std::uint64_t count = 0;
      static_cast<void>(::read(wakeup_, &count, sizeof count));
      return;
    }
    const auto found = targets_.find(id);
    if (found == targets_.end()) return;
    auto& target = found->second;
    const auto progress = target.connection.onReady();
    if (progress == ProbeConnection::Progress::Done) finish(id, target);
    watch(id, target);
  }

  /// Makes the targets what the entries are.
  void takeChanges() {
    std::vector<std::pair<Id, Target*>> fresh;
    shared.with([&](Shared& data) {
      if (!std::exchange(data.changed, false)) return;
      std::set<Id> wanted;
      for (const auto& [key, entry] : data.entries) {
        wanted.insert(entry.id);
        const auto [place, added] = targets_.try_emplace(entry.id, key, entry.spec);
        if (added) fresh.emplace_back(entry.id, &place->second);
      }
      for (auto target = targets_.begin(); target != targets_.end();) {
        const auto next = std::next(target);
        if (!wanted.contains(target->first)) {
          timers_.erase({target->second.due, target->first});
          targets_.erase(target);
        }
        target = next;
      }
    });
    for (const auto& [id, target] : fresh) schedule(id, *target, clock_.now());
  }

  void schedule(Id id, Target& target, Time due) {
    timers_.erase({target.due, id});
    target.due = due;
    timers_.insert({due, id});
  }

  void askAllDue() {
    const auto now = clock_.now();
    while (!timers_.empty() && timers_.begin()->first <= now) {
      const auto id = timers_.begin()->second;
      auto& target = targets_.at(id);
      if (target.asking) {
        target.connection.giveUp();
        finish(id, target);
      } else {
        target.asking = true;
        target.asked = now;
        schedule(id, target, now + target.spec.timeout);
        if (target.connection.ask() == ProbeConnection::Progress::Done) finish(id, target);
      }
      watch(id, target);
    }
  }

  void finish(Id id, Target& target) {
    const auto now = clock_.now();
    target.asking = false;
    auto result = target.connection.result();
    result.at = now;
    shared.with([&](Shared& data) {
      const auto found = data.entries.find(target.key);
      if (found == data.entries.end() || found->second.id != id) return;
      bool changed = false;
      found->second.latest = follow(found->second.latest, std::move(result), changed);
      if (changed) changedKeys_.push_back(target.key);
    });
    schedule(id, target, std::max(now, target.asked + std::max(target.spec.period, kLeastPeriod)));
  }

  /// Tells epoll what the connection waits for now.
  void watch(Id id, Target& target) const {
    const int fd = target.connection.fd();
    if (fd < 0) return;  // closing a socket took it out of epoll
    const std::uint32_t wish =
        EPOLLIN | EPOLLRDHUP | (target.connection.wantsWrite() ? std::uint32_t{EPOLLOUT} : 0U);
    const bool fresh = target.watched != target.connection.sockets();
    if (!fresh && wish == target.watchedFor) return;
    epoll_event event{wish, {.u64 = id}};
    epoll_ctl(epoll_, fresh ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, fd, &event);
    target.watched = target.connection.sockets();
    target.watchedFor = wish;
  }

  void report() {
    if (changedKeys_.empty()) return;
    const auto callback = shared.with([](Shared& data) { return data.callback; });
    for (const auto& key : std::exchange(changedKeys_, {}))
      if (callback) callback(key);
  }

  const Clock& clock_;
  const int epoll_;
  const int wakeup_;
  std::map<Id, Target> targets_;          // of the thread
  std::set<std::pair<Time, Id>> timers_;  // of the thread
  std::vector<std::string> changedKeys_;  // of the thread
  std::jthread thread_;
};

EpollProber::EpollProber(const Clock& clock) : loop_(std::make_unique<Loop>(clock)) {}

EpollProber::~EpollProber() = default;

void EpollProber::set(const std::string& key, const ProbeSpec& spec) {
  loop_->shared.with([&](Shared& data) {
    auto& entry = data.entries[key];
    if (entry.id != 0 && entry.spec == spec) return;
    entry = {data.nextId++, spec, std::nullopt};
    data.changed = true;
  });
  loop_->wake();
}

void EpollProber::remove(const std::string& key) {
  loop_->shared.with([&](Shared& data) {
    if (data.entries.erase(key) > 0) data.changed = true;
  });
  loop_->wake();
}

std::optional<ProbeResult> EpollProber::latest(const std::string& key) const {
  return loop_->shared.with([&](Shared& data) -> std::optional<ProbeResult> {
    const auto found = data.entries.find(key);
    return found == data.entries.end() ? std::nullopt : found->second.latest;
  });
}

void EpollProber::onChange(ProbeCallback callback) {
  loop_->shared.with([&](Shared& data) { data.callback = std::move(callback); });
}

}  // namespace berth::hosts
