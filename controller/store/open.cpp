#include "controller/store/open.hpp"

#include "controller/store/memory_store.hpp"
#include "controller/store/postgres_store.hpp"
#include "controller/store/sqlite_store.hpp"

namespace berth::store {
namespace {

constexpr std::string_view kSqlite = "sqlite:";

template <class T>
OpenedStore opened(std::unique_ptr<T> store, bool shared) {
  Leases* const leases = store.get();
  AuditLog* const audit = store.get();
  RawRows* rows = nullptr;
  if constexpr (std::is_base_of_v<RawRows, T>) rows = store.get();
  return {std::move(store), leases, rows, audit, shared};
}

}  // namespace

Result<OpenedStore> openStore(
    const std::string& url, const Clock& clock, Random& random, std::function<void()> onCommit) {
  if (url == "memory:") return opened(std::make_unique<MemoryStore>(clock, onCommit), false);
  if (url.starts_with(kSqlite)) {
    BERTH_TRY(
        auto store,
        SqliteStore::open(
            {.path = url.substr(kSqlite.size()), .onCommit = std::move(onCommit)}, clock, random));
    return opened(std::move(store), false);
  }
  if (url.starts_with("postgresql://") || url.starts_with("postgres://")) {
    BERTH_TRY(
        auto store,
        PostgresStore::open({.url = url, .onCommit = std::move(onCommit)}, clock, random));
    return opened(std::move(store), true);
  }
  return Error{Reason::Invalid, "a store is sqlite:PATH or postgresql://..."};
}

Result<OpenedStore> openStoreToRead(const std::string& url, const Clock& clock, Random& random) {
  if (!url.starts_with(kSqlite)) return openStore(url, clock, random);
  BERTH_TRY(
      auto store,
      SqliteStore::open({.path = url.substr(kSqlite.size()), .readOnly = true}, clock, random));
  return opened(std::move(store), false);
}

}  // namespace berth::store
