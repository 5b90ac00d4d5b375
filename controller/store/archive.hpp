/// @file
/// Archive: the whole state of a store as lines of text, the same for every store, so
/// that what was read from one can be put into another.
///
/// It is the state at one revision: objects (what is sealed stays so), claims, the
/// tokens of leases, the audit log; not the history.  A line is a JSON array, the first
/// element of which says what it is:
///
///     ["meta", head, id, sealing key, audit seq and hash, cut seq and hash]
///     ["object", resource, namespace, name, uid, created, revision, base, place, bytes]
///     ["claim", claim, resource, namespace, name]    ["lease", name, token]
///     ["audit", seq, at, revision, record, hash]
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "controller/store/store.hpp"

namespace berth::store {

/// Called with each line, without its end; an Error ends the reading.
using TakeLine = std::function<Result<>(std::string_view line)>;
/// The next line; nullopt behind the last.
using NextLine = std::function<Result<std::optional<std::string>>()>;

/// Beside whoever uses the store.
Result<> readArchive(const std::string& url, const TakeLine& take);

/// Replaces the state of the store, in one transaction: all of it or nothing, whatever
/// happens.  The store is then of a new incarnation, which is given.  Conflict when the
/// store has been written to and `replace` is false; ServiceUnavailable while a process
/// has the file of an embedded one.
struct WriteArchive {
  std::string url;
  bool replace = false;
};
Result<Revision> writeArchive(const WriteArchive& target, const NextLine& next);

}  // namespace berth::store
