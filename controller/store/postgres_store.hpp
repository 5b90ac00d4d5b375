/// @file
/// PostgresStore: the store that several processes share, in schema `berth` of a
/// PostgreSQL database, directly or through a pooler in transaction mode.
///
/// One row counts revisions and is locked to each commit, so that revision order is
/// commit order; one thread sends waiting writes as a group, which makes up for
/// that.  A write whose outcome is unknown is sent again under its request id for
/// 10 s.  Reconnects by itself; ServiceUnavailable while the database is away.  A
/// promoted or restored database is a new incarnation.
///
/// Thread-safe.
#pragma once

#include <functional>

#include "controller/store/audit_log.hpp"
#include "controller/store/raw_rows.hpp"
#include "controller/store/store.hpp"
#include "core/base/random.hpp"

namespace berth::store {

class PostgresStore final : public Store, public Leases, public AuditLog, public RawRows {
 public:
  struct Options {
    std::string url;                      // may hold a password: never printed
    std::function<void()> onCommit = {};  // after each group of this process
  };

  /// Makes or upgrades the schema.
  static Result<std::unique_ptr<PostgresStore>> open(
      Options options, const Clock& clock, Random& random);
  ~PostgresStore() override;

  Result<StoredObjectPtr> write(const Context& context, const Write& write) override;
  Result<StoredObjectPtr> get(
      const Context& context, const std::string& resource, const ObjectKey& key) override;
  Result<Page> list(const Context& context, const ListOptions& options) override;
  Result<Changes> changesSince(
      const Context& context, Revision revision, std::size_t limit) override;
  Result<Revision> compact(const Context& context, std::int64_t keep) override;

  Result<LeaseState> tryLease(
      const Context& context,
      const std::string& name,
      const std::string& holder,
      Duration ttl) override;
  Result<> release(
      const Context& context, const std::string& name, const std::string& holder) override;

  Result<AuditPage> readAudit(const Context& context, std::int64_t seq, std::size_t limit) override;
  Result<> trimAudit(const Context& context, Time before) override;

  Result<SealingState> sealingState(const Context& context, const std::string& firstKey) override;
  Result<> setSealingKey(const Context& context, const std::string& key) override;
  Result<std::map<std::string, std::int64_t>> seals(const Context& context) override;
  Result<std::vector<RawRow>> rowsBut(
      const Context& context, Table table, const std::string& seal, Revision after) override;
  Result<> replaceTexts(const Context& context, Table table, std::span<const RawRow> rows) override;

 private:
  struct Impl;
  explicit PostgresStore(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace berth::store
