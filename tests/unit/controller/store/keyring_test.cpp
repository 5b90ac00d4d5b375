#include "controller/store/keyring.hpp"

#include <gmock/gmock.h>

namespace berth::store {
namespace {

using testing::HasSubstr;
using testing::Not;

class KeyringTest : public testing::Test {
 protected:
  SeededRandom random_{1};
  SealingKey a_ = makeSealingKey(random_);
  SealingKey b_ = makeSealingKey(random_);
};

TEST_F(KeyringTest, IsReadAsItWasWritten) {
  const auto read = Keyring::parse(Keyring({a_, b_}).text());

  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->first().id, a_.id);
  ASSERT_NE(read->find(b_.id), nullptr);
  EXPECT_EQ(read->find(b_.id)->key.reveal(), b_.key.reveal());
  EXPECT_EQ(read->find("00000000"), nullptr);
}

TEST_F(KeyringTest, RefusesAKeyThatIsNotTheOneOfItsId) {
  auto text = Keyring({a_}).text();
  text.replace(text.find(a_.id), 8, b_.id);

  const auto read = Keyring::parse(text);

  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().message, HasSubstr("line 3"));
}

TEST_F(KeyringTest, RefusesWhatIsNoKeyringWithoutSayingWhatItReads) {
  for (const std::string text :
       {"", "# nothing\n", "hunter2canary\n", "4f3c09ab hunter2canary\n"}) {
    const auto read = Keyring::parse(text);

    ASSERT_FALSE(read) << text;
    EXPECT_THAT(read.error().message, Not(HasSubstr("hunter2")));
  }
}

}  // namespace
}  // namespace berth::store
