/// @file
/// ObjectService: the API without HTTP.  Every write of an object, whoever makes
/// it, goes through here.
///
///   - what is stored is valid, carries the server's metadata, and is canonical
///     bytes: the same object is the same bytes;
///   - a write that changes nothing makes no revision and no event;
///   - a read-modify-write loses no concurrent change: it is repeated, unless the
///     caller named the resourceVersion that he read;
///   - status is written by the status subresource only, everything else by the
///     main resource only;
///   - an object with finalizers is marked by a deletion and goes with the last;
///   - every write but a deletion is written down in managedFields.
///
/// Thread-safe.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "controller/api/admission.hpp"
#include "controller/api/registry.hpp"
#include "controller/runtime/watch_hub.hpp"
#include "controller/store/store.hpp"
#include "core/base/random.hpp"

namespace berth::api {

enum class Propagation { Background, Foreground, Orphan };

/// Whether the object may become `wanted`; `stored` is nullptr for a new one.
using Permit = std::function<Result<>(const Json* stored, const Json& wanted)>;

struct WriteOptions {
  std::string actor = "system:berth";
  Json request = nullptr;  // requestRecord() of audit.hpp, when there is one
  bool dryRun = false;
  FieldPolicy fields = {};
  /// Whose the written fields are, in managedFields.
  std::string manager = "berth-controller";
  /// The document comes with its managedFields, worked out: an apply.
  bool bringsOwners = false;
  /// Asked about the admitted object before it is written, when given.
  Permit permit = {};
};

struct DeleteOptions {
  std::string actor = "system:berth";
  Json request = nullptr;  // requestRecord() of audit.hpp, when there is one
  bool dryRun = false;
  std::optional<Propagation> propagation = std::nullopt;
  Uid uid = {};                      // the life that is meant, when not empty
  std::string resourceVersion = {};  // the state that is meant, when not empty
};

/// What a write did.
struct Outcome {
  store::StoredObjectPtr object;  // as it is now; its last state when gone
  bool created = false;
  bool gone = false;
  std::vector<std::string> warnings = {};
};

/// From the object as it is stored to the one that is wanted.  May be called
/// several times.
using Mutation = std::function<Result<Json>(const Json& stored)>;

/// A configuration for server-side apply; `force` takes fields that others own.
struct Configuration {
  Json document;
  bool force = false;
};

/// What a write is aimed at.
struct WriteTarget {
  const ServedKind& kind;
  ObjectKey key;
  Part part = Part::Main;
};

class ObjectService {
 public:
  struct Dependencies {
    store::Store& store;
    runtime::WatchHub& hub;
    const Clock& clock;
    Random& random;
    /// Whether nothing else writes to the store: the watch hub is then known to be
    /// current without asking the store.
    bool soleWriter = true;
  };
  explicit ObjectService(Dependencies dependencies) : deps_(dependencies) {}

  /// AlreadyExists; NotFound when the namespace is missing, Forbidden while it is
  /// being deleted.
  Result<Outcome> create(
      const Context& context,
      const ServedKind& kind,
      const std::string& namespaceName,
      Json document,
      const WriteOptions& options);
  Result<Outcome> modify(
      const Context& context,
      const WriteTarget& target,
      const Mutation& mutation,
      const WriteOptions& options);
  /// Server-side apply: makes the object when there is none.  Conflict, naming every
  /// field and its owner.
  Result<Outcome> apply(
      const Context& context,
      const WriteTarget& target,
      const Configuration& configuration,
      const WriteOptions& options);
  /// Twice is as good as once, while a finalizer holds the object.
  Result<Outcome> remove(
      const Context& context,
      const ServedKind& kind,
      const ObjectKey& key,
      const DeleteOptions& options);

  /// The object as committed now; NotFound.
  Result<store::StoredObjectPtr> read(
      const Context& context, const ServedKind& kind, const ObjectKey& key);
  /// Waits until the watch hub shows every write that was acknowledged before.
  Result<> catchUp(const Context& context);

 private:
  struct Base {
    store::StoredObjectPtr object;  // nullptr: there is none
    bool certain = false;           // surely the newest
  };
  struct Attempt {
    Outcome outcome;
    bool committed = false;  // something was written: its base was current
    bool raced = false;      // nothing was written: its base was not current
  };

  Result<Base> load(
      const Context& context, const std::string& resource, const ObjectKey& key, bool fresh);
  Result<Outcome> repeat(
      const Context& context,
      const ServedKind& kind,
      const ObjectKey& key,
      const std::function<Result<Attempt>(const store::StoredObject& base)>& attempt);
  Result<Attempt> attemptModify(
      const Context& context,
      const WriteTarget& target,
      const Mutation& mutation,
      const WriteOptions& options,
      const store::StoredObject& base);
  Result<Attempt> attemptRemove(
      const Context& context,
      const ServedKind& kind,
      const DeleteOptions& options,
      const store::StoredObject& base);
  Result<> checkNamespace(const Context& context, const ServedKind& kind, const Json& document);
  Result<store::StoredObjectPtr> commit(const Context& context, store::Write write);

  Dependencies deps_;
  std::atomic<store::Revision> written_{0};
};

}  // namespace berth::api
