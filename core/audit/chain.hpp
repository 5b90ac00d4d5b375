/// @file
/// The audit log as a chain: the hash of every entry covers the one before it, so that
/// none can be changed, moved or taken out unnoticed.
///
///     BERTH_TRY(const auto sound, verifyAudit([&](auto after) { return pageAfter(after); }));
///
/// One who can write to the store can make a whole new chain; an anchor, a mark that was
/// noted elsewhere, gives him away.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"

namespace berth {

/// A place in the chain.  The default is the one before the first entry.
struct AuditMark {
  std::int64_t seq = 0;
  std::string hash = {};

  bool operator==(const AuditMark&) const = default;
};

struct AuditEntry {
  std::int64_t seq = 0;
  std::int64_t at = 0;        // milliseconds since 1970, by the store's clock
  std::int64_t revision = 0;  // of the change; 0: nothing was changed
  std::string record;         // JSON: who, what, from where
  std::string hash;

  bool operator==(const AuditEntry&) const = default;
};

/// Entries in order, as a store gives them.
struct AuditPage {
  AuditMark cut;   // the newest entry that was given up for its age
  AuditMark head;  // the newest there is
  std::vector<AuditEntry> entries;
};

/// SHA-256, in hexadecimal, of the hash before, seq, at, revision and record, with a
/// line feed after each but the last.
std::string auditHash(std::string_view previous, const AuditEntry& entry);

/// What was found sound: all after `cut` up to and with `head`.
struct AuditSummary {
  AuditMark cut;
  AuditMark head;
};

/// Reads page after page (the entries after a sequence) to the head.  Invalid, naming the
/// first sequence that is at fault, when an entry was changed, moved or taken out, at the
/// end too, or when the chain does not go through `anchor`; Expired when the anchor is
/// behind the cut.
Result<AuditSummary> verifyAudit(
    const std::function<Result<AuditPage>(std::int64_t after)>& pageAfter,
    const std::optional<AuditMark>& anchor = std::nullopt);

/// "records 1 to 17 are sound, up to HASH"
std::string describe(const AuditSummary& summary);

/// A mark as a line to keep elsewhere, and the newest of a file of such lines (or of an
/// export, whose lines have more).  Invalid when there is none.
std::string anchorText(const AuditMark& mark);
Result<AuditMark> readAnchor(std::string_view text);

}  // namespace berth
