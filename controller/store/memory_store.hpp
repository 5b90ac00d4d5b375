/// @file
/// MemoryStore: the store of tests and of the simulator, and the model that the
/// others are compared with.
///
/// It keeps every promise of store.hpp but durability, takes time from the Clock
/// only, and does nothing by itself, so that the same calls give the same history.
/// Faults are arranged beforehand: failNext(), loseNextAnswer(), readStale(),
/// restoreTo().
///
/// Thread-safe.
#pragma once

#include <deque>
#include <functional>
#include <map>

#include "controller/store/audit_log.hpp"
#include "controller/store/rules.hpp"
#include "controller/store/store.hpp"
#include "core/base/guarded.hpp"

namespace berth::store {

class MemoryStore final : public Store, public Leases, public AuditLog {
 public:
  explicit MemoryStore(const Clock& clock, std::function<void()> onCommit = {})
      : clock_(clock), onCommit_(std::move(onCommit)) {}

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

  /// The next call, whatever it is, fails with this, once, and does nothing.
  /// Called again: the one after it too.
  void failNext(Error error);
  /// The next write takes place, and its caller is told Timeout.
  void loseNextAnswer();
  /// Reads answer as of `revision` until told otherwise; nullopt: the newest.
  void readStale(std::optional<Revision> revision);
  /// As if a backup of that revision had been put back: what came after is gone,
  /// and a new incarnation begins.
  void restoreTo(Revision revision);

 private:
  struct Entry {
    StoredObjectPtr object;
    std::size_t revisionAt = 0;
    std::vector<std::string> claims;
  };
  struct Record {
    ChangeType type;
    StoredObjectPtr object;
    std::optional<Entry> previous;
  };
  struct Request {
    Time at;
    Result<StoredObjectPtr> result;
  };
  struct Lease {
    std::string holder;
    std::int64_t token = 0;
    std::int64_t renewals = 0;
    Time expires{};
  };
  using Place = std::pair<std::string, ObjectKey>;
  using Entries = std::map<Place, Entry>;
  struct State {
    Revision head = kFirstRevision;
    Revision edge = kFirstRevision;
    Entries entries;
    std::map<std::string, Place> claims;
    std::deque<Record> log;  // (edge, head]
    std::map<std::string, Request> requests;
    std::map<std::string, Lease> leases;
    std::deque<Error> failures;
    AuditMark auditCut;
    std::deque<AuditEntry> audit;  // after the cut
    bool loseAnswer = false;
    std::optional<Revision> staleAt;

    std::optional<Error> takeFailure();
    [[nodiscard]] AuditMark auditHead() const;
    bool isFenced(const Epoch& epoch) const;
    Result<StoredObjectPtr> apply(const Write& write);
    std::optional<Error> claimRefusal(const Write& write, const Place& place) const;
    void put(const Place& place, std::optional<Entry> entry);
    Entries entriesAt(Revision revision) const;
    Result<Page> list(const ListOptions& options) const;
    Revision readHead() const { return staleAt.value_or(head); }
  };

  Result<StoredObjectPtr> writeTo(State& state, const Context& context, const Write& write) const;
  void keepAudit(State& state, Revision revision, const Write& write) const;

  const Clock& clock_;
  std::function<void()> onCommit_;
  Guarded<State> state_;
};

}  // namespace berth::store
