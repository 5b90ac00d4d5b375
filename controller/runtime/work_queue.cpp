#include "controller/runtime/work_queue.hpp"

#include <algorithm>

namespace berth::runtime {

namespace {

// So long may a resync have to wait for changes.
constexpr Duration kResyncPatience = std::chrono::minutes(10);

Time dueOf(const auto& line) { return line.empty() ? Time::max() : std::get<Time>(*line.begin()); }

}  // namespace

std::set<WorkQueue::Place>& WorkQueue::State::line(Priority priority) {
  return priority == Priority::Change ? changes : resyncs;
}

void WorkQueue::State::enter(const ObjectKey& key, const Wish& wish) {
  line(wish.priority).emplace(wish.due, wish.number, key);
}

void WorkQueue::State::leave(const ObjectKey& key, const Wish& wish) {
  line(wish.priority).erase({wish.due, wish.number, key});
}

std::set<WorkQueue::Place>* WorkQueue::State::best(Time now) {
  const Time change = dueOf(changes);
  const Time resync = dueOf(resyncs);
  if (resync <= now && (change > now || now - resync >= kResyncPatience)) return &resyncs;
  return change <= now ? &changes : nullptr;
}

Time WorkQueue::State::nextDue() const { return std::min(dueOf(changes), dueOf(resyncs)); }

bool WorkQueue::add(const ObjectKey& key, Time due, Priority priority) {
  const auto [isNew, isEarlier] = state_.with([&](State& state) {
    const Time before = state.nextDue();
    auto& entry = state.entries[key];
    const bool waits = entry.wish.has_value();
    Wish wish{due, priority, state.next++};
    if (waits) {
      if (!entry.workedSince) state.leave(key, *entry.wish);
      wish.priority = std::min(priority, entry.wish->priority);
      if (entry.wish->due <= due) wish = {entry.wish->due, wish.priority, entry.wish->number};
    }
    entry.wish = wish;
    if (!entry.workedSince) state.enter(key, wish);
    return std::pair(!waits, state.nextDue() < before);
  });
  if (isEarlier && onAdd_) onAdd_();
  return isNew;
}

std::optional<WorkQueue::Item> WorkQueue::take(Time now) {
  return state_.with([&](State& state) -> std::optional<Item> {
    auto* line = state.best(now);
    if (line == nullptr) return std::nullopt;
    const auto [due, number, key] = *line->begin();
    line->erase(line->begin());
    auto& entry = state.entries[key];
    entry.wish.reset();
    entry.workedSince = now;
    return Item{key, due};
  });
}

void WorkQueue::done(const ObjectKey& key) {
  const bool isEarlier = state_.with([&](State& state) {
    const auto found = state.entries.find(key);
    if (found == state.entries.end() || !found->second.workedSince) return false;
    found->second.workedSince.reset();
    if (!found->second.wish) {
      state.entries.erase(found);
      return false;
    }
    const Time before = state.nextDue();
    state.enter(key, *found->second.wish);
    return state.nextDue() < before;
  });
  if (isEarlier && onAdd_) onAdd_();
}

Time WorkQueue::nextDue() const {
  return state_.with([](const State& state) { return state.nextDue(); });
}

WorkQueue::Stats WorkQueue::stats(Time now) const {
  return state_.with([&](const State& state) {
    Stats stats;
    for (const auto& [key, entry] : state.entries) {
      if (entry.workedSince) {
        const Duration working = now - *entry.workedSince;
        stats.unfinished += working;
        stats.longestRunning = std::max(stats.longestRunning, working);
      } else if (entry.wish && entry.wish->due <= now) {
        ++stats.ready;
      }
    }
    return stats;
  });
}

}  // namespace berth::runtime
