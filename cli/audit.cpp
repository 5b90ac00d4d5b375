#include <algorithm>
#include <ostream>

#include "cli/command.hpp"
#include "cli/exit_codes.hpp"
#include "cli/files.hpp"
#include "cli/tab_writer.hpp"
#include "core/audit/chain.hpp"

namespace berth::cli {

namespace {

constexpr std::int64_t kPage = 1000;

AuditMark markAt(const Json& answer, const char* name) {
  return {
      integerAt(answer, std::string(name) + ".seq"), stringAt(answer, std::string(name) + ".hash")};
}

Result<AuditPage> readPage(ApiClient& api, std::int64_t after, std::int64_t limit) {
  BERTH_TRY(
      const auto answer,
      api.call(
          {.path = "/audit",
           .query = {{"after", std::to_string(after)}, {"limit", std::to_string(limit)}}}));
  AuditPage page{markAt(answer, "cut"), markAt(answer, "head"), {}};
  for (const auto& entry : answer.value("entries", Json::array())) {
    const auto& record = entry.at("record");
    page.entries.push_back(
        {integerAt(entry, "seq"),
         integerAt(entry, "at"),
         integerAt(entry, "revision"),
         record.is_string() ? record.get<std::string>() : dumpJson(record),
         stringAt(entry, "hash")});
  }
  return page;
}

Json recordOf(const AuditEntry& entry) {
  auto parsed = parseJson(entry.record);
  return parsed ? std::move(parsed->document) : Json(entry.record);
}

std::string exportLine(const AuditEntry& entry) {
  const Json line{
      {"seq", entry.seq},
      {"at", entry.at},
      {"revision", entry.revision},
      {"record", recordOf(entry)},
      {"hash", entry.hash}};
  return dumpJson(line) + "\n";
}

std::string tableLine(const AuditEntry& entry) {
  const auto record = recordOf(entry);
  const auto text = [&](const char* name) { return stringAt(record, name); };
  auto what = text("resource") + text("path");
  if (const auto part = text("subresource"); !part.empty()) what += "/" + part;
  auto name = text("name");
  if (const auto space = text("namespace"); !space.empty()) name = space + "/" + name;
  auto result = text("decision");
  if (const auto code = integerAt(record, "code"); code != 0) result += " " + std::to_string(code);
  if (const auto more = integerAt(record, "more"); more != 0)
    result += ": " + std::to_string(more) + " more";
  const Time at{std::chrono::milliseconds(entry.at)};
  return std::to_string(entry.seq) + "\t" + formatRfc3339(at) + "\t" + text("user") + "\t" +
         text("verb") + "\t" + what + "\t" + name + "\t" + result + "\n";
}

class Audit final : public Command {
 public:
  void addFlags(FlagSet& flags) override {
    flags.add("last", last_, "RECORDS", "list: so many of the newest");
    flags.add("from-anchor", anchor_, "FILE", "verify: the log must go on from there");
    flags.add("output,o", output_, "FORMAT", "json: an object a line; verify: the anchor");
  }

  Result<int> run(Session& session, const std::vector<std::string>& words) override {
    if (!output_.empty() && output_ != "json") return usageError("-o is json or nothing");
    BERTH_TRY(auto* api, session.api());
    if (words == std::vector<std::string>{"list"}) return list(session, *api);
    if (words == std::vector<std::string>{"verify"}) return verify(session, *api);
    if (words == std::vector<std::string>{"export"}) return exportAll(session, *api);
    return usageError("one of list, verify, export", session.program() + " audit verify");
  }

 private:
  Result<int> list(Session& session, ApiClient& api) const {
    BERTH_TRY(const auto newest, readPage(api, INT64_MAX, 1));
    TabWriter table(TabLayout{.minimum = 6, .padding = 3});
    if (output_.empty()) table.write("SEQ\tTIME\tUSER\tVERB\tRESOURCE\tNAME\tRESULT\n");
    auto after = std::max<std::int64_t>(newest.head.seq - last_, 0);
    while (after < newest.head.seq) {
      BERTH_TRY(const auto page, readPage(api, after, kPage));
      if (page.entries.empty()) break;
      for (const auto& entry : page.entries) {
        if (output_.empty()) {
          table.write(tableLine(entry));
        } else {
          session.out() << exportLine(entry);
        }
      }
      after = page.entries.back().seq;
    }
    session.out() << table.flush();
    return kExitOk;
  }

  Result<int> verify(Session& session, ApiClient& api) const {
    std::optional<AuditMark> anchor;
    if (!anchor_.empty()) {
      BERTH_TRY(const auto text, readFile(anchor_));
      BERTH_TRY(anchor, readAnchor(text));
    }
    BERTH_TRY(
        const auto sound,
        verifyAudit([&](std::int64_t after) { return readPage(api, after, kPage); }, anchor));
    session.out() << (output_.empty() ? describe(sound) : anchorText(sound.head)) << '\n';
    return kExitOk;
  }

  static Result<int> exportAll(Session& session, ApiClient& api) {
    BERTH_CHECK(verifyAudit([&](std::int64_t after) {
      auto page = readPage(api, after, kPage);
      if (page)
        for (const auto& entry : page->entries) session.out() << exportLine(entry);
      return page;
    }));
    return kExitOk;
  }

  int last_ = 50;
  std::string anchor_;
  std::string output_;
};

}  // namespace

std::unique_ptr<Command> makeAudit() { return std::make_unique<Audit>(); }

}  // namespace berth::cli
