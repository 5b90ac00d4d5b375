/// @file
/// SealedStore: a store of which the database sees the Secrets encrypted only.
///
/// It stands between the store and everybody else, so that rows, log, history and
/// every dump hold ciphertext, and those who read get documents.  What cannot be
/// decrypted (altered, moved, of another version, its key gone) is neither left out
/// nor an end of the list that it is in: it is given as a stand-in, a Secret without
/// data whose `fault` says what is wrong, and which can be deleted.
///
/// Thread-safe.
#pragma once

#include "controller/store/sealer.hpp"
#include "controller/store/store.hpp"

namespace berth::store {

/// What is sealed; the databases have an index of just that.
inline constexpr const char* kSealedResource = "secrets";

class SealedStore final : public Store {
 public:
  /// Both must outlive it.
  SealedStore(Store& inner, const Sealer& sealer, std::string resource = kSealedResource)
      : inner_(inner), sealer_(sealer), resource_(std::move(resource)) {}

  /// As ever; but a Replace that names no revision may find a Conflict.
  Result<StoredObjectPtr> write(const Context& context, const Write& write) override;
  Result<StoredObjectPtr> get(
      const Context& context, const std::string& resource, const ObjectKey& key) override;
  Result<Page> list(const Context& context, const ListOptions& options) override;
  Result<Changes> changesSince(
      const Context& context, Revision revision, std::size_t limit) override;
  Result<Revision> compact(const Context& context, std::int64_t keep) override;

 private:
  Result<Write> sealed(const Context& context, const Write& write);
  [[nodiscard]] StoredObjectPtr opened(StoredObjectPtr object) const;

  Store& inner_;
  const Sealer& sealer_;
  const std::string resource_;
};

}  // namespace berth::store
