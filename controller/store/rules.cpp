#include "controller/store/rules.hpp"

namespace berth::store {
namespace {

std::string quoted(const Write& write) { return write.resource + " \"" + write.key.name + "\""; }

Error cannotBeFulfilled(const Write& write, std::string why) {
  return {
      Reason::Conflict,
      "Operation cannot be fulfilled on " + quoted(write) + ": " + std::move(why)};
}

}  // namespace

std::optional<Error> refusal(const Write& write, const std::optional<Present>& present) {
  if (write.operation == Operation::Create) {
    if (present) return alreadyExists(write);
    return std::nullopt;
  }
  if (!present) return notFound(write);
  if (!write.uid.empty() && write.uid != present->uid) return uidConflict(write, present->uid);
  if (write.expected && *write.expected != present->revision) return conflict(write);
  return std::nullopt;
}

Result<> checkWrite(const Write& write) {
  if (write.operation == Operation::Delete || write.operation == Operation::Audit) return Ok{};
  if (write.body.revisionAt > write.body.bytes.size())
    return Error{Reason::Invalid, quoted(write) + ": the revision's place is outside of the bytes"};
  if (write.body.bytes.find('\0') != std::string::npos)
    return Error{Reason::Invalid, quoted(write) + ": a zero byte"};
  return Ok{};
}

Result<> checkList(const Store::ListOptions& options) {
  if (options.resource.empty() && (options.limit > 0 || options.after))
    return Error{Reason::Invalid, "a list of all kinds has no pages"};
  return Ok{};
}

Error alreadyExists(const Write& write) {
  return {Reason::AlreadyExists, quoted(write) + " already exists"};
}

Error notFound(const Write& write) { return {Reason::NotFound, quoted(write) + " not found"}; }

Error conflict(const Write& write) {
  return cannotBeFulfilled(
      write,
      "the object has been modified; please apply your changes to the latest version and try "
      "again");
}

Error uidConflict(const Write& write, std::string_view uid) {
  return cannotBeFulfilled(
      write,
      "Precondition failed: UID in precondition: " + write.uid +
          ", UID in object meta: " + std::string(uid));
}

Error claimTaken(std::string_view claim, std::string_view holderResource, const ObjectKey& holder) {
  return {
      Reason::Invalid,
      std::string(claim) + " is taken by " + std::string(holderResource) + " " + holder.text()};
}

Error fenced(const Epoch& epoch) {
  return {
      Reason::Forbidden,
      "token " + std::to_string(epoch.token) + " of lease " + epoch.lease +
          " is not the newest: somebody else leads"};
}

Error compacted(Revision revision, Revision edge) {
  return {
      Reason::Expired,
      "too old resource version: " + std::to_string(revision) + " (" + std::to_string(edge) + ")"};
}

Error ahead(Reason reason, Revision revision, Revision head) {
  return {
      reason,
      "Too large resource version: " + std::to_string(revision) +
          ", current: " + std::to_string(head)};
}

std::string spliced(std::string_view bytes, std::size_t revisionAt, Revision revision) {
  const std::string digits = std::to_string(revision);
  std::string whole;
  whole.reserve(bytes.size() + digits.size());
  whole.append(bytes.substr(0, revisionAt)).append(digits).append(bytes.substr(revisionAt));
  return whole;
}

}  // namespace berth::store
