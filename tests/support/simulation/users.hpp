/// @file
/// Users and bad luck: what happens in the world while the controllers work.
///
/// Users create, change, stop, delete and re-create tenants and write rows into them;
/// containers die, are removed and changed by hand, engines go away and come back.
/// An actor of the world.  One thread.
#pragma once

#include <string>

#include "core/run/actor.hpp"
#include "tests/support/simulation/world.hpp"

namespace berth::simulation {

class Users final : public Actor {
 public:
  explicit Users(World& world) : world_(world) {}
  Time turn(const Context& context, Time now) override;
  /// Ends all outages; what is broken stays broken.
  void rest();

 private:
  void actOnTenants();
  void actOnEngine();
  void create(const std::string& name);
  void change(const Json& tenant);
  void remove(const Json& tenant);
  void writeRows();
  /// One of our running containers on a random engine; "" when there is none.
  std::string anyContainer(Engine& engine);
  Engine& anyEngine(std::string& name);
  void endOutages(Time now);
  std::uint64_t pick(std::uint64_t bound) { return below(world_.random, bound); }

  World& world_;
  Time outageUntil_{};
  Time nextAction_{};
  std::int64_t changes_ = 0;
};

}  // namespace berth::simulation
