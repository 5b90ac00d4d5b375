#include "core/run/simulated_runner.hpp"

#include <algorithm>

namespace berth {

Waker SimulatedRunner::add(std::string name, Actor& actor) {
  auto slot = std::make_shared<Slot>(Slot{process_, std::move(name), &actor, clock_.now()});
  slots_.push_back(slot);
  return [weak = std::weak_ptr(slot)] {
    if (const auto woken = weak.lock()) woken->woken = true;
  };
}

void SimulatedRunner::drop(Process process) {
  std::erase_if(slots_, [&](const auto& slot) { return slot->process == process; });
}

void SimulatedRunner::setPaused(Process process, bool paused) {
  for (const auto& slot : slots_)
    if (slot->process == process) slot->paused = paused;
}

std::shared_ptr<SimulatedRunner::Slot> SimulatedRunner::next(Time until) {
  const Time now = clock_.now();
  Time earliest = Time::max();
  std::vector<std::shared_ptr<Slot>> due;
  for (const auto& slot : slots_) {
    if (slot->paused || slot->inTurn) continue;
    const Time at = slot->woken ? now : std::max(slot->due, now);
    if (at < earliest) due.clear();
    earliest = std::min(earliest, at);
    if (at == earliest) due.push_back(slot);
  }
  if (due.empty() || earliest == Time::max() || earliest > until) return nullptr;
  clock_.moveTo(earliest);
  return due[below(random_, due.size())];
}

bool SimulatedRunner::step(Time until) {
  const auto slot = next(until);
  if (!slot) {
    clock_.moveTo(std::max(until, clock_.now()));
    return false;
  }
  struct InTurn {
    SimulatedRunner& runner;
    Slot& slot;
    Process before = runner.running_;
    ~InTurn() {
      slot.inTurn = false;
      runner.running_ = before;
    }
  } const inTurn{*this, *slot};
  ++turns_;
  slot->inTurn = true;
  slot->woken = false;
  slot->due = clock_.now();
  running_ = slot->process;
  if (onTurn_) onTurn_(slot->process, slot->name);
  slot->due = slot->actor->turn(Context{}, clock_.now());
  return true;
}

}  // namespace berth
