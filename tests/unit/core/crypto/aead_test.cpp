#include "core/crypto/aead.hpp"

#include <gtest/gtest.h>

namespace berth {
namespace {

class AeadTest : public testing::Test {
 protected:
  std::string sealed(const std::string& plain = "hello") {
    return encryptAead(key_, plain, "place", random_);
  }

  SeededRandom random_{1};
  Secret key_ = makeAeadKey(random_);
};

TEST_F(AeadTest, GivesBackWhatWasEncrypted) {
  EXPECT_EQ(decryptAead(key_, sealed(), "place").value(), "hello");
  EXPECT_EQ(decryptAead(key_, sealed(""), "place").value(), "");
}

TEST_F(AeadTest, IsTheCipherThatItSays) {
  // SP 800-38D's algorithm over a zero key, nonce and block, as NIST's test case 14 has it.
  class Zeros final : public Random {
    std::uint64_t next() override { return 0; }
  } zeros;
  const std::string expected(
      "\0\0\0\0\0\0\0\0\0\0\0\0"
      "\xce\xa7\x40\x3d\x4d\x60\x6b\x6e\x07\x4e\xc5\xd3\xba\xf3\x9d\x18"
      "\xd0\xd1\xc8\xa7\x99\x99\x6b\xf0\x26\x5b\x98\xb5\xd4\x8a\xb9\x19",
      44);

  EXPECT_EQ(encryptAead(makeAeadKey(zeros), std::string(16, '\0'), "", zeros), expected);
}

TEST_F(AeadTest, IsDifferentEachTime) { EXPECT_NE(sealed(), sealed()); }

TEST_F(AeadTest, RefusesEveryFlippedBit) {
  const auto good = sealed();
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    std::string bad = good;
    bad[bit / 8] = char(bad[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(decryptAead(key_, bad, "place")) << bit;
  }
}

TEST_F(AeadTest, RefusesEveryShorterText) {
  const auto good = sealed();
  for (std::size_t size = 0; size < good.size(); ++size)
    EXPECT_FALSE(decryptAead(key_, good.substr(0, size), "place")) << size;
}

TEST_F(AeadTest, RefusesAnotherPlaceAndAnotherKey) {
  EXPECT_FALSE(decryptAead(key_, sealed(), "elsewhere"));
  EXPECT_FALSE(decryptAead(makeAeadKey(random_), sealed(), "place"));
}

}  // namespace
}  // namespace berth
