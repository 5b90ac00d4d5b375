/// @file
/// FakeWorld: all that a FakeDocker consists of, as plain data that tests and the
/// simulator arrange beforehand and look at afterwards (FakeDocker::world).
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "reconcilers/providers/docker/docker.hpp"

namespace berth::docker {

struct FakeImage {
  ImageState state;
  std::map<std::string, std::string> env;
  bool cannotRun = false;  // its containers do not start
};

/// What is in a volume or in a directory of the host.  A volume made again under
/// the same name has another lineage: whoever held rows of the old one has lost
/// them.
struct FakeData {
  std::string lineage;
  std::vector<std::string> rows;  // ids of acknowledged writes, in order
  int mostWriters = 0;            // running containers that could write, at the worst moment
};

struct FakeContainer {
  ContainerSpec spec;
  ContainerState state;
  bool stoppedByHand = false;
  int health = 200;          // what it answers over HTTP; 0: nobody listens
  Duration startDelay{};     // until it listens
  bool ignoresTerm = false;  // stop has to kill it
  std::string out;           // its log
  std::string err;
  std::map<std::string, std::string> archives;  // path to the tar there; else of what is mounted
  ExecResult execResult;
  ContainerStats stats;
};

struct FakeWorld {
  std::map<std::string, FakeContainer> containers;  // by id
  std::map<std::string, VolumeState> volumes;       // by name
  std::map<std::string, FakeData> data;             // by a volume's name or a path
  std::vector<FakeData> lost;                       // data of volumes that were removed
  std::map<std::string, NetworkState> networks;     // by id
  std::map<std::string, FakeImage> images;          // here, by reference
  std::map<std::string, FakeImage> registry;        // to be pulled, by reference

  EngineInfo info;
  std::set<std::pair<std::string, int>> takenPorts;  // by others, on the host
  int nextPort = 32'768;
  std::int64_t nextId = 1;

  bool away = false;          // no answer; set by FakeDocker::setAway
  bool diskFull = false;      // nothing can be created, pulled or imported
  bool loseEvents = false;    // nobody is told
  bool holdRemovals = false;  // a removal goes on until FakeDocker::finishRemovals
  /// Engines before API 1.44 look for the name and then make the network, without a
  /// lock: of several calls at once each makes one.
  bool racyNetworkNames = false;
  int pullsToBreak = 0;  // so many break off at 99 %

  std::vector<std::string> commands;  // "start web": every call that would change something

  /// By id, name or the unique beginning of an id; nullptr when there is none.
  FakeContainer* find(const std::string& id);
  [[nodiscard]] const FakeContainer* find(const std::string& id) const;
  /// Running containers that have `source` mounted and may write.
  [[nodiscard]] int writersOf(const std::string& source) const;
  std::string makeId();
};

}  // namespace berth::docker
