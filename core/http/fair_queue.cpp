#include "core/http/fair_queue.hpp"

#include <algorithm>
#include <utility>

namespace berth::http {

FairQueue::FairQueue(const Limits& limits)
    : limits_(limits), seatsOfFlow_(limits.seats - limits.seats / 4) {
  const int seats = limits.seats;
  const std::array reserved{seats / 16, seats / 8, seats / 8, seats / 16};
  const std::array most{std::max(1, seats / 8), seats, seats, std::max(1, seats / 2)};
  for (std::size_t i = 0; i < kPriorities; ++i) {
    levels_[i].reserved = reserved[i];
    levels_[i].most = most[i];
  }
}

bool FairQueue::add(const Flow& flow, Task task) {
  if (waiting_ >= limits_.waiting) return false;
  const auto level = static_cast<std::size_t>(flow.priority);
  auto [found, isNew] = levels_[level].flows.try_emplace(flow.key);
  auto& state = found->second;
  if (isNew) {
    state.level = level;
    state.key = flow.key;
  }
  if (state.tasks.size() >= limits_.waitingOfFlow) return false;
  state.tasks.push_back(std::move(task));
  ++waiting_;
  takeTurn(state);
  return true;
}

/// Puts the flow behind the others when it has something that could start.
void FairQueue::takeTurn(State& flow) {
  if (flow.hasTurn || flow.tasks.empty() || flow.running >= seatsOfFlow_) return;
  flow.hasTurn = true;
  levels_[flow.level].turns.push_back(&flow);
}

/// Whether one more of this priority leaves the others what is theirs.
bool FairQueue::hasSeat(std::size_t level) const {
  if (levels_[level].running >= levels_[level].most) return false;
  int taken = levels_[level].running;
  for (std::size_t i = 0; i < kPriorities; ++i)
    if (i != level) taken += std::max(levels_[i].running, levels_[i].reserved);
  return taken < limits_.seats;
}

std::optional<FairQueue::Started> FairQueue::start() {
  for (std::size_t i = 0; i < kPriorities; ++i) {
    auto& level = levels_[i];
    if (level.turns.empty() || !hasSeat(i)) continue;
    State& flow = *level.turns.front();
    level.turns.pop_front();
    flow.hasTurn = false;
    Started started{std::move(flow.tasks.front()), &flow};
    flow.tasks.pop_front();
    --waiting_;
    ++flow.running;
    ++level.running;
    takeTurn(flow);
    return started;
  }
  return std::nullopt;
}

void FairQueue::finish(State* flow) {
  auto& level = levels_[flow->level];
  --level.running;
  --flow->running;
  takeTurn(*flow);
  if (flow->running == 0 && flow->tasks.empty()) level.flows.erase(std::string(flow->key));
}

}  // namespace berth::http
