#include "core/audit/chain.hpp"

#include "core/crypto/digest.hpp"
#include "core/json/json.hpp"

namespace berth {
namespace {

Error fault(std::int64_t seq, const char* what) {
  return {Reason::Invalid, "record " + std::to_string(seq) + " " + what};
}

/// Whether this is the successor of the last.
Result<> checkNext(const AuditMark& last, const AuditEntry& entry) {
  const auto expected = last.seq + 1;
  if (entry.seq > expected) return fault(expected, "is missing");
  if (entry.seq < expected) return fault(entry.seq, "is out of order");
  if (auditHash(last.hash, entry) != entry.hash)
    return fault(entry.seq, "was changed, or what came before it was");
  return Ok{};
}

Result<> checkAnchor(const std::optional<AuditMark>& anchor, const AuditMark& mark) {
  if (!anchor || anchor->seq != mark.seq || anchor->hash == mark.hash) return Ok{};
  return fault(mark.seq, "is not the one that the anchor speaks of");
}

Error behindTheCut(const AuditMark& anchor, const AuditMark& cut) {
  return {
      Reason::Expired,
      "the anchor is of record " + std::to_string(anchor.seq) + "; those up to " +
          std::to_string(cut.seq) + " are gone for their age"};
}

}  // namespace

std::string auditHash(std::string_view previous, const AuditEntry& entry) {
  std::string text;
  text.reserve(previous.size() + entry.record.size() + 64);
  text.append(previous).append("\n");
  text.append(std::to_string(entry.seq)).append("\n");
  text.append(std::to_string(entry.at)).append("\n");
  text.append(std::to_string(entry.revision)).append("\n");
  text.append(entry.record);
  return sha256Hex(text);
}

Result<AuditSummary> verifyAudit(
    const std::function<Result<AuditPage>(std::int64_t after)>& pageAfter,
    const std::optional<AuditMark>& anchor) {
  AuditSummary sound;
  while (true) {
    BERTH_TRY(const auto page, pageAfter(sound.head.seq));
    if (page.cut.seq > sound.head.seq || sound.head == AuditMark{}) {
      sound.head = page.cut;
      if (anchor && anchor->seq < page.cut.seq) return behindTheCut(*anchor, page.cut);
      BERTH_CHECK(checkAnchor(anchor, sound.head));
    }
    sound.cut = page.cut;
    for (const auto& entry : page.entries) {
      BERTH_CHECK(checkNext(sound.head, entry));
      sound.head = {entry.seq, entry.hash};
      BERTH_CHECK(checkAnchor(anchor, sound.head));
    }
    if (sound.head.seq < page.head.seq && page.entries.empty())
      return fault(sound.head.seq + 1, "is missing, with all that came after it");
    if (sound.head.seq == page.head.seq && sound.head.hash != page.head.hash)
      return fault(sound.head.seq, "is not the last that was written");
    if (sound.head.seq >= page.head.seq) break;
  }
  if (anchor && anchor->seq > sound.head.seq)
    return fault(sound.head.seq + 1, "is missing: the anchor is of a later one");
  return sound;
}

std::string describe(const AuditSummary& summary) {
  if (summary.head == summary.cut) return "there is no record";
  return "records " + std::to_string(summary.cut.seq + 1) + " to " +
         std::to_string(summary.head.seq) + " are sound, up to " + summary.head.hash;
}

std::string anchorText(const AuditMark& mark) {
  return dumpJson({{"seq", mark.seq}, {"hash", mark.hash}});
}

Result<AuditMark> readAnchor(std::string_view text) {
  while (text.ends_with('\n')) text.remove_suffix(1);
  const auto line = text.substr(text.rfind('\n') + 1);
  const auto parsed = parseJson(line);
  const AuditMark mark =
      parsed ? AuditMark{integerAt(parsed->document, "seq"), stringAt(parsed->document, "hash")}
             : AuditMark{};
  if (mark.seq > 0 && !mark.hash.empty()) return mark;
  return Error{Reason::Invalid, "the last line is no anchor: it has no seq and hash"};
}

}  // namespace berth
