/// @file
/// What a watcher is sent: one JSON object a line.
///
/// EventWriter makes the lines of one watch; EventCache keeps the newest lines that
/// are the same for every watch, so that they are serialized once.  One thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "controller/api/negotiation.hpp"
#include "controller/api/registry.hpp"
#include "controller/api/selection.hpp"
#include "controller/api/table.hpp"

namespace berth::api {

using EventBytes = std::shared_ptr<const std::string>;

/// Which changes a watch tells of, and in which form.
struct EventShape {
  ServedKindPtr kind;
  Selection selection;
  Form form = Form::Whole;
  std::string includeObject = "Metadata";  // in table rows
};

/// The lines of recent changes, by revision and type; at most 8 MiB of them.
class EventCache {
 public:
  EventBytes line(const char* type, const store::StoredObject& object);

 private:
  std::unordered_map<std::string, EventBytes> lines_;
  std::size_t bytes_ = 0;
};

class EventWriter {
 public:
  EventWriter(const EventShape& shape, EventCache& cache, const Clock& clock)
      : shape_(shape), cache_(cache), clock_(clock) {}

  /// The state at the start, each object ADDED, as one piece; nullptr when empty.
  EventBytes initial(const runtime::HubList& state);
  /// nullptr when the watch is not concerned.  An object that begins to match is
  /// ADDED, one that ceases to is DELETED with its old state and the new version.
  EventBytes event(const runtime::HubChange& change);
  EventBytes bookmark(store::Revision revision, bool initialEnd);
  static EventBytes error(const Error& error);

 private:
  EventBytes line(const char* type, const store::StoredObject& object);
  EventBytes shaped(const char* type, std::string_view object);
  /// Whether the stored bytes are what is sent.
  [[nodiscard]] bool isVerbatim() const { return shape_.form == Form::Whole && !shape_.kind->view; }

  const EventShape& shape_;
  EventCache& cache_;
  const Clock& clock_;
  bool columnsSent_ = false;
};

}  // namespace berth::api
