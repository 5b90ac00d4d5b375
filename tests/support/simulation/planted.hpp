/// @file
/// Bugs that the simulation can be given, to prove that it finds them.
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace berth::simulation {

enum class Bug {
  NoCompareAndSwap,     // a write takes place whatever is there
  NoFence,              // a stale leader's write takes place
  FinalizerFirst,       // an object is let go before its things are gone
  FailedKeyForgotten,   // a pass that failed is not tried again
  ErrorIsEmptyList,     // no answer from the engine is taken for "nothing there"
  VolumeWithContainer,  // removing a container removes its volume
  NewKeyEachTime,       // every container gets a new WEBUI_SECRET_KEY
  RandomName,           // every try makes a container of another name
  StopNotAwaited,       // a container that was told to stop is taken for stopped
  StatusNeverSettles,   // every status write differs from the one before
  WatchSkips,           // one change of ten is not seen
  DeleteByName,         // removals do not say which life they mean
};

struct BugName {
  Bug bug;
  std::string_view name;
};
inline constexpr std::array kBugs = {
    BugName{Bug::NoCompareAndSwap, "NoCompareAndSwap"},
    BugName{Bug::NoFence, "NoFence"},
    BugName{Bug::FinalizerFirst, "FinalizerFirst"},
    BugName{Bug::FailedKeyForgotten, "FailedKeyForgotten"},
    BugName{Bug::ErrorIsEmptyList, "ErrorIsEmptyList"},
    BugName{Bug::VolumeWithContainer, "VolumeWithContainer"},
    BugName{Bug::NewKeyEachTime, "NewKeyEachTime"},
    BugName{Bug::RandomName, "RandomName"},
    BugName{Bug::StopNotAwaited, "StopNotAwaited"},
    BugName{Bug::StatusNeverSettles, "StatusNeverSettles"},
    BugName{Bug::WatchSkips, "WatchSkips"},
    BugName{Bug::DeleteByName, "DeleteByName"},
};

/// At most one.
struct Planted {
  std::optional<Bug> bug;
  [[nodiscard]] bool has(Bug asked) const { return bug == asked; }
};

}  // namespace berth::simulation
