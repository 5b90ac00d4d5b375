#include "tests/support/simulation/nemesis.hpp"

#include <array>
#include <iostream>

namespace berth::simulation {

namespace {

constexpr std::array kFamilies = {
    Family::CrashBefore,
    Family::CrashAfter,
    Family::LostRequest,
    Family::LostReply,
    Family::Interleave,
    Family::Pause,
    Family::StoreOutage,
    Family::EngineOutage,
    Family::LostEvents,
    Family::HeldRemovals,
    Family::DaemonRestart,
    Family::ContainerDeath,
    Family::Hands,
    Family::SickTenants,
    Family::UserStorm,
    Family::SecondController};
// So many of the families are off in any seed.
constexpr double kOff = 0.35;

}  // namespace

std::string_view toString(Family family) {
  constexpr std::array kNames = {
      "CrashBefore",
      "CrashAfter",
      "LostRequest",
      "LostReply",
      "Interleave",
      "Pause",
      "StoreOutage",
      "EngineOutage",
      "LostEvents",
      "HeldRemovals",
      "DaemonRestart",
      "ContainerDeath",
      "Hands",
      "SickTenants",
      "UserStorm",
      "SecondController"};
  return kNames.at(std::size_t(family));
}

void Trace::add(Time now, std::string_view line, bool isTurn) {
  const auto millis = std::chrono::duration_cast<std::chrono::milliseconds>(
                          now.time_since_epoch() - std::chrono::seconds(1'700'000'000))
                          .count();
  std::string text = std::to_string(millis);
  text.append("ms ").append(line);
  for (const char c : text) hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 1'099'511'628'211U;
  if (echo_) std::cout << text << '\n';
  if (isTurn) return;
  lines_.push_back(std::move(text));
  if (lines_.size() > kKept) lines_.pop_front();
}

std::string Trace::tail() const {
  std::string text;
  for (const auto& line : lines_) text += "  " + line + "\n";
  return text;
}

Nemesis::Nemesis(Random& random, FakeClock& clock, SimulatedRunner& runner)
    : random_(random), clock_(clock), runner_(runner) {
  for (const auto family : kFamilies)
    if (!chance(kOff)) families_.insert(family);
  const auto rate = [&](Family family, double most) { rates_[family] = most * unit(random_); };
  rate(Family::CrashBefore, 0.01);
  rate(Family::CrashAfter, 0.01);
  rate(Family::LostRequest, 0.05);
  rate(Family::LostReply, 0.05);
  rate(Family::Interleave, 0.2);
  rate(Family::Pause, 0.003);
}

Fate Nemesis::before(std::string_view call, bool alone) {
  const auto process = runner_.running();
  if (resting_ || process == kWorld) return Fate::Pass;
  if (doomed_.contains(process)) throw Crash{process};
  act(process, call, alone);
  const auto strikes = [&](Family family) { return has(family) && chance(rates_[family]); };
  if (strikes(Family::CrashBefore)) {
    note("crash before " + std::string(call));
    throw Crash{process};
  }
  if (strikes(Family::CrashAfter)) {
    note("crash after " + std::string(call));
    doomed_.insert(process);
    return Fate::LoseReply;
  }
  if (strikes(Family::LostRequest)) {
    note("lost request " + std::string(call));
    return Fate::LoseRequest;
  }
  if (strikes(Family::LostReply)) {
    note("lost reply " + std::string(call));
    return Fate::LoseReply;
  }
  return Fate::Pass;
}

void Nemesis::act(Process process, std::string_view call, bool alone) {
  if (!others_) return;
  if (has(Family::Pause) && chance(rates_[Family::Pause])) {
    note("pause of process " + std::to_string(process) + " at " + std::string(call));
    const auto span = std::chrono::seconds(1 + std::int64_t(below(random_, 30)));
    others_(span, 10'000, true);
  } else if (!alone && has(Family::Interleave) && chance(rates_[Family::Interleave])) {
    const auto span = std::chrono::milliseconds(below(random_, 200));
    others_(span, 1 + int(below(random_, 5)), false);
  }
}

void Nemesis::between(Process process) {
  if (doomed_.contains(process)) throw Crash{process};
}

}  // namespace berth::simulation
