#include "controller/store/migration.hpp"

#include <charconv>
#include <string>

namespace berth::store {
namespace {

constexpr std::string_view kOldest = "-- oldest: ";

std::int64_t leadingNumber(std::string_view text) {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace

SchemaVersion schemaVersion(const EmbeddedFile& migration) {
  const auto version = leadingNumber(migration.name);
  const bool says = migration.text.starts_with(kOldest);
  return {version, says ? leadingNumber(migration.text.substr(kOldest.size())) : version};
}

Result<> checkVersion(const SchemaVersion& present, const SchemaVersion& newest) {
  const auto versions = "the store is of version " + std::to_string(present.version) +
                        ", this program knows " + std::to_string(newest.version);
  if (present.version < newest.version)
    return Error{Reason::ServiceUnavailable, versions + ": start a controller on it once"};
  if (present.version > newest.version && present.oldest > newest.version)
    return Error{Reason::ServiceUnavailable, versions + ": use a newer program"};
  return Ok{};
}

}  // namespace berth::store
