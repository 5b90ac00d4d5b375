/// @file
/// AuditLog: the store's append-only record of who changed what.
///
/// Promises, each a test of tests/contract/store/audit_test.cpp:
///
///   - the record of a write (Write::audit) commits with the write or not at all, and
///     once however often the request is repeated;
///   - records are numbered without gaps in the order of commits, and chained
///     (core/audit/chain.hpp);
///   - no statement changes a record, and none deletes one that is not behind the cut;
///   - trim() moves the cut, whose hash stays known: what is left can be verified.
#pragma once

#include "core/audit/chain.hpp"
#include "core/base/context.hpp"

namespace berth::store {

class AuditLog {
 public:
  virtual ~AuditLog() = default;
  /// Records after `seq` that are still there, at most `limit`, in order.
  virtual Result<AuditPage> readAudit(
      const Context& context, std::int64_t seq, std::size_t limit) = 0;
  /// Forgets what was recorded before that, on the scale of Clock::wall().
  virtual Result<> trimAudit(const Context& context, Time before) = 0;
};

}  // namespace berth::store
