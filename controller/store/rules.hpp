/// @file
/// The rules of a write that every store has in common, and their words.
///
/// The messages are those of the Kubernetes API server, because they reach users
/// as they are.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "controller/store/store.hpp"

namespace berth::store {

constexpr int kIncarnationShift = 40;
/// The revision of a store that has never been written to.
constexpr Revision kFirstRevision = Revision{1} << kIncarnationShift;
/// Requests are answered from memory for this long.
constexpr Duration kRequestMemory = std::chrono::hours(1);

/// The revision that the next incarnation starts from.
constexpr Revision nextIncarnation(Revision head) {
  return ((head >> kIncarnationShift) + 1) << kIncarnationShift;
}

/// What a write is checked against: the object's life and last revision.
struct Present {
  std::string_view uid;
  Revision revision = 0;
};

/// AlreadyExists, NotFound or Conflict, when the write does not fit what is there.
std::optional<Error> refusal(const Write& write, const std::optional<Present>& present);

/// Invalid when the write itself makes no sense (revisionAt outside of
/// the bytes, a zero byte).
Result<> checkWrite(const Write& write);

/// Invalid when a page of all kinds together is asked for.
Result<> checkList(const Store::ListOptions& options);

Error alreadyExists(const Write& write);
Error notFound(const Write& write);
Error conflict(const Write& write);
Error uidConflict(const Write& write, std::string_view uid);
Error claimTaken(std::string_view claim, std::string_view holderResource, const ObjectKey& holder);
Error fenced(const Epoch& epoch);
Error compacted(Revision revision, Revision edge);
Error ahead(Reason reason, Revision revision, Revision head);

/// The document with the digits of `revision` in their place.
std::string spliced(std::string_view bytes, std::size_t revisionAt, Revision revision);

}  // namespace berth::store
