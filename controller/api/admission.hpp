/// @file
/// Admission: what is done to a body before it is kept.
///
/// In this order: canonical shape, unknown fields, defaults, the server's
/// metadata, what a kind adds of its own, validation.  Pure but for the clock and
/// chance that are handed in.
#pragma once

#include <string>
#include <vector>

#include "controller/api/registry.hpp"
#include "core/base/clock.hpp"
#include "core/base/random.hpp"

namespace berth::api {

enum class FieldValidation { Ignore, Warn, Strict };

/// The part of an object that a write concerns; the rest stays as it is stored.
enum class Part { Main, Status, Finalize };

struct FieldPolicy {
  FieldValidation validation = FieldValidation::Warn;
  std::vector<std::string> duplicateKeys = {};  // found while the body was read
};

struct Admitted {
  Json document;
  std::vector<std::string> warnings;
};

/// Where, when and with which chance an object is born.
struct Birth {
  std::string namespaceName;
  Time now;  // the calendar's
  Random& random;
};
Result<Admitted> admitNew(
    const ServedKind& kind, Json document, const Birth& birth, const FieldPolicy& policy);

/// `document` in place of `stored`.  Conflict when it names another uid or
/// resourceVersion.
Result<Admitted> admitChange(
    const ServedKind& kind,
    const Json& stored,
    Json document,
    Part part,
    const FieldPolicy& policy);

/// A document that is answered and not kept: only its schema counts.
Result<Admitted> admitReview(const ServedKind& kind, Json document, const FieldPolicy& policy);

/// What the object claims for itself alone: "domain/chat.example.org".
std::vector<std::string> claimsOf(const ServedKind& kind, const Json& document);

}  // namespace berth::api
