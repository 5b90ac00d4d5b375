/// @file
/// Volumes and networks: what outlives containers and joins them.  Read docker.hpp
/// first.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/base/context.hpp"
#include "core/base/result.hpp"
#include "reconcilers/providers/docker/container.hpp"

namespace berth::docker {

struct VolumeSpec {
  std::string name;
  std::string driver = "local";
  std::map<std::string, std::string> options;
  Labels labels;
};

struct VolumeState {
  std::string name;
  std::string driver;
  std::string mountpoint;  // on the host
  Labels labels;
  Time createdAt{};
};

class Volumes {
 public:
  virtual ~Volumes() = default;
  /// The volume of that name as it is now: an existing one keeps its labels and its
  /// data, whoever made it.  Compare the labels before you use it.
  virtual Result<VolumeState> create(const Context& context, const VolumeSpec& spec) = 0;
  virtual Result<VolumeState> inspect(const Context& context, const std::string& name) = 0;
  virtual Result<std::vector<VolumeState>> list(const Context& context, const Labels& labels) = 0;
  /// Success when it is gone; Conflict with kInUse while a container has it, running
  /// or not.  The data is lost.
  virtual Result<> remove(const Context& context, const std::string& name) = 0;
};

struct NetworkSpec {
  std::string name;
  std::string driver = "bridge";
  std::string subnet;     // empty: the engine chooses
  bool internal = false;  // no way out
  std::map<std::string, std::string> options;
  Labels labels;
};

struct NetworkState {
  std::string id;
  std::string name;
  std::string driver;
  std::vector<std::string> subnets;
  bool internal = false;
  Labels labels;
};

class Networks {
 public:
  virtual ~Networks() = default;
  /// AlreadyExists with kNameTaken when there is one of that name.
  virtual Result<NetworkState> create(const Context& context, const NetworkSpec& spec) = 0;
  virtual Result<NetworkState> inspect(const Context& context, const std::string& id) = 0;
  virtual Result<std::vector<NetworkState>> list(const Context& context, const Labels& labels) = 0;
  /// Success when it is gone; Conflict with kInUse while a running container is in it.
  virtual Result<> remove(const Context& context, const std::string& id) = 0;
};

}  // namespace berth::docker
