#include "controller/store/postgres_writer.hpp"

#include <algorithm>

#include "controller/store/rules.hpp"
#include "core/json/json.hpp"

namespace berth::store {
namespace {

using postgres::Rows;

constexpr Duration kTryFor = std::chrono::seconds(10);
constexpr Duration kFirstPause = std::chrono::milliseconds(50);
constexpr Duration kLongestPause = std::chrono::seconds(1);
constexpr const char* kApply =
    "SELECT status, detail, revision, uid, created, place, bytes FROM berth.apply($1, $2)";

Json operationOf(const PendingWrite& pending, const std::string& requestId) {
  const auto& write = pending.write;
  Json expected;
  if (write.expected) expected = *write.expected;
  return {
      {"op", int(write.operation)},
      {"resource", write.resource},
      {"namespace", write.key.namespaceName},
      {"name", write.key.name},
      {"uid", write.uid},
      {"expected", std::move(expected)},
      {"place", write.body.revisionAt},
      {"claims", write.claims},
      {"actor", write.actor},
      {"request", requestId},
      {"lease", pending.epoch.lease},
      {"token", pending.epoch.token},
      {"audit", write.audit}};
}

Error errorOf(const PendingWrite& pending, std::string_view status, std::string_view detail) {
  const auto& write = pending.write;
  if (status == "exists") return alreadyExists(write);
  if (status == "absent") return notFound(write);
  if (status == "uid") return uidConflict(write, detail);
  if (status == "conflict") return conflict(write);
  if (status == "claim") return {Reason::Invalid, std::string(detail)};
  if (status == "fenced") return fenced(pending.epoch);
  return {Reason::InternalError, "the database answers " + std::string(status)};
}

Result<StoredObjectPtr> resultOf(const PendingWrite& pending, const Rows& rows, std::size_t row) {
  if (rows.text(row, 0) != "ok") return errorOf(pending, rows.text(row, 0), rows.text(row, 1));
  const auto& write = pending.write;
  if (write.operation == Operation::Audit) return StoredObjectPtr();
  const Revision revision = rows.integer(row, 2);
  // The bytes come back only when they are not those that were sent.
  const bool sent = rows.isNull(row, 6);
  const std::string_view bytes = sent ? write.body.bytes : rows.text(row, 6);
  const auto place = sent ? write.body.revisionAt : std::size_t(rows.integer(row, 5));
  return std::make_shared<const StoredObject>(StoredObject{
      write.resource,
      write.key,
      std::string(rows.text(row, 3)),
      rows.integer(row, 4),
      revision,
      spliced(bytes, place, revision)});
}

}  // namespace

Result<GroupCommitter::Results> PostgresWriter::commit(std::span<const PendingWritePtr> group) {
  auto rows = send(group);
  reachable_ = rows || !rows.error().isRetryable();
  if (!rows) return std::move(rows).error();
  if (rows->size() != group.size())
    return Error{
        Reason::InternalError, "the database answers " + std::to_string(rows->size()) + " writes"};
  GroupCommitter::Results results;
  for (std::size_t row = 0; row < group.size(); ++row)
    results.push_back(resultOf(*group[row], *rows, row));
  return results;
}

Result<Rows> PostgresWriter::send(std::span<const PendingWritePtr> group) {
  Json operations = Json::array();
  std::string bodies = "{}";
  for (const auto& pending : group) {
    const auto& requestId = pending->write.requestId;
    operations.push_back(operationOf(*pending, requestId.empty() ? makeUuid(random_) : requestId));
    postgres::appendElement(bodies, pending->write.body.bytes);
  }
  const std::string text = dumpJson(operations);

  const auto latest =
      std::ranges::max(group, {}, [](const auto& pending) { return pending->deadline; })->deadline;
  const Time until = std::min(latest, clock_.now() + (reachable_ ? kTryFor : Duration::zero()));
  bool unknown = false;
  for (Duration wait = kFirstPause;; wait = std::min(wait * 2, kLongestPause)) {
    auto rows = sessions_.query(kApply, {text, bodies});
    if (rows || !rows.error().isRetryable()) return rows;
    unknown = unknown || rows.error().reason == Reason::Timeout;
    if (clock_.now() + wait >= until || !pause(wait))
      return Error{unknown ? Reason::Timeout : Reason::ServiceUnavailable, rows.error().message};
  }
}

bool PostgresWriter::pause(Duration time) {
  std::unique_lock lock(mutex_);
  return !stopping_.wait_for(lock, time, [&] { return stopped_; });
}

void PostgresWriter::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  stopping_.notify_all();
}

}  // namespace berth::store
