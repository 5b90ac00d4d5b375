#include "tests/support/simulation/simulation.hpp"

#include <map>
#include <memory>
#include <sstream>

#include "tests/support/simulation/checks.hpp"
#include "tests/support/simulation/controller_process.hpp"
#include "tests/support/simulation/users.hpp"

namespace berth::simulation {

namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr Duration kConvergence = minutes(15);
constexpr Duration kQuiet = minutes(10);
// No run takes so many: an actor that never lets time pass would never end.
constexpr std::size_t kMostTurns = 50'000;

class Simulation {
 public:
  explicit Simulation(const Settings& settings);
  Outcome run();

 private:
  struct Controller {
    std::unique_ptr<ControllerProcess> process;
    Time restart = Time::max();
  };

  void faults();
  void convergence();
  void quiet();
  /// Until then or until something is wrong.
  void drive(Time until);
  bool step(Time until);
  void others(Duration span, int turns, bool wholeProcess);
  void crash(Process process);
  void restartDue();
  void fail(const std::string& what);
  [[nodiscard]] bool failed() const { return wrong_.has_value(); }

  Settings settings_;
  SeededRandom dice_;
  World world_;
  Users users_;
  std::map<Process, Controller> controllers_;
  std::optional<Process> outer_;  // whose turn is interrupted by others
  bool outerCrashed_ = false;
  std::int64_t restarts_ = 0;
  std::string code_;
  std::optional<std::string> wrong_;
};

Simulation::Simulation(const Settings& settings)
    : settings_(settings),
      dice_(settings.seed * 7'919),
      world_(settings.seed, 1 + int(below(dice_, 2))),
      users_(world_) {
  world_.nemesis.trace().echo(settings.echo);
  world_.nemesis.onInterleave(
      [this](Duration span, int turns, bool whole) { others(span, turns, whole); });
  world_.runner.onTurn([this](Process process, std::string_view actor) {
    world_.nemesis.noteTurn(std::to_string(process) + " " + std::string(actor));
  });
  world_.runner.add("users", users_);
  controllers_[1].restart = world_.clock.now();
  if (world_.nemesis.has(Family::SecondController)) controllers_[2].restart = world_.clock.now();
}

Outcome Simulation::run() {
  faults();
  if (!failed()) convergence();
  if (!failed()) quiet();
  return {world_.nemesis.trace().hash(), world_.runner.turns(), restarts_, code_, wrong_};
}

void Simulation::faults() {
  drive(world_.clock.now() + minutes(1) + seconds(std::int64_t(below(dice_, 150))));
}

void Simulation::convergence() {
  world_.nemesis.note("the faults are over");
  world_.nemesis.rest();
  users_.rest();
  for (auto& [number, controller] : controllers_)
    if (!controller.process) controller.restart = world_.clock.now();
  const Time end = world_.clock.now() + kConvergence;
  while (!failed() && !unmet(world_).empty()) {
    if (world_.clock.now() >= end) {
      std::string missing;
      for (const auto& each : unmet(world_)) missing += each + "; ";
      return fail(missing);
    }
    drive(world_.clock.now() + seconds(20));
  }
}

void Simulation::quiet() {
  // What is as declared may still be about to be written down.
  drive(world_.clock.now() + minutes(2));
  const auto before = world_.store.list({}, {.resource = "namespaces"})->revision;
  drive(world_.clock.now() + kQuiet);
  if (failed()) return;
  const auto writes = writesSince(world_, before);
  if (!writes.empty()) return fail("L2 written at rest: " + writes.front());
  const auto missing = unmet(world_);
  if (!missing.empty()) fail("L1 did not stay: " + missing.front());
}

void Simulation::drive(Time until) {
  while (!failed()) {
    restartDue();
    if (!step(until)) return;
    if (world_.runner.turns() > kMostTurns) return fail("L5 time stands still");
  }
}

bool Simulation::step(Time until) {
  Process process = kWorld;
  const auto before = world_.runner.turns();
  try {
    if (!world_.runner.step(until)) return false;
    // A crash that is due after a call's effect comes before the next turn at the latest.
    for (const auto& [number, controller] : controllers_) world_.nemesis.between(number);
  } catch (const Crash& crashed) {
    process = crashed.process;
  }
  if (process != kWorld) crash(process);
  if (world_.runner.turns() != before)
    if (const auto wrong = violation(world_)) fail(*wrong);
  return true;
}

void Simulation::others(Duration span, int turns, bool wholeProcess) {
  if (outer_) return;
  outer_ = world_.runner.running();
  const Process process = *outer_;
  outerCrashed_ = false;
  if (wholeProcess) world_.runner.pause(process);
  const Time until = world_.clock.now() + span;
  for (int i = 0; i < turns && !failed() && !outerCrashed_ && step(until); ++i) restartDue();
  if (wholeProcess) world_.runner.resume(process);
  outer_.reset();
  if (outerCrashed_) throw Crash{process};
}

void Simulation::crash(Process process) {
  world_.runner.drop(process);
  if (outer_ == process) {  // its calls are still on the stack
    outerCrashed_ = true;
    return;
  }
  world_.nemesis.born(process);
  auto& controller = controllers_[process];
  controller.process.reset();
  controller.restart = world_.clock.now() + seconds(std::int64_t(below(world_.random, 20)));
}

void Simulation::restartDue() {
  for (auto& [number, controller] : controllers_) {
    if (controller.process || controller.restart > world_.clock.now()) continue;
    world_.nemesis.note("start of process " + std::to_string(number));
    ++restarts_;
    controller.process = std::make_unique<ControllerProcess>(world_, settings_.planted, number);
  }
}

void Simulation::fail(const std::string& what) {
  if (failed()) return;
  code_ = what.substr(0, what.find(' '));
  std::ostringstream text;
  text << "SEED " << settings_.seed << " t="
       << std::chrono::duration_cast<seconds>(world_.clock.now().time_since_epoch()).count() -
              1'700'000'000
       << "s " << what << "\n  families:";
  for (const auto family : world_.nemesis.families()) text << ' ' << toString(family);
  text << "\n" << world_.nemesis.trace().tail();
  wrong_ = text.str();
}

}  // namespace

Outcome simulate(const Settings& settings) { return Simulation(settings).run(); }

}  // namespace berth::simulation
