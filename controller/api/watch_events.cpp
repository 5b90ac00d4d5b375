#include "controller/api/watch_events.hpp"

#include "controller/api/respond.hpp"
#include "controller/api/status.hpp"
#include "controller/api/view.hpp"

namespace berth::api {
namespace {

constexpr std::size_t kCachedBytes = std::size_t{8} * 1024 * 1024;

std::string lineOf(const char* type, std::string_view object) {
  std::string line;
  line.reserve(object.size() + 40);
  line += R"({"type":")";
  line += type;
  line += R"(","object":)";
  line += object;
  line += "}\n";
  return line;
}

EventBytes shared(std::string line) { return std::make_shared<const std::string>(std::move(line)); }

}  // namespace

EventBytes EventCache::line(const char* type, const store::StoredObject& object) {
  const auto key = std::to_string(object.revision) + type;
  if (const auto found = lines_.find(key); found != lines_.end()) return found->second;
  auto line = shared(lineOf(type, object.bytes));
  bytes_ += line->size();
  if (bytes_ > kCachedBytes) {
    lines_.clear();
    bytes_ = line->size();
  }
  lines_[key] = line;
  return line;
}

EventBytes EventWriter::shaped(const char* type, std::string_view object) {
  if (shape_.form == Form::Whole) return shared(lineOf(type, object));
  if (shape_.form != Form::Table) return shared(lineOf(type, metadataText(object)));
  Table table(*shape_.kind, clock_.wall(), shape_.includeObject);
  const auto version = rawMember(rawMember(object, "metadata"), "resourceVersion");
  table.add(object);
  const bool first = !std::exchange(columnsSent_, true);
  return shared(lineOf(type, table.text({{"resourceVersion", parseOwnJson(version)}}, first)));
}

EventBytes EventWriter::line(const char* type, const store::StoredObject& object) {
  if (isVerbatim()) return cache_.line(type, object);
  std::string buffer;
  return shaped(type, servedBytes(*shape_.kind, object, buffer));
}

EventBytes EventWriter::initial(const runtime::HubList& state) {
  std::string lines;
  for (const auto& object : state.objects) {
    if (!shape_.selection.matches(*object)) continue;
    if (isVerbatim()) {
      lines += lineOf("ADDED", object->stored->bytes);
    } else {
      std::string buffer;
      lines += *shaped("ADDED", servedBytes(*shape_.kind, *object->stored, buffer));
    }
  }
  return lines.empty() ? nullptr : shared(std::move(lines));
}

EventBytes EventWriter::event(const runtime::HubChange& change) {
  const auto& selection = shape_.selection;
  const bool gone = change.type == store::ChangeType::Deleted;
  const bool matches = selection.matches(*change.object);
  if (gone) return matches ? line("DELETED", *change.object->stored) : nullptr;
  const bool matched = change.previous != nullptr && selection.matches(*change.previous);
  if (matches) return line(matched ? "MODIFIED" : "ADDED", *change.object->stored);
  if (!matched) return nullptr;
  auto document = servedDocument(*shape_.kind, *change.previous->stored);
  document["metadata"]["resourceVersion"] = std::to_string(change.revision);
  return shaped("DELETED", dumpJson(document));
}

EventBytes EventWriter::bookmark(store::Revision revision, bool initialEnd) {
  Json metadata = {{"resourceVersion", std::to_string(revision)}};
  if (initialEnd) metadata["annotations"] = {{"k8s.io/initial-events-end", "true"}};
  if (shape_.form == Form::Table) {
    Table table(*shape_.kind, clock_.wall(), shape_.includeObject);
    return shared(lineOf("BOOKMARK", table.text(metadata, false)));
  }
  const bool whole = shape_.form == Form::Whole;
  const Json object = {
      {"kind", whole ? shape_.kind->type.kind : "PartialObjectMetadata"},
      {"apiVersion", whole ? shape_.kind->type.apiVersion() : "meta.k8s.io/v1"},
      {"metadata", std::move(metadata)}};
  return shared(lineOf("BOOKMARK", dumpJson(object)));
}

EventBytes EventWriter::error(const Error& error) {
  return shared(lineOf("ERROR", dumpJson(failureStatus(error, {}))));
}

}  // namespace berth::api
