/// @file
/// Exit codes: what a script learns from berth without reading its words.
#pragma once

#include "core/base/result.hpp"

namespace berth::cli {

inline constexpr int kExitOk = 0;
inline constexpr int kExitError = 1;
inline constexpr int kExitNotFound = 3;
inline constexpr int kExitConflict = 4;
inline constexpr int kExitStalled = 5;  // the object failed for good
inline constexpr int kExitUsage = 64;
inline constexpr int kExitUnreachable = 69;
inline constexpr int kExitTimedOut = 75;
inline constexpr int kExitForbidden = 77;
inline constexpr int kExitInterrupted = 130;

/// Inside the CLI BadRequest means the command line; a server's BadRequest is
/// turned into Invalid by ApiClient.
int exitCodeOf(Reason reason);

/// An error of the command line: "unknown flag: --foo", with an optional hint line.
Error usageError(std::string message, const std::string& hint = {});

/// The message with "hint: ..." on a line of its own.
Error withHint(Error error, const std::string& hint);

}  // namespace berth::cli
