#include "controller/api/audit.hpp"

#include "core/crypto/digest.hpp"

namespace berth::api {
namespace {

constexpr unsigned kEach = 60;
constexpr unsigned kAll = 600;
constexpr Duration kMinute = std::chrono::minutes(1);
constexpr Duration kPatience = std::chrono::seconds(2);
// A name is at most this long; whoever asks for more is not quoted in full.
constexpr std::size_t kMaxText = 253;

/// RFC 7386: what makes `to` of `from`.
Json mergePatch(const Json& from, const Json& to) {
  if (!from.is_object() || !to.is_object()) return to;
  Json patch = Json::object();
  for (auto member = from.begin(); member != from.end(); ++member)
    if (!to.contains(member.key())) patch[member.key()] = nullptr;
  for (auto member = to.begin(); member != to.end(); ++member) {
    const auto old = from.find(member.key());
    if (old == from.end()) {
      patch[member.key()] = *member;
    } else if (*old != *member) {
      patch[member.key()] = mergePatch(*old, *member);
    }
  }
  return patch;
}

/// Without a Secret's values, of which a digest of something short would be a hint.
void dropValues(Json& secret) {
  for (const char* part : {"data", "stringData"}) {
    const auto values = secret.find(part);
    if (values == secret.end() || !values->is_object()) continue;
    for (auto& value : *values) value = value.is_null() ? Json() : Json("");
  }
  const auto metadata = secret.find("metadata");
  if (metadata == secret.end() || !metadata->is_object()) return;
  const auto annotations = metadata->find("annotations");
  if (annotations != metadata->end() && annotations->is_object())
    annotations->erase("kubectl.kubernetes.io/last-applied-configuration");
}

std::string digestOf(const AuditedChange& change) {
  const bool secret = change.write.resource == "secrets";
  if (change.before == nullptr && !secret) return sha256Hex(change.write.body.bytes);
  Json difference = change.before == nullptr  ? *change.after
                    : change.after == nullptr ? *change.before
                                              : mergePatch(*change.before, *change.after);
  if (secret) dropValues(difference);
  return sha256Hex(dumpJson(difference));
}

const char* verbOf(store::Operation operation) {
  switch (operation) {
    case store::Operation::Create:
      return "create";
    case store::Operation::Replace:
      return "update";
    case store::Operation::Delete:
      return "delete";
    case store::Operation::Audit:
      break;
  }
  return "";
}

bool isWrite(const RequestInfo& info) {
  return info.verb == "create" || info.verb == "update" || info.verb == "patch" ||
         info.verb == "delete" || info.verb == "deletecollection";
}

bool hasCredential(const http::Request& request) {
  return request.headers.has("Authorization") || !request.peerCommonName.empty();
}

/// Denied: whatever it was, unless nobody in particular has asked to read something.
/// Failed: only what would have changed something.
bool wantsRecord(
    const http::Request& request, const RequestInfo& info, const Passage& passage, int status) {
  if (status < 400) return false;
  if (passage.admitted) return isWrite(info) && !info.isDryRun;
  return hasCredential(request) || isWrite(info);
}

void set(Json& record, const char* name, const std::string& value) {
  if (!value.empty()) record[name] = value.substr(0, kMaxText);
}

}  // namespace

Json requestRecord(const http::Request& request, const RequestInfo& info, const Asker& asker) {
  const auto& [user, caller, id] = asker;
  Json record{{"user", user.name}, {"groups", user.groups}, {"request", id}};
  if (caller.name != user.name) record["impersonator"] = caller.name;
  record["verb"] = info.verb;
  set(record, "address", request.remoteAddress);
  set(record, "subresource", info.subresource);
  return record;
}

std::string changeRecord(const AuditedChange& change) {
  const auto& write = change.write;
  Json record = change.request;
  if (record.is_null()) record = {{"user", write.actor}, {"verb", verbOf(write.operation)}};
  record["decision"] = "allow";
  record["diff"] = digestOf(change);
  record["resource"] = write.resource;
  record["name"] = write.key.name;
  record["uid"] = write.uid;
  if (!write.key.namespaceName.empty()) record["namespace"] = write.key.namespaceName;
  return dumpJson(record);
}

void AuditTrail::observe(
    const http::Request& request, const RequestInfo& info, const Passage& passage, int status) {
  if (!wantsRecord(request, info, passage, status)) return;
  if (!hasRoomFor(passage.known ? passage.user.name : request.remoteAddress)) return;
  Json record = requestRecord(request, info, {passage.user, passage.caller, passage.id});
  record["decision"] = passage.admitted ? "allow" : "deny";
  record["code"] = status;
  if (info.isResource) {
    set(record, "resource", ResourceType{info.group, {}, {}, info.plural}.resource());
    set(record, "namespace", info.namespaceName);
    set(record, "name", info.name);
  } else {
    set(record, "path", info.path);
  }
  keep({.deadline = clock_.now() + kPatience}, record);
}

bool AuditTrail::hasRoomFor(const std::string& who) {
  return minute_.with([&](Minute& minute) {
    const bool room = minute.all < kAll && minute.kept[who] < kEach;
    if (room) {
      ++minute.all;
      ++minute.kept[who];
    } else {
      ++minute.dropped;
    }
    return room;
  });
}

Time AuditTrail::turn(const Context& context, Time now) {
  const auto ended = minute_.with([](Minute& minute) { return std::exchange(minute, {}); });
  if (ended.dropped > 0) keep(context, {{"decision", "deny"}, {"more", ended.dropped}});
  return now + kMinute;
}

void AuditTrail::keep(const Context& context, const Json& record) {
  const auto kept =
      store_.write(context, {.operation = store::Operation::Audit, .audit = dumpJson(record)});
  if (!kept) log_.error("a refusal left no audit record", {{"error", kept.error()}});
}

}  // namespace berth::api
