#include "tests/integration/store/history.hpp"

#include <set>

#include "controller/store/rules.hpp"

namespace berth::store {
namespace {

constexpr int kTurns = 3;

std::string tokenOf(const StoredObject& object) {
  const auto from = object.bytes.find("<");
  const auto to = object.bytes.find(">");
  return object.bytes.substr(from + 1, to - from - 1);
}

std::string faultOfChange(const Change& change, Revision wanted, const Acknowledged& acknowledged) {
  const auto& object = *change.object;
  const std::string at = "revision " + std::to_string(wanted) + ": ";
  if (object.revision != wanted) return at + "found " + std::to_string(object.revision);
  const auto known = acknowledged.find(wanted);
  if (known == acknowledged.end() || change.type == ChangeType::Deleted) return {};
  if (known->second != tokenOf(object))
    return at + "acknowledged " + known->second + ", found " + tokenOf(object);
  return {};
}

}  // namespace

NumberedWrite numberedWrite(const std::string& writer, int number) {
  NumberedWrite numbered;
  numbered.token = writer + "/" + std::to_string(number);
  auto& write = numbered.write;
  write.operation = Operation(number % kTurns);
  write.resource = "clientdeployments.berth.dev";
  write.key = {"acme", writer + "-" + std::to_string(number / kTurns)};
  write.body = {
      R"({"v":"","token":"<)" + numbered.token + R"(>","fill":")" + std::string(1500, 'x') +
          R"("})",
      6};
  if (write.operation == Operation::Create) write.uid = "uid-of-" + write.key.name;
  write.requestId = "request-" + numbered.token;
  write.actor = writer;
  write.audit = R"({"token":")" + numbered.token + R"("})";
  return numbered;
}

std::string faultOf(Store& store, const Acknowledged& acknowledged) {
  Revision position = kFirstRevision;
  std::set<std::string> tokens;
  while (true) {
    const auto changes = store.changesSince({}, position, 1000);
    if (!changes) return "changes: " + changes.error().message;
    for (const auto& change : changes->changes) {
      if (auto fault = faultOfChange(change, ++position, acknowledged); !fault.empty())
        return fault;
      if (change.type != ChangeType::Deleted && !tokens.insert(tokenOf(*change.object)).second)
        return "twice: " + tokenOf(*change.object);
    }
    if (changes->changes.empty()) break;
  }
  if (!acknowledged.empty() && acknowledged.rbegin()->first > position)
    return "lost: revision " + std::to_string(acknowledged.rbegin()->first);
  return {};
}

std::string faultOfAudit(Store& store, AuditLog& log) {
  const auto changes = store.changesSince({}, kFirstRevision, 1);
  if (!changes) return "changes: " + changes.error().message;
  Revision position = kFirstRevision;
  std::string fault;
  const auto sound = verifyAudit([&](std::int64_t after) {
    auto page = log.readAudit({}, after, 1000);
    if (!page) return page;
    for (const auto& entry : page->entries)
      if (entry.revision != ++position && fault.empty())
        fault = "record " + std::to_string(entry.seq) + " is of revision " +
                std::to_string(entry.revision) + ", not " + std::to_string(position);
    return page;
  });
  if (!sound) return "audit: " + sound.error().message;
  if (fault.empty() && position != changes->head)
    return "the audit log ends at revision " + std::to_string(position) + ", the store at " +
           std::to_string(changes->head);
  return fault;
}

}  // namespace berth::store
