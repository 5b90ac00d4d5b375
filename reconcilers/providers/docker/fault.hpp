/// @file
/// What can be wrong with an engine that a person can put right: the `reason` of
/// an Error's first Cause.
///
///     if (docker::isFault(error, docker::fault::kPortTaken)) ...
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "core/base/result.hpp"

namespace berth::docker {

namespace fault {
inline constexpr std::string_view kEngineAway = "EngineAway";      // ServiceUnavailable, Timeout
inline constexpr std::string_view kDiskFull = "DiskFull";          // ServiceUnavailable
inline constexpr std::string_view kImageMissing = "ImageMissing";  // NotFound: here, not pulled
inline constexpr std::string_view kImageUnknown =
    "ImageUnknown";                                              // NotFound: the registry has none
inline constexpr std::string_view kImageDenied = "ImageDenied";  // Forbidden: the registry refuses
inline constexpr std::string_view kPullFailed = "PullFailed";    // ServiceUnavailable: broke off
inline constexpr std::string_view kPortTaken = "PortTaken";  // Conflict: by anything on the host
inline constexpr std::string_view kNameTaken = "NameTaken";  // AlreadyExists: perhaps a foreigner
inline constexpr std::string_view kInUse = "InUse";      // Conflict: of a volume, network, image
inline constexpr std::string_view kRunning = "Running";  // Conflict: remove without force
inline constexpr std::string_view kNotRunning = "NotRunning";  // Conflict: kill, exec
inline constexpr std::string_view kRemoving = "Removing";      // Conflict: wait until it is gone
inline constexpr std::string_view kCannotRun = "CannotRun";  // Invalid: no such program, bad mount
inline constexpr std::string_view kTooOld = "EngineTooOld";  // Invalid: below our oldest API
}  // namespace fault

/// An Error with this fault; `message` says what was tried and what happened.
inline Error makeFault(Reason reason, std::string_view fault, std::string message) {
  Cause cause{std::string(fault), message, ""};
  return Error{reason, std::move(message), {std::move(cause)}};
}

inline bool isFault(const Error& error, std::string_view fault) {
  return !error.causes.empty() && error.causes.front().reason == fault;
}

}  // namespace berth::docker
