/// @file
/// Problem: what keeps a tenant from being as it should be, in the words of its
/// conditions.
///
/// A refusal of our own travels as an Error, like everything that fails, and is
/// turned back where it is reported.
#pragma once

#include <string>

#include "core/base/result.hpp"

namespace berth::clientdeployment {

/// The condition that a problem belongs to; those behind it cannot be known.
enum class Stage { Scheduled, Image, Container, Healthy };

struct Problem {
  Stage stage = Stage::Container;
  std::string reason;     // of reasons.hpp
  std::string message;    // with the next step
  bool terminal = false;  // waits for a person: Stalled
  bool unknown = false;   // the world could not be seen: conditions become Unknown

  bool operator==(const Problem&) const = default;
};

Error asError(const Problem& problem);

/// What an Error means for a tenant, and what to do about it.
Problem problemOf(const Error& error, Stage stage);

}  // namespace berth::clientdeployment
