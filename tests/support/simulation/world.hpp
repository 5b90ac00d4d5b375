/// @file
/// World: what is outside of the controllers: the store, the engines, the users'
/// way to the API, and what users have been promised.
///
/// One thread.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "controller/api/live_registry.hpp"
#include "controller/api/object_client.hpp"
#include "controller/api/object_service.hpp"
#include "controller/runtime/watch_hub.hpp"
#include "controller/store/memory_store.hpp"
#include "reconcilers/clientdeployment/snapshots.hpp"
#include "reconcilers/providers/docker/fake_docker.hpp"
#include "reconcilers/providers/hosts/fake_host_facts.hpp"
#include "tests/support/simulation/nemesis.hpp"

namespace berth::simulation {

inline const std::string kClusterId = "c0ffee00-0000-4000-8000-000000000001";
inline const std::string kNamespace = "acme";
inline const std::string kMountPath = "/app/backend/data";

/// A machine with its engine.
struct Engine {
  explicit Engine(const Clock& clock) : docker(clock) {}
  docker::FakeDocker docker;
  hosts::FakeHostFacts facts;
  std::string foreign;  // the id of a container that is not ours
};

/// What a user was promised about one life of a tenant.
struct Promise {
  std::string name;
  Json spec;             // as the user last wrote it, successfully
  bool deleted = false;  // the user has asked for its end
  std::size_t rows = 0;  // that were acknowledged
  std::string volume;    // that they are in
  std::string engine;
  std::string secretKey;
};

class World {
 public:
  World(std::uint64_t seed, int engineCount);

  FakeClock clock;
  SeededRandom random;
  SimulatedRunner runner{clock, random};
  Nemesis nemesis{random, clock, runner};
  store::MemoryStore store{clock};
  clientdeployment::FakeSnapshots snapshots;
  std::map<std::string, Engine> engines;  // by Host
  std::map<Uid, Promise> promises;

  /// The users' API, which nothing happens to.
  ObjectClient& users() { return client_; }
  /// The kinds that are served, made once.
  static const api::LiveRegistry& registry();
  /// The stored document, or null.
  Json stored(const ResourceType& type, const ObjectKey& key);
  std::vector<Json> storedAll(const ResourceType& type);

 private:
  void addEngine(const std::string& name);

  bool oldEngines_;  // their API is older than 1.44
  std::unique_ptr<runtime::WatchHub> hub_ = runtime::makeWatchHub(store, clock);
  api::ObjectService service_{{store, *hub_, clock, random, false}};
  api::InProcessClient client_{service_, registry()};
};

}  // namespace berth::simulation
