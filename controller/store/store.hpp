/// @file
/// Store: where every object lives.  Read this first.
///
/// Promises, each a test of tests/contract/store/, run on every
/// implementation:
///
///   - one counter of revisions for the whole store; commit order is revision
///     order, without gaps; a change and its log entry commit together;
///   - a write that was acknowledged survives kill -9 and loss of power;
///   - a write names what it expects (absent, or this revision and uid) and fails
///     with Conflict, AlreadyExists or NotFound otherwise, consuming no revision;
///   - a request id takes effect at most once: a second call with the same id
///     returns the first one's result;
///   - a claim ("domain/chat.example.org") belongs to at most one object; it is
///     taken and given up in the same transaction as the object's write;
///   - a write that carries an Epoch older than its lease's is Forbidden;
///   - changesSince() gives every change after a revision, once, in order, or
///     Expired when it lies behind the compaction edge, never a gap.
///
/// The number of a revision is (incarnation << 40) | counter: a restored or
/// promoted store starts a new incarnation, so that a revision never names two
/// different changes.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/context.hpp"
#include "core/base/result.hpp"
#include "core/object/meta.hpp"

namespace berth::store {

using Revision = std::int64_t;

/// An object as it is served: `bytes` is the whole JSON document, with
/// metadata.resourceVersion == revision.  `base` is the revision that this state
/// replaced, 0 for the first; answers of write() need not know it.  With a `fault`,
/// the document cannot be read for that reason, and `bytes` is a stand-in for it.
struct StoredObject {
  std::string resource;  // ResourceType::resource()
  ObjectKey key;
  Uid uid;
  Revision createRevision = 0;
  Revision revision = 0;
  std::string bytes;
  Revision base = 0;
  std::string fault = {};
};
using StoredObjectPtr = std::shared_ptr<const StoredObject>;

/// Audit changes nothing: it leaves its record only, and its result is nullptr.
enum class Operation { Create, Replace, Delete, Audit };

/// The document to keep, whose resourceVersion the store fills in: the digits of
/// the new revision are inserted at `revisionAt`, a byte offset into `bytes`
/// (between the quotes of "resourceVersion":"").
struct Body {
  std::string bytes;
  std::size_t revisionAt = 0;
};

/// One write.  `expected` is the revision that Replace and Delete insist on, when
/// given; `uid` is the life they insist on, when not empty (for Create: the new
/// object's).  `claims` is the complete list of the object after this write.
struct Write {
  Operation operation = Operation::Create;
  std::string resource;
  ObjectKey key;
  Uid uid;
  std::optional<Revision> expected;
  Body body;  // of Create and Replace
  std::vector<std::string> claims;
  std::string actor;       // who, for the log
  std::string requestId;   // a UUID; a repeated one is answered from memory (1 h)
  std::string audit = {};  // the record for the AuditLog; empty: none
};

enum class ChangeType { Added, Modified, Deleted };

/// One entry of the log.  For Deleted, `object` is the last state with the
/// revision (and resourceVersion) of the deletion.
struct Change {
  ChangeType type = ChangeType::Added;
  StoredObjectPtr object;
};

struct Changes {
  Revision head = 0;  // the store's newest revision when it was asked
  std::vector<Change> changes;
};

struct Page {
  Revision revision = 0;                 // of the snapshot that the page shows
  std::vector<StoredObjectPtr> objects;  // in the order of namespace, then name
  bool more = false;
};

class Store {
 public:
  virtual ~Store() = default;

  /// Commits, and returns the object as stored (for Delete: its last state at the
  /// deletion's revision).  Conflict, AlreadyExists, NotFound; Invalid with the
  /// claim's holder in the message when a claim is taken; Forbidden when fenced;
  /// Timeout when the outcome is unknown: call again with the same requestId.
  /// Concurrent calls are committed together.
  virtual Result<StoredObjectPtr> write(const Context& context, const Write& write) = 0;

  /// The newest committed state; nullptr when there is none.
  virtual Result<StoredObjectPtr> get(
      const Context& context, const std::string& resource, const ObjectKey& key) = 0;

  /// Objects of `resource` after key `after`, at most `limit` (0: all), from one
  /// consistent snapshot: the newest when `at` is absent, else that revision
  /// (Expired when compacted, Invalid when it lies in the future).  A resource of ""
  /// gives every kind, by resource first, and has no pages.
  struct ListOptions {
    std::string resource;
    std::optional<Revision> at;
    std::optional<ObjectKey> after;
    std::size_t limit = 0;
  };
  virtual Result<Page> list(const Context& context, const ListOptions& options) = 0;

  /// Changes of all kinds after `revision`, at most `limit` (0: all), in order.
  /// Expired when compacted, of another incarnation, or newer than the newest.
  virtual Result<Changes> changesSince(
      const Context& context, Revision revision, std::size_t limit) = 0;

  /// Forgets changes up to the newest minus `keep`; returns the new edge.
  virtual Result<Revision> compact(const Context& context, std::int64_t keep) = 0;
};

/// Who leads.  A holder is a UUID made fresh at each process start.
struct LeaseState {
  bool held = false;  // by the caller
  std::int64_t token = 0;
  std::int64_t renewals = 0;
  Duration left{};
};

class Leases {
 public:
  virtual ~Leases() = default;
  /// Takes it when it is free or expired (the token grows), renews it when it is
  /// the holder's own, and else tells who is ahead.
  virtual Result<LeaseState> tryLease(
      const Context& context, const std::string& name, const std::string& holder, Duration ttl) = 0;
  /// Gives it up, so that the next one need not wait.
  virtual Result<> release(
      const Context& context, const std::string& name, const std::string& holder) = 0;
};

}  // namespace berth::store
