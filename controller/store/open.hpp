/// @file
/// openStore: the store that a URL names.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "controller/store/audit_log.hpp"
#include "controller/store/raw_rows.hpp"
#include "controller/store/store.hpp"
#include "core/base/random.hpp"

namespace berth::store {

struct OpenedStore {
  std::unique_ptr<Store> store;
  Leases* leases = nullptr;   // the same object
  RawRows* rows = nullptr;    // likewise; nullptr for memory:
  AuditLog* audit = nullptr;  // likewise
  bool shared = false;        // other processes may use it at the same time
};

/// `sqlite:PATH`, `postgresql://...` (as libpq has it), or, for tests, `memory:`.
/// `onCommit` is called after this process has committed something, from any
/// thread, and must not block.  Invalid when it is none of these.
Result<OpenedStore> openStore(
    const std::string& url,
    const Clock& clock,
    Random& random,
    std::function<void()> onCommit = {});

/// The same beside a process that has it: what it gives writes nothing to an embedded
/// store.
Result<OpenedStore> openStoreToRead(const std::string& url, const Clock& clock, Random& random);

}  // namespace berth::store
