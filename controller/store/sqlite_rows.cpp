#include "controller/store/sqlite_rows.hpp"

#include "controller/store/rules.hpp"
#include "controller/store/sqlite_file.hpp"

namespace berth::store {
namespace {

using sqlite::Database;
using sqlite::Statement;

constexpr std::string_view kGet =
    "SELECT resource, namespace, name, uid, created, revision, place, bytes, base FROM object"
    " WHERE resource = ?1 AND namespace = ?2 AND name = ?3";

constexpr std::string_view kGetEvent =
    "SELECT resource, namespace, name, uid, created, revision, place, bytes, base FROM event"
    " WHERE revision = ?1";

constexpr std::string_view kListEverything =
    "SELECT resource, namespace, name, uid, created, revision, place, bytes, base FROM object"
    " ORDER BY resource, namespace, name";

constexpr std::string_view kListKind =
    "SELECT resource, namespace, name, uid, created, revision, place, bytes, base FROM object"
    " WHERE resource = ?1 AND (namespace, name) > (?2, ?3) ORDER BY namespace, name LIMIT ?4";

// What was there at revision ?5: objects that have not changed since, and of those
// that have, the state that their first change since then has replaced.
constexpr std::string_view kListPast =
    "SELECT resource, namespace, name, uid, created, revision, place, bytes, base FROM object"
    " WHERE (?1 = '' OR resource = ?1) AND (namespace, name) > (?2, ?3) AND revision <= ?5 "
    "UNION ALL "
    "SELECT p.resource, p.namespace, p.name, p.uid, p.created, p.revision, p.place, p.bytes, p.base"
    " FROM event x JOIN event p ON p.revision = x.previous"
    " WHERE x.revision > ?5 AND x.previous > 0 AND x.previous <= ?5"
    " AND (?1 = '' OR x.resource = ?1) AND (x.namespace, x.name) > (?2, ?3) "
    "ORDER BY 1, 2, 3 LIMIT ?4";

constexpr std::string_view kChanges =
    "SELECT type, resource, namespace, name, uid, created, revision, place, bytes, base FROM event"
    " WHERE revision > ?1 ORDER BY revision LIMIT ?2";

Result<Statement> queryPage(
    Database& database, const Store::ListOptions& options, const SqliteMeta& meta) {
  const Revision at = options.at.value_or(meta.head);
  const ObjectKey after = options.after.value_or(ObjectKey{});
  const std::int64_t limit = options.limit == 0 ? -1 : std::int64_t(options.limit) + 1;
  if (at != meta.head)
    return database.query(
        kListPast, {options.resource, after.namespaceName, after.name, limit, at});
  if (options.resource.empty()) return database.query(kListEverything);
  return database.query(kListKind, {options.resource, after.namespaceName, after.name, limit});
}

}  // namespace

StoredObjectPtr objectOf(const Statement& row, int column) {
  auto object = std::make_shared<StoredObject>();
  object->resource = row.text(column);
  object->key = {std::string(row.text(column + 1)), std::string(row.text(column + 2))};
  object->uid = row.text(column + 3);
  object->createRevision = row.integer(column + 4);
  object->revision = row.integer(column + 5);
  object->bytes =
      spliced(row.text(column + 7), std::size_t(row.integer(column + 6)), object->revision);
  object->base = row.integer(column + 8);
  return object;
}

Result<StoredObjectPtr> readObject(
    Database& database, const std::string& resource, const ObjectKey& key) {
  BERTH_TRY(auto row, database.query(kGet, {resource, key.namespaceName, key.name}));
  BERTH_TRY(const bool found, row.next());
  return found ? objectOf(row) : nullptr;
}

Result<StoredObjectPtr> readEvent(Database& database, Revision revision) {
  BERTH_TRY(auto row, database.query(kGetEvent, {revision}));
  BERTH_TRY(const bool found, row.next());
  if (!found) return Error{Reason::InternalError, "no event " + std::to_string(revision)};
  return objectOf(row);
}

Result<Page> readPage(Database& database, const Store::ListOptions& options) {
  BERTH_TRY(const auto meta, readMeta(database));
  const Revision at = options.at.value_or(meta.head);
  if (at > meta.head) return ahead(Reason::Invalid, at, meta.head);
  if (at < meta.edge) return compacted(at, meta.edge);

  BERTH_TRY(auto rows, queryPage(database, options, meta));
  Page page{.revision = at};
  while (true) {
    BERTH_TRY(const bool found, rows.next());
    if (!found) return page;
    if (options.limit > 0 && page.objects.size() == options.limit) {
      page.more = true;
      return page;
    }
    page.objects.push_back(objectOf(rows));
  }
}

Result<Changes> readChanges(Database& database, Revision revision, std::size_t limit) {
  BERTH_TRY(const auto meta, readMeta(database));
  if (revision < meta.edge) return compacted(revision, meta.edge);
  if (revision > meta.head) return ahead(Reason::Expired, revision, meta.head);

  Changes changes{.head = meta.head};
  if (revision == meta.head) return changes;
  const std::int64_t most = limit == 0 ? -1 : std::int64_t(limit);
  BERTH_TRY(auto rows, database.query(kChanges, {revision, most}));
  while (true) {
    BERTH_TRY(const bool found, rows.next());
    if (!found) return changes;
    changes.changes.push_back({ChangeType(rows.integer(0)), objectOf(rows, 1)});
  }
}

}  // namespace berth::store
