#include "controller/store/memory_store.hpp"

#include <algorithm>

namespace berth::store {
namespace {

std::string withoutDigits(const StoredObject& object, std::size_t revisionAt) {
  std::string bytes = object.bytes;
  return bytes.erase(revisionAt, std::to_string(object.revision).size());
}

std::int64_t millisOf(Time time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

}  // namespace

std::optional<Error> MemoryStore::State::takeFailure() {
  if (failures.empty()) return std::nullopt;
  Error error = std::move(failures.front());
  failures.pop_front();
  return error;
}

bool MemoryStore::State::isFenced(const Epoch& epoch) const {
  if (epoch.lease.empty()) return false;
  const auto found = leases.find(epoch.lease);
  return found == leases.end() || found->second.token != epoch.token;
}

std::optional<Error> MemoryStore::State::claimRefusal(
    const Write& write, const Place& place) const {
  if (write.operation == Operation::Delete) return std::nullopt;
  for (const auto& claim : write.claims) {
    const auto taken = claims.find(claim);
    if (taken != claims.end() && taken->second != place)
      return claimTaken(claim, taken->second.first, taken->second.second);
  }
  return std::nullopt;
}

void MemoryStore::State::put(const Place& place, std::optional<Entry> entry) {
  if (const auto old = entries.find(place); old != entries.end()) {
    for (const auto& claim : old->second.claims) claims.erase(claim);
    entries.erase(old);
  }
  if (!entry) return;
  for (const auto& claim : entry->claims) claims[claim] = place;
  entries[place] = *std::move(entry);
}

Result<StoredObjectPtr> MemoryStore::State::apply(const Write& write) {
  const Place place{write.resource, write.key};
  const auto found = entries.find(place);
  std::optional<Entry> previous;
  std::optional<Present> present;
  if (found != entries.end()) {
    previous = found->second;
    present = Present{previous->object->uid, previous->object->revision};
  }
  if (auto error = refusal(write, present)) return *std::move(error);
  if (auto error = claimRefusal(write, place)) return *std::move(error);

  const bool removing = write.operation == Operation::Delete;
  const Revision revision = ++head;
  Revision base = previous ? previous->object->revision : 0;
  if (removing) base = previous->object->base;
  const Body body =
      removing ? Body{withoutDigits(*previous->object, previous->revisionAt), previous->revisionAt}
               : write.body;
  const auto object = std::make_shared<const StoredObject>(StoredObject{
      write.resource,
      write.key,
      previous ? previous->object->uid : write.uid,
      previous ? previous->object->createRevision : revision,
      revision,
      spliced(body.bytes, body.revisionAt, revision),
      base});

  auto type = previous ? ChangeType::Modified : ChangeType::Added;
  if (removing) type = ChangeType::Deleted;
  log.push_back({type, object, std::move(previous)});
  put(place, removing ? std::nullopt : std::optional(Entry{object, body.revisionAt, write.claims}));
  return object;
}

MemoryStore::Entries MemoryStore::State::entriesAt(Revision revision) const {
  Entries past = entries;
  for (auto record = log.rbegin(); record != log.rend(); ++record) {
    if (record->object->revision <= revision) break;
    const Place place{record->object->resource, record->object->key};
    if (record->previous) {
      past[place] = *record->previous;
    } else {
      past.erase(place);
    }
  }
  return past;
}

Result<Page> MemoryStore::State::list(const ListOptions& options) const {
  BERTH_CHECK(checkList(options));
  const Revision at = options.at.value_or(readHead());
  if (at > head) return ahead(Reason::Invalid, at, head);
  if (at < edge) return compacted(at, edge);

  Page page{.revision = at};
  const Entries past = at == head ? Entries{} : entriesAt(at);
  for (const auto& [place, entry] : at == head ? entries : past) {
    const auto& [resource, key] = place;
    if (!options.resource.empty() && resource != options.resource) continue;
    if (options.after && key <= *options.after) continue;
    if (options.limit > 0 && page.objects.size() == options.limit) {
      page.more = true;
      break;
    }
    page.objects.push_back(entry.object);
  }
  return page;
}

Result<StoredObjectPtr> MemoryStore::writeTo(
    State& state, const Context& context, const Write& write) const {
  if (auto error = state.takeFailure()) return *std::move(error);
  BERTH_CHECK(checkWrite(write));
  const bool remembered = !write.requestId.empty();
  if (remembered) {
    if (const auto found = state.requests.find(write.requestId); found != state.requests.end())
      return found->second.result;
  }
  if (state.isFenced(context.epoch)) return fenced(context.epoch);
  if (write.operation == Operation::Audit) {
    keepAudit(state, 0, write);
    return StoredObjectPtr();
  }

  const Revision before = state.head;
  auto result = state.apply(write);
  if (result) keepAudit(state, (*result)->revision, write);
  if (remembered) state.requests.insert_or_assign(write.requestId, Request{clock_.wall(), result});
  if (state.head != before && std::exchange(state.loseAnswer, false))
    return Error{Reason::Timeout, "the answer was lost"};
  return result;
}

Result<StoredObjectPtr> MemoryStore::write(const Context& context, const Write& write) {
  bool committed = false;
  auto result = state_.with([&](State& state) {
    const Revision before = state.head;
    auto outcome = writeTo(state, context, write);
    committed = state.head != before;
    return outcome;
  });
  if (committed && onCommit_) onCommit_();
  return result;
}

Result<StoredObjectPtr> MemoryStore::get(
    const Context&, const std::string& resource, const ObjectKey& key) {
  return state_.with([&](State& state) -> Result<StoredObjectPtr> {
    if (auto error = state.takeFailure()) return *std::move(error);
    const auto& shown = state.staleAt ? state.entriesAt(*state.staleAt) : state.entries;
    const auto found = shown.find({resource, key});
    return found == shown.end() ? nullptr : found->second.object;
  });
}

Result<Page> MemoryStore::list(const Context&, const ListOptions& options) {
  return state_.with([&](State& state) -> Result<Page> {
    if (auto error = state.takeFailure()) return *std::move(error);
    return state.list(options);
  });
}

Result<Changes> MemoryStore::changesSince(const Context&, Revision revision, std::size_t limit) {
  return state_.with([&](State& state) -> Result<Changes> {
    if (auto error = state.takeFailure()) return *std::move(error);
    if (revision < state.edge) return compacted(revision, state.edge);
    if (revision > state.head) return ahead(Reason::Expired, revision, state.head);

    Changes changes{.head = state.readHead()};
    for (auto at = std::size_t(revision - state.edge); at < state.log.size(); ++at) {
      const auto& record = state.log[at];
      const bool full = limit > 0 && changes.changes.size() == limit;
      if (full || record.object->revision > changes.head) break;
      changes.changes.push_back({record.type, record.object});
    }
    return changes;
  });
}

Result<Revision> MemoryStore::compact(const Context&, std::int64_t keep) {
  return state_.with([&](State& state) -> Result<Revision> {
    if (auto error = state.takeFailure()) return *std::move(error);
    state.edge = std::max(state.edge, state.head - std::max<std::int64_t>(keep, 0));
    while (!state.log.empty() && state.log.front().object->revision <= state.edge)
      state.log.pop_front();
    const Time old = clock_.wall() - kRequestMemory;
    std::erase_if(state.requests, [&](const auto& entry) { return entry.second.at < old; });
    return state.edge;
  });
}

Result<LeaseState> MemoryStore::tryLease(
    const Context&, const std::string& name, const std::string& holder, Duration ttl) {
  return state_.with([&](State& state) -> Result<LeaseState> {
    if (auto error = state.takeFailure()) return *std::move(error);
    auto& lease = state.leases[name];
    const Time now = clock_.now();
    const bool live = lease.token > 0 && lease.expires > now;
    if (live && lease.holder == holder) {
      ++lease.renewals;
      lease.expires = now + ttl;
    } else if (!live) {
      lease = {holder, lease.token + 1, 0, now + ttl};
    }
    return LeaseState{
        lease.holder == holder,
        lease.token,
        lease.renewals,
        std::max(lease.expires - now, Duration::zero())};
  });
}

Result<> MemoryStore::release(const Context&, const std::string& name, const std::string& holder) {
  return state_.with([&](State& state) -> Result<> {
    if (auto error = state.takeFailure()) return *std::move(error);
    const auto found = state.leases.find(name);
    if (found != state.leases.end() && found->second.holder == holder)
      found->second.expires = std::min(found->second.expires, clock_.now());
    return Ok{};
  });
}

AuditMark MemoryStore::State::auditHead() const {
  return audit.empty() ? auditCut : AuditMark{audit.back().seq, audit.back().hash};
}

void MemoryStore::keepAudit(State& state, Revision revision, const Write& write) const {
  if (write.audit.empty()) return;
  const auto last = state.auditHead();
  AuditEntry entry{last.seq + 1, millisOf(clock_.wall()), revision, write.audit, {}};
  entry.hash = auditHash(last.hash, entry);
  state.audit.push_back(std::move(entry));
}

Result<AuditPage> MemoryStore::readAudit(const Context&, std::int64_t seq, std::size_t limit) {
  return state_.with([&](State& state) -> Result<AuditPage> {
    if (auto error = state.takeFailure()) return *std::move(error);
    AuditPage page{state.auditCut, state.auditHead(), {}};
    for (const auto& entry : state.audit)
      if (entry.seq > seq && page.entries.size() < limit) page.entries.push_back(entry);
    return page;
  });
}

Result<> MemoryStore::trimAudit(const Context&, Time before) {
  return state_.with([&](State& state) -> Result<> {
    if (auto error = state.takeFailure()) return *std::move(error);
    const auto old = millisOf(before);
    while (!state.audit.empty() && state.audit.front().at < old) {
      state.auditCut = {state.audit.front().seq, state.audit.front().hash};
      state.audit.pop_front();
    }
    return Ok{};
  });
}

void MemoryStore::failNext(Error error) {
  state_.with([&](State& state) { state.failures.push_back(std::move(error)); });
}

void MemoryStore::loseNextAnswer() {
  state_.with([](State& state) { state.loseAnswer = true; });
}

void MemoryStore::readStale(std::optional<Revision> revision) {
  state_.with([&](State& state) { state.staleAt = revision; });
}

void MemoryStore::restoreTo(Revision revision) {
  state_.with([&](State& state) {
    BERTH_ASSERT(revision >= state.edge && revision <= state.head);
    auto entries = state.entriesAt(revision);
    state.entries.clear();
    state.claims.clear();
    for (auto& [place, entry] : entries) state.put(place, std::move(entry));
    state.head = state.edge = nextIncarnation(state.head);
    state.log.clear();
    state.requests.clear();
  });
}

}  // namespace berth::store
