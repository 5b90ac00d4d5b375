#include "controller/store/resealer.hpp"

#include <gtest/gtest.h>

namespace berth::store {
namespace {

/// Rows in memory, two at a time.
class FakeRows final : public RawRows {
 public:
  Result<SealingState> sealingState(const Context&, const std::string&) override {
    return SealingState{"store", key};
  }
  Result<> setSealingKey(const Context&, const std::string& id) override {
    key = id;
    return Ok{};
  }
  Result<std::map<std::string, std::int64_t>> seals(const Context&) override {
    std::map<std::string, std::int64_t> found;
    for (const auto& rows : tables)
      for (const auto& row : rows) ++found[row.body.bytes.substr(0, 13)];
    return found;
  }
  Result<std::vector<RawRow>> rowsBut(
      const Context&, Table table, const std::string& seal, Revision after) override {
    std::vector<RawRow> found;
    for (const auto& row : tables[std::size_t(table)])
      if (row.revision > after && !row.body.bytes.starts_with(seal) && found.size() < 2)
        found.push_back(row);
    return found;
  }
  Result<> replaceTexts(const Context&, Table table, std::span<const RawRow> rows) override {
    ++replacements;
    for (const auto& row : rows)
      for (auto& present : tables[std::size_t(table)])
        if (present.revision == row.revision) present = row;
    return Ok{};
  }

  std::vector<RawRow> tables[2];
  std::string key;
  int replacements = 0;
};

class ResealerTest : public testing::Test {
 protected:
  void add(RawRows::Table table, Revision revision, Body body) {
    rows_.tables[std::size_t(table)].push_back({place(revision), revision, std::move(body)});
  }
  static SealedPlace place(Revision revision) {
    return {"secrets", {"acme", "s" + std::to_string(revision)}, "uid", revision - 1};
  }
  static Body plain() { return {R"({"v":"","data":{}})", 6}; }
  Resealer::Pass pass() { return resealer_.pass({}).value(); }

  SeededRandom random_{3};
  SealingKey old_ = makeSealingKey(random_);
  SealingKey new_ = makeSealingKey(random_);
  FakeRows rows_;
  Sealer sealer_{Keyring({old_}), "store", random_};
  Resealer resealer_{rows_, sealer_, Log(), nullptr};
};

TEST_F(ResealerTest, SealsEverythingWithTheNewestKey) {
  for (Revision revision = 1; revision <= 5; ++revision) {
    add(RawRows::Table::Objects, revision, sealer_.seal(place(revision), plain()));
    add(RawRows::Table::Log, revision, sealer_.seal(place(revision), plain()));
  }
  sealer_.use(Keyring({new_, old_}));

  const auto done = pass();

  EXPECT_EQ(done.resealed, 10);
  EXPECT_EQ(done.unreadable, 0);
  EXPECT_EQ(rows_.seals({}).value().size(), 1U);
  EXPECT_EQ(rows_.key, new_.id);
  sealer_.use(Keyring({new_}));
  EXPECT_EQ(sealer_.open(place(5), rows_.tables[1].back().body)->bytes, plain().bytes);
}

TEST_F(ResealerTest, SealsWhatAnOlderStoreHasInPlainText) {
  add(RawRows::Table::Objects, 1, plain());

  EXPECT_EQ(pass().resealed, 1);
  EXPECT_TRUE(isSealed(rows_.tables[0].front().body.bytes));
}

TEST_F(ResealerTest, WritesNothingASecondTime) {
  add(RawRows::Table::Objects, 1, plain());
  pass();
  const int before = rows_.replacements;

  EXPECT_EQ(pass().resealed, 0);
  EXPECT_EQ(rows_.replacements, before);
}

TEST_F(ResealerTest, CountsWhatCannotBeReadAndGoesOn) {
  add(RawRows::Table::Objects, 1, {"bs1.00000000.broken", 19});
  add(RawRows::Table::Objects, 2, {"bs1.00000000.broken", 19});
  add(RawRows::Table::Objects, 3, plain());

  const auto done = pass();

  EXPECT_EQ(done.resealed, 1);
  EXPECT_EQ(done.unreadable, 2);
  EXPECT_EQ(rows_.tables[0].front().body.bytes, "bs1.00000000.broken");
}

}  // namespace
}  // namespace berth::store
