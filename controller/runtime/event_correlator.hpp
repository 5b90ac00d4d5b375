/// @file
/// EventCorrelator: which notes become Events, and which Event each one is.
///
///   - the same note again is the same Event, whose count grows;
///   - more than ten notes in ten minutes that differ in their message only become
///     one Event together;
///   - an object gets 25 notes at once and one in five minutes from then on; what is
///     more is dropped;
///   - an Event's name is a hash of what it says: another process, or this one after
///     a restart, finds it again.
///
/// One thread.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "controller/runtime/rate_limiter.hpp"
#include "core/reconcile/objects.hpp"

namespace berth::runtime {

class EventCorrelator {
 public:
  struct Verdict {
    std::string name;     // of the Event, valid in Kubernetes
    std::string message;  // marked when it stands for several
  };

  /// nullopt: too many.
  std::optional<Verdict> judge(const EventNote& note, Time now);

 private:
  struct Kindred {  // notes that differ in their message only
    Time since{};
    std::set<std::string> messages;
  };

  bool isSpam(const EventNote& note, Time now);
  bool isCombined(const EventNote& note, Time now);
  void forgetOld(Time now);

  std::map<Uid, std::pair<TokenBucket, Time>> budgets_;
  std::map<std::string, Kindred> kindred_;
};

}  // namespace berth::runtime
