/// @file
/// ExitCode: what a script learns from berth without reading its words.
#pragma once

#include "core/base/result.hpp"

namespace berth::cli {

enum ExitCode : int {
  kExitOk = 0,
  kExitError = 1,
  kExitNotFound = 3,
  kExitConflict = 4,
  kExitStalled = 5,  // the object failed for good
  kExitUsage = 64,
  kExitUnreachable = 69,
  kExitTimedOut = 75,
  kExitForbidden = 77,
  kExitInterrupted = 130,
};

/// Inside the CLI BadRequest means the command line; a server's BadRequest is
/// turned into Invalid by ApiClient.
ExitCode exitCodeOf(Reason reason);

/// An error of the command line: "unknown flag: --foo", with an optional hint line.
Error usageError(std::string message, const std::string& hint = {});

/// The message with "hint: ..." on a line of its own.
Error withHint(Error error, const std::string& hint);

}  // namespace berth::cli
