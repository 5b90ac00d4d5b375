/// @file
/// SqliteStore: the embedded store, one file on a local disk.
///
/// Write-ahead log, synchronous=FULL: what was acknowledged survives loss of power.
/// One thread writes and commits waiting writes as a group; readers have their own
/// connections and never wait for it.  One process has the file at a time (PATH.lock);
/// a copy of the file is a new incarnation.  When the disk is full, writes are
/// ServiceUnavailable and reads go on.
///
/// Thread-safe.
#pragma once

#include <functional>

#include "controller/store/audit_log.hpp"
#include "controller/store/raw_rows.hpp"
#include "controller/store/store.hpp"
#include "core/base/random.hpp"

namespace berth::store {

class SqliteStore final : public Store, public Leases, public AuditLog, public RawRows {
 public:
  struct Options {
    std::string path;
    bool readOnly = false;  // beside the process that has the file; writes are Forbidden
    std::function<void()> onCommit = {};  // after each group, by the writer's thread
  };

  /// Makes or upgrades the file.  ServiceUnavailable when another process has it or
  /// a newer version made it; InternalError when it is damaged.
  static Result<std::unique_ptr<SqliteStore>> open(
      Options options, const Clock& clock, Random& random);
  ~SqliteStore() override;

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
  explicit SqliteStore(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace berth::store
