#include <algorithm>
#include <cstdlib>

#include "controller/store/memory_store.hpp"
#include "tests/contract/store/store_bed.hpp"

namespace berth::store {
namespace {

/// Random lists of calls, made on the store and on the model; every answer and, at
/// the end, every revision's state must be the same.
class StoreModelTest : public StoreTest {
 protected:
  template <class T>
  T pick(const std::vector<T>& values) {
    return values[below(random_, values.size())];
  }

  /// The same write, with the revision that each of them knows.
  struct Calls {
    Write real;
    Write model;
  };

  Write randomWrite();
  void expectSame(const Result<StoredObjectPtr>& real, const Result<StoredObjectPtr>& expected);
  void expectSamePages(const Store::ListOptions& options);
  void writeBoth();
  void step();
  void compareHistories();
  Revision modelRevision(Revision revision) const { return revision - start_ + modelStart_; }

  SeededRandom random_{20260101};
  FakeClock clock_;
  MemoryStore model_{clock_};
  Revision modelStart_ = kFirstRevision;
  std::vector<Calls> requests_;
};
INSTANTIATE_TEST_SUITE_P(
    All, StoreModelTest, testing::ValuesIn(bedKinds()), testing::PrintToStringParamName());

Write StoreModelTest::randomWrite() {
  Write write;
  write.operation = pick<Operation>({Operation::Create, Operation::Replace, Operation::Delete});
  write.resource = pick<std::string>({"hosts", "pods.x"});
  write.key = {pick<std::string>({"", "a", "b"}), pick<std::string>({"x", "y", "z"})};
  if (write.operation == Operation::Create || below(random_, 4) == 0)
    write.uid = "uid-" + std::to_string(below(random_, 40));
  write.body = body(std::to_string(random_.next()));
  if (below(random_, 3) == 0) write.claims = {pick<std::string>({"c1", "c2", "c3"})};
  if (below(random_, 3) == 0) write.requestId = makeUuid(random_);
  return write;
}

void StoreModelTest::expectSame(
    const Result<StoredObjectPtr>& real, const Result<StoredObjectPtr>& expected) {
  ASSERT_EQ(bool(real), bool(expected));
  if (!real) {
    EXPECT_EQ(real.error().reason, expected.error().reason);
    EXPECT_EQ(real.error().message, expected.error().message);
    return;
  }
  ASSERT_EQ(*real == nullptr, *expected == nullptr);
  if (!*real) return;
  EXPECT_EQ((*real)->resource, (*expected)->resource);
  EXPECT_EQ((*real)->key, (*expected)->key);
  EXPECT_EQ((*real)->uid, (*expected)->uid);
  EXPECT_EQ(modelRevision((*real)->revision), (*expected)->revision);
  EXPECT_EQ(modelRevision((*real)->createRevision), (*expected)->createRevision);
  EXPECT_EQ((*real)->bytes.substr(25), (*expected)->bytes.substr(25));
}

void StoreModelTest::expectSamePages(const Store::ListOptions& options) {
  auto modelOptions = options;
  if (options.at) modelOptions.at = modelRevision(*options.at);
  const auto real = store().list({}, options);
  const auto expected = model_.list({}, modelOptions);
  ASSERT_EQ(bool(real), bool(expected));
  if (!real) {
    EXPECT_EQ(real.error().reason, expected.error().reason);
    return;
  }
  EXPECT_EQ(modelRevision(real->revision), expected->revision);
  EXPECT_EQ(real->more, expected->more);
  ASSERT_EQ(real->objects.size(), expected->objects.size());
  for (std::size_t i = 0; i < real->objects.size(); ++i)
    expectSame(real->objects[i], expected->objects[i]);
}

void StoreModelTest::writeBoth() {
  Calls calls;
  if (!requests_.empty() && below(random_, 5) == 0) {
    calls = pick(requests_);
  } else {
    calls.real = calls.model = randomWrite();
    if (below(random_, 2) == 0) {
      const auto current = *model_.get({}, calls.real.resource, calls.real.key);
      const Revision revision =
          current ? current->revision - Revision(below(random_, 4) == 0) : modelStart_ + 1;
      calls.model.expected = revision;
      calls.real.expected = revision - modelStart_ + start_;
    }
    if (!calls.real.requestId.empty()) requests_.push_back(calls);
  }
  expectSame(store().write({}, calls.real), model_.write({}, calls.model));
  const auto& [resource, key] = std::tie(calls.real.resource, calls.real.key);
  expectSame(store().get({}, resource, key), model_.get({}, resource, key));
}

void StoreModelTest::step() {
  writeBoth();
  if (below(random_, 10) == 0) {
    const auto keep = std::int64_t(below(random_, 30));
    const auto real = store().compact({}, keep);
    const auto expected = model_.compact({}, keep);
    ASSERT_TRUE(real && expected);
    EXPECT_EQ(modelRevision(*real), *expected);
  }
  if (below(random_, 20) == 0) {
    bed_->pass(std::chrono::hours(2));
    clock_.advance(std::chrono::hours(2));
  }
}

void StoreModelTest::compareHistories() {
  const Revision last = head();
  for (Revision at = std::max(start_, last - 100); at <= last + 1; ++at) {
    expectSamePages({.resource = "hosts", .at = at});
    expectSamePages({.resource = "", .at = at});
    expectSamePages({.resource = "pods.x", .at = at, .after = ObjectKey{"a", "y"}, .limit = 2});
    const auto real = store().changesSince({}, at, 0);
    const auto expected = model_.changesSince({}, modelRevision(at), 0);
    ASSERT_EQ(bool(real), bool(expected));
    if (!real) continue;
    ASSERT_EQ(real->changes.size(), expected->changes.size());
    for (std::size_t i = 0; i < real->changes.size(); ++i) {
      EXPECT_EQ(real->changes[i].type, expected->changes[i].type);
      expectSame(real->changes[i].object, expected->changes[i].object);
    }
  }
}

TEST_P(StoreModelTest, AnswersRandomCallsAsTheModelDoes) {
  // BERTH_MODEL_LISTS for a longer run.
  const char* wanted = std::getenv("BERTH_MODEL_LISTS");
  const int lists = wanted == nullptr ? 5 : std::atoi(wanted);
  for (int round = 0; round < lists; ++round) {
    for (int i = 0; i < 60 && !HasFailure(); ++i) step();
    compareHistories();
    ASSERT_FALSE(HasFailure()) << "round " << round;
  }
}

}  // namespace
}  // namespace berth::store
