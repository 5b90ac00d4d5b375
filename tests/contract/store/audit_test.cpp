#include <thread>

#include <gmock/gmock.h>

#include "tests/contract/store/store_bed.hpp"

namespace berth::store {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class StoreAuditTest : public StoreTest {
 protected:
  static Write recorded(Write write, const std::string& record) {
    write.audit = R"({"what":")" + record + R"("})";
    return write;
  }

  static Write note(const std::string& record) {
    return recorded({.operation = Operation::Audit}, record);
  }

  AuditPage page(std::int64_t after = 0, std::size_t limit = 1000) {
    auto page = audit().readAudit({}, after, limit);
    if (!page) throw std::runtime_error("readAudit: " + page.error().message);
    return *std::move(page);
  }

  /// "what @ revision", counted from the start.
  std::vector<std::string> records() {
    std::vector<std::string> lines;
    for (const auto& entry : page().entries) {
      const auto what = entry.record.substr(9, entry.record.size() - 11);
      const auto at = entry.revision == 0 ? 0 : entry.revision - start_;
      lines.push_back(what + " @ " + std::to_string(at));
    }
    return lines;
  }

  Result<AuditSummary> verify(const std::optional<AuditMark>& anchor = {}) {
    return verifyAudit([&](auto after) { return audit().readAudit({}, after, 2); }, anchor);
  }
  /// "" when all is sound.
  std::string fault(const std::optional<AuditMark>& anchor = {}) {
    const auto sound = verify(anchor);
    return sound ? "" : sound.error().message;
  }

  void writeFive() {
    for (const auto* name : {"a", "b", "c", "d", "e"}) put(recorded(create(name), name));
  }

  /// Whether the SQL was run, with the log's guards gone.
  bool tamper(const std::string& sql) {
    bed_->unguardAudit();
    const auto failure = bed_->runSql(sql);
    EXPECT_EQ(failure.value_or(""), "") << sql;
    return failure.has_value();
  }
};
INSTANTIATE_TEST_SUITE_P(
    All, StoreAuditTest, testing::ValuesIn(bedKinds()), testing::PrintToStringParamName());

TEST_P(StoreAuditTest, KeepsTheRecordOfEveryWriteInTheOrderOfCommits) {
  const auto object = put(recorded(create("www"), "create"));
  const auto second = put(recorded(replace(*object), "replace"));
  put(create("silent"));
  put(recorded(remove(*second), "delete"));

  EXPECT_THAT(records(), ElementsAre("create @ 1", "replace @ 2", "delete @ 4"));
  EXPECT_EQ(fault(), "");
}

TEST_P(StoreAuditTest, KeepsNoRecordOfAWriteThatIsRefused) {
  const auto object = put(create("www"));
  refused(recorded(create("www"), "again"));
  refused(recorded(remove(*object), "fenced"), {.epoch = {"leader", 7}});

  EXPECT_THAT(records(), IsEmpty());
}

TEST_P(StoreAuditTest, KeepsOneRecordOfARequestThatIsRepeated) {
  auto write = recorded(create("www"), "create");
  write.requestId = "6f1c9a50-0000-4000-8000-00000000";
  put(write);
  put(write);

  EXPECT_THAT(records(), ElementsAre("create @ 1"));
}

TEST_P(StoreAuditTest, KeepsARecordOfWhatChangedNothing) {
  const auto written = store().write({}, note("denied"));

  ASSERT_TRUE(written);
  EXPECT_EQ(*written, nullptr);
  EXPECT_EQ(head(), start_);
  EXPECT_THAT(records(), ElementsAre("denied @ 0"));
}

TEST_P(StoreAuditTest, GivesPagesWithTheHead) {
  writeFive();

  const auto some = page(1, 2);

  ASSERT_EQ(some.entries.size(), 2);
  EXPECT_EQ(some.entries[0].seq, 2);
  EXPECT_EQ(some.entries[1].seq, 3);
  EXPECT_EQ(some.head.seq, 5);
  EXPECT_EQ(some.cut, AuditMark{});
}

TEST_P(StoreAuditTest, ChainsWhatManyWriteAtOnce) {
  {
    std::vector<std::jthread> writers;
    for (int writer = 0; writer < 8; ++writer) {
      writers.emplace_back([this, writer] {
        for (int i = 0; i < 25; ++i) {
          const auto name = std::to_string(writer) + "-" + std::to_string(i);
          put(recorded(create(name), name));
          ASSERT_TRUE(store().write({}, note(name)));
        }
      });
    }
  }

  EXPECT_EQ(fault(), "");
  Revision last = start_;
  for (const auto& entry : page().entries) {
    if (entry.revision == 0) continue;
    EXPECT_EQ(entry.revision, ++last);
  }
  EXPECT_EQ(last, start_ + 200);
  EXPECT_EQ(page().head.seq, 400);
}

TEST_P(StoreAuditTest, TrimsWhatIsOldAndStaysSound) {
  writeFive();
  while (page().entries.back().at == std::prev(page().entries.end(), 2)->at) {
    bed_->pass(milliseconds(1));
    put(recorded(create("later" + std::to_string(page().head.seq)), "later"));
  }
  const auto before = page();
  const auto last = before.entries.back();

  ASSERT_TRUE(audit().trimAudit({}, Time(milliseconds(last.at))));

  const auto after = page();
  ASSERT_EQ(after.entries.size(), 1);
  EXPECT_EQ(after.entries[0], last);
  EXPECT_EQ(after.cut.seq, last.seq - 1);
  EXPECT_EQ(after.cut.hash, before.entries[std::size_t(last.seq) - 2].hash);
  EXPECT_EQ(fault(), "");
  EXPECT_THAT(fault(AuditMark{1, before.entries[0].hash}), HasSubstr("gone for their age"));
}

TEST_P(StoreAuditTest, GoesOnWhenAllWasTrimmed) {
  writeFive();
  const auto head = page().head;
  ASSERT_TRUE(audit().trimAudit({}, Time(milliseconds(page().entries.back().at + 1))));
  put(recorded(create("www"), "more"));

  EXPECT_EQ(page().cut, head);
  EXPECT_EQ(page().head.seq, 6);
  EXPECT_EQ(fault(head), "");
}

TEST_P(StoreAuditTest, RefusesSqlThatChangesIt) {
  writeFive();
  const auto before = page().entries;
  const auto changed = bed_->runSql("UPDATE audit SET record = '{}' WHERE seq = 2");
  if (!changed) GTEST_SKIP() << "no SQL here";

  EXPECT_THAT(*changed, HasSubstr("append-only"));
  EXPECT_THAT(*bed_->runSql("DELETE FROM audit WHERE seq = 5"), HasSubstr("append-only"));
  EXPECT_THAT(*bed_->runSql("DELETE FROM audit"), HasSubstr("append-only"));
  EXPECT_EQ(page().entries, before);
}

TEST_P(StoreAuditTest, NamesARecordThatWasChanged) {
  writeFive();
  if (!tamper("UPDATE audit SET record = '{\"what\":\"x\"}' WHERE seq = 3")) GTEST_SKIP();

  EXPECT_THAT(fault(), HasSubstr("record 3 was changed"));
}

TEST_P(StoreAuditTest, NamesARecordWhoseTimeWasChanged) {
  writeFive();
  if (!tamper("UPDATE audit SET at = at - 1 WHERE seq = 1")) GTEST_SKIP();

  EXPECT_THAT(fault(), HasSubstr("record 1 was changed"));
}

TEST_P(StoreAuditTest, NamesARecordThatWasDeleted) {
  writeFive();
  if (!tamper("DELETE FROM audit WHERE seq = 4")) GTEST_SKIP();

  EXPECT_THAT(fault(), HasSubstr("record 4 is missing"));
}

TEST_P(StoreAuditTest, NamesTheFirstOfRecordsThatChangedPlaces) {
  writeFive();
  if (!tamper("UPDATE audit SET seq = -2 WHERE seq = 2")) GTEST_SKIP();
  tamper("UPDATE audit SET seq = 2 WHERE seq = 3");
  tamper("UPDATE audit SET seq = 3 WHERE seq = -2");

  EXPECT_THAT(fault(), HasSubstr("record 2 was changed"));
}

TEST_P(StoreAuditTest, NamesTheFirstThatIsMissingAtTheEnd) {
  writeFive();
  if (!tamper("DELETE FROM audit WHERE seq > 3")) GTEST_SKIP();

  EXPECT_THAT(fault(), HasSubstr("record 4 is missing"));
}

TEST_P(StoreAuditTest, KnowsByTheAnchorThatTheEndWasCutOffWithTheHead) {
  writeFive();
  const auto anchor = page().head;
  if (!tamper("DELETE FROM audit WHERE seq > 3")) GTEST_SKIP();
  tamper("UPDATE meta SET audit_seq = 3, audit_hash = (SELECT hash FROM audit WHERE seq = 3)");

  EXPECT_EQ(fault(), "");
  EXPECT_THAT(fault(anchor), HasSubstr("record 4 is missing: the anchor is of a later one"));
}

TEST_P(StoreAuditTest, KnowsByTheAnchorThatAllWasWrittenAnew) {
  writeFive();
  auto anchor = page().entries[1];
  anchor.hash.back() = anchor.hash.back() == '0' ? '1' : '0';

  EXPECT_THAT(fault(AuditMark{2, anchor.hash}), HasSubstr("record 2 is not the one"));
}

}  // namespace
}  // namespace berth::store
