#include "controller/runtime/event_writer.hpp"

#include "core/json/json.hpp"
#include "core/object/core_kinds.hpp"

namespace berth::runtime {

namespace {

constexpr std::size_t kMostPending = 1'000;
constexpr Duration kWriteTimeout = std::chrono::seconds(5);
constexpr Duration kSweepEvery = std::chrono::minutes(5);
// A thousand deletions in one go would delay everybody's writes.
constexpr int kMostSweptAtOnce = 200;

/// Events of cluster-scoped objects live in this namespace.
const char* const kDefaultNamespace = "default";

std::string namespaceOf(const ObjectKey& key) {
  return key.namespaceName.empty() ? kDefaultNamespace : key.namespaceName;
}

std::optional<Time> lastSeen(const Json& event) {
  const auto last = parseRfc3339(stringAt(event, "lastTimestamp"));
  return last ? last : parseRfc3339(stringAt(event, "metadata.creationTimestamp"));
}

}  // namespace

EventWriter::EventWriter(ObjectClient& client, const Clock& clock, Options options)
    : client_(client), clock_(clock), options_(std::move(options)) {
  if (options_.metrics != nullptr)
    dropped_ = options_.metrics->counter(
        "berth_events_dropped_total", "Notes about objects that did not become Events.");
}

void EventWriter::record(const Context& context, EventNote note) {
  Pending pending{context.epoch, std::move(note), clock_.wall()};
  const bool kept = pending_.with([&](auto& queue) {
    if (queue.size() >= kMostPending) return false;
    queue.push_back(std::move(pending));
    return true;
  });
  if (!kept) return dropped_.increment();
  waker_();
}

Time EventWriter::turn(const Context& context, Time) {
  const auto notes = pending_.with([](auto& queue) { return std::exchange(queue, {}); });
  for (const auto& pending : notes) {
    if (context.stop.stop_requested()) return Time::max();
    Context call = context;
    call.epoch = pending.epoch;
    call.deadline = clock_.now() + kWriteTimeout;
    auto written = write(call, pending);
    if (!written && written.error().reason == Reason::Conflict) written = write(call, pending);
    if (!written) {
      dropped_.increment();
      options_.log.debug("event dropped", {{"error", written.error()}});
    }
  }
  return Time::max();
}

Result<> EventWriter::write(const Context& context, const Pending& pending) {
  const auto verdict = correlator_.judge(pending.note, clock_.now());
  if (!verdict) {
    dropped_.increment();
    return Ok{};
  }
  const ObjectKey key{namespaceOf(pending.note.key), verdict->name};
  auto stored = client_.get(context, kEventType, key);
  if (!stored && stored.error().reason != Reason::NotFound) return std::move(stored).error();
  if (!stored) {
    BERTH_CHECK(client_.create(context, kEventType, eventOf(pending, *verdict)));
    return Ok{};
  }
  Json event = *std::move(stored);
  event["count"] = integerAt(event, "count", 1) + 1;
  event["lastTimestamp"] = formatRfc3339(pending.at);
  event["message"] = verdict->message;
  BERTH_CHECK(client_.replace(context, kEventType, std::move(event)));
  return Ok{};
}

Json EventWriter::eventOf(const Pending& pending, const EventCorrelator::Verdict& verdict) const {
  const auto& note = pending.note;
  const std::string at = formatRfc3339(pending.at);
  Json event = {
      {"apiVersion", kEventType.apiVersion()},
      {"kind", kEventType.kind},
      {"metadata", {{"name", verdict.name}, {"namespace", namespaceOf(note.key)}}},
      {"involvedObject",
       {{"apiVersion", note.type.apiVersion()},
        {"kind", note.type.kind},
        {"name", note.key.name},
        {"uid", note.uid}}},
      {"type", note.warning ? "Warning" : "Normal"},
      {"reason", note.reason},
      {"message", verdict.message},
      {"source", {{"component", options_.component}}},
      {"reportingComponent", options_.component},
      {"reportingInstance", options_.instance},
      {"count", 1},
      {"firstTimestamp", at},
      {"lastTimestamp", at}};
  if (!note.key.namespaceName.empty())
    event["involvedObject"]["namespace"] = note.key.namespaceName;
  return event;
}

Time EventSweeper::turn(const Context& context, Time now) {
  int removed = 0;
  for (const auto& object : hub_.list(kEventType.resource(), "").objects) {
    if (context.stop.stop_requested() || removed >= kMostSweptAtOnce) break;
    const auto event = parseJson(object->stored->bytes);
    const auto last = event ? lastSeen(event->document) : std::nullopt;
    if (!last || clock_.wall() - *last < ttl_) continue;
    Context call = context;
    call.deadline = clock_.now() + kWriteTimeout;
    if (!client_.remove(call, kEventType, object->stored->key, object->stored->uid)) break;
    ++removed;
  }
  return now + (removed >= kMostSweptAtOnce ? kSweepEvery / 60 : kSweepEvery);
}

}  // namespace berth::runtime
