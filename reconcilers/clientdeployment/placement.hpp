/// @file
/// place: which host a tenant goes to, and why not to the others.  Pure.
///
/// A host that is named is taken if it exists and is ready; otherwise every host
/// passes through the filters in order (ready, open, labels, taints, count, memory)
/// and the best of those left is chosen: no tenant of the same group first, then no
/// soft taint, then the most free memory, then the name.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/object/meta.hpp"

namespace berth::clientdeployment {

struct Taint {
  std::string key;
  std::string value;
  std::string effect;  // NoSchedule, PreferNoSchedule
};

struct Toleration {
  std::string key;  // empty with Exists: every taint
  std::string operatorValue = "Equal";
  std::string value;
  std::string effect;  // empty: both
};

/// A host as placement sees it: what it has, and what is promised already.
struct Candidate {
  std::string name;
  Labels labels;
  bool ready = false;
  bool unschedulable = false;
  std::vector<Taint> taints;
  std::int64_t maxDeployments = 0;
  std::int64_t memoryBytes = 0;  // that may be promised in all
  int firstPort = 0;
  int lastPort = 0;

  std::int64_t deployments = 0;
  std::int64_t promisedBytes = 0;
  std::set<int> ports;                         // given away, running or not
  std::map<std::string, std::int64_t> groups;  // tenants by value of the spread label
};

struct Wish {
  Uid uid;
  std::int64_t memoryBytes = 0;
  std::optional<int> hostPort;
  std::string hostName;
  Labels hostSelector;
  std::vector<Toleration> tolerations;
  std::string group;  // value of the spread label; empty: none
};

/// Why a host was not taken.
struct Verdict {
  std::string host;
  std::string why;

  bool operator==(const Verdict&) const = default;
};

struct Placement {
  std::string host;  // empty: nowhere; see `reason`
  int port = 0;
  std::string reason;  // of reasons.hpp
  std::string message;
  std::vector<Verdict> refused;
};

Placement place(const Wish& wish, const std::vector<Candidate>& candidates);

/// A port of the candidate that nobody has: always the same one for a uid while it
/// is free, so that a tenant that was lost comes back where it was.  `refused` are
/// ports that somebody else on the host holds.
std::optional<int> choosePort(
    const Uid& uid, const Candidate& candidate, const std::set<int>& refused = {});

}  // namespace berth::clientdeployment
