#include "controller/store/rules.hpp"

#include <gtest/gtest.h>

namespace berth::store {
namespace {

Write writing(Operation operation) {
  return {.operation = operation, .resource = "hosts.berth.dev", .key = {"", "h1"}};
}

TEST(RulesTest, CreateWantsNothingThere) {
  EXPECT_FALSE(refusal(writing(Operation::Create), std::nullopt));
  EXPECT_EQ(
      refusal(writing(Operation::Create), Present{"uid-1", 7})->message,
      "hosts.berth.dev \"h1\" already exists");
}

TEST(RulesTest, ReplaceAndDeleteWantSomethingThere) {
  EXPECT_EQ(
      refusal(writing(Operation::Replace), std::nullopt)->message,
      "hosts.berth.dev \"h1\" not found");
  EXPECT_EQ(refusal(writing(Operation::Delete), std::nullopt)->reason, Reason::NotFound);
  EXPECT_FALSE(refusal(writing(Operation::Delete), Present{"uid-1", 7}));
}

TEST(RulesTest, AConflictHasTheWordsOfKubernetes) {
  auto write = writing(Operation::Replace);
  write.expected = 6;

  EXPECT_EQ(
      refusal(write, Present{"uid-1", 7})->message,
      "Operation cannot be fulfilled on hosts.berth.dev \"h1\": the object has been modified; "
      "please apply your changes to the latest version and try again");
}

TEST(RulesTest, TheLifeIsCheckedBeforeTheRevision) {
  auto write = writing(Operation::Delete);
  write.expected = 6;
  write.uid = "uid-0";

  EXPECT_EQ(
      refusal(write, Present{"uid-1", 7})->message,
      "Operation cannot be fulfilled on hosts.berth.dev \"h1\": Precondition failed: UID in "
      "precondition: uid-0, UID in object meta: uid-1");
}

TEST(RulesTest, AnIncarnationStartsBeyondEverythingBefore) {
  EXPECT_EQ(nextIncarnation(kFirstRevision), Revision{2} << 40);
  EXPECT_EQ(nextIncarnation((Revision{5} << 40) + 123), Revision{6} << 40);
}

TEST(RulesTest, AZeroByteIsRefused) {
  auto write = writing(Operation::Create);
  write.body = {std::string("a\0b", 3), 0};

  EXPECT_EQ(checkWrite(write).error().reason, Reason::Invalid);
}

}  // namespace
}  // namespace berth::store
