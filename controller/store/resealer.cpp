#include "controller/store/resealer.hpp"

namespace berth::store {
namespace {

constexpr Duration kLook = std::chrono::seconds(5);
/// Another process may have sealed with the key that was the first before.
constexpr Duration kAgain = std::chrono::minutes(5);

}  // namespace

Resealer::Resealer(RawRows& rows, const Sealer& sealer, Log log, Metrics* metrics)
    : rows_(rows), sealer_(sealer), log_(std::move(log)) {
  if (metrics == nullptr) return;
  pending_ = metrics->gauge(
      "berth_sealing_rows_pending", "Rows of Secrets that are not yet sealed with the newest key.");
  unreadable_ =
      metrics->gauge("berth_sealing_rows_unreadable", "Rows of Secrets that cannot be decrypted.");
  resealed_ = metrics->counter(
      "berth_sealing_rows_resealed_total", "Rows of Secrets that were sealed with a newer key.");
}

Time Resealer::turn(const Context& context, Time now) {
  const std::string key = sealer_.keyring()->first().id;
  if (key == doneWith_ && now < next_) return now + kLook;
  const auto done = pass(context);
  if (!done) {
    log_.warn("Secrets could not be sealed with the newest key", {{"error", done.error()}});
    return now + kLook;
  }
  if (done->resealed > 0)
    log_.info("sealed Secrets with the newest key", {{"key", key}, {"rows", done->resealed}});
  if (done->unreadable > 0) log_.error("Secrets cannot be decrypted", {{"rows", done->unreadable}});
  doneWith_ = key;
  next_ = now + kAgain;
  return now + kLook;
}

Result<Resealer::Pass> Resealer::pass(const Context& context) {
  const std::string key = sealer_.keyring()->first().id;
  BERTH_TRY(const auto seals, rows_.seals(context));
  std::int64_t pending = 0;
  for (const auto& [seal, count] : seals)
    if (seal != sealOf(key)) pending += count;
  pending_.set(double(pending));

  Pass pass;
  if (pending > 0) {
    BERTH_CHECK(passTable(context, RawRows::Table::Objects, pass));
    BERTH_CHECK(passTable(context, RawRows::Table::Log, pass));
  }
  BERTH_CHECK(rows_.setSealingKey(context, key));
  pending_.set(double(pass.unreadable));
  unreadable_.set(double(pass.unreadable));
  return pass;
}

Result<> Resealer::passTable(const Context& context, RawRows::Table table, Pass& pass) {
  const std::string seal = sealOf(sealer_.keyring()->first().id);
  for (Revision after = 0; !context.stop.stop_requested();) {
    BERTH_TRY(auto rows, rows_.rowsBut(context, table, seal, after));
    if (rows.empty()) return Ok{};
    after = rows.back().revision;
    std::vector<RawRow> anew;
    for (auto& row : rows) {
      auto body = sealer_.reseal(row.place, row.body);
      if (!body) {
        ++pass.unreadable;
        continue;
      }
      row.body = *std::move(body);
      anew.push_back(std::move(row));
    }
    if (anew.empty()) continue;
    BERTH_CHECK(rows_.replaceTexts(context, table, anew));
    pass.resealed += std::int64_t(anew.size());
    resealed_.increment(double(anew.size()));
    pending_.add(-double(anew.size()));
  }
  return Error{Reason::ServiceUnavailable, "the process ends"};
}

}  // namespace berth::store
