#include "controller/store/migration.hpp"

#include <gmock/gmock.h>

namespace berth::store {
namespace {

using testing::HasSubstr;

TEST(MigrationTest, IsForProgramsThatKnowItUnlessItSaysOtherwise) {
  const auto plain = schemaVersion({"0007-what.sql", "CREATE TABLE x (a INTEGER);\n"});
  EXPECT_EQ(plain.version, 7);
  EXPECT_EQ(plain.oldest, 7);

  const auto additive = schemaVersion({"0008-more.sql", "-- oldest: 6\nALTER TABLE x ...;\n"});
  EXPECT_EQ(additive.version, 8);
  EXPECT_EQ(additive.oldest, 6);
}

TEST(MigrationTest, LetsAProgramUseWhatIsReadableForIt) {
  EXPECT_TRUE(checkVersion({7, 7}, {7, 7}));
  EXPECT_TRUE(checkVersion({8, 7}, {7, 7})) << "the version before";
  EXPECT_FALSE(checkVersion({8, 8}, {7, 7}));
  EXPECT_FALSE(checkVersion({6, 6}, {7, 6})) << "not yet upgraded";
}

TEST(MigrationTest, SaysWhatToDo) {
  EXPECT_THAT(checkVersion({8, 8}, {7, 7}).error().message, HasSubstr("use a newer program"));
}

}  // namespace
}  // namespace berth::store
