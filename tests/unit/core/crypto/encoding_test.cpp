#include "core/crypto/encoding.hpp"

#include <gmock/gmock.h>

#include "core/crypto/digest.hpp"

namespace berth {
namespace {

struct Spelled {
  const char* bytes;
  const char* base64;
  const char* base64Url;
};

class Base64Test : public testing::TestWithParam<Spelled> {};

TEST_P(Base64Test, IsWrittenAndReadAsRfc4648Has) {
  EXPECT_EQ(toBase64(GetParam().bytes), GetParam().base64);
  EXPECT_EQ(toBase64Url(GetParam().bytes), GetParam().base64Url);
  EXPECT_EQ(fromBase64(GetParam().base64).value(), GetParam().bytes);
  EXPECT_EQ(fromBase64Url(GetParam().base64Url).value(), GetParam().bytes);
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    Base64Test,
    testing::Values(
        Spelled{"", "", ""},
        Spelled{"f", "Zg==", "Zg"},
        Spelled{"fo", "Zm8=", "Zm8"},
        Spelled{"foo", "Zm9v", "Zm9v"},
        Spelled{"foobar", "Zm9vYmFy", "Zm9vYmFy"},
        Spelled{"\xfb\xff\xfe", "+//+", "-__-"}));

class MalformedBase64Test : public testing::TestWithParam<const char*> {};

TEST_P(MalformedBase64Test, IsRefused) { EXPECT_FALSE(fromBase64(GetParam())); }

INSTANTIATE_TEST_SUITE_P(
    Table,
    MalformedBase64Test,
    testing::Values(
        "Z", "Zg", "Zg=", "Zg===", "Zh==", "Zm9v\n", "Zm 9", "====", "-__-", "Zg==Zg=="));

TEST(Base64UrlTest, TakesNoPaddingAndNoOtherAlphabet) {
  EXPECT_FALSE(fromBase64Url("Zg=="));
  EXPECT_FALSE(fromBase64Url("+//+"));
}

TEST(HexTest, WritesEveryByte) { EXPECT_EQ(toHex(std::string("\x00\x7f\xff", 3)), "007fff"); }

TEST(DigestTest, IsAsPublished) {
  EXPECT_EQ(sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(
      toHex(hmacSha256(Secret("Jefe"), "what do ya want for nothing?")),
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(SecretTest, ComparesByContentAndLength) {
  EXPECT_TRUE(equalConstantTime("token", "token"));
  EXPECT_FALSE(equalConstantTime("token", "tokem"));
  EXPECT_FALSE(equalConstantTime("tokentoken", "token"));
  EXPECT_FALSE(equalConstantTime("", "token"));
  EXPECT_TRUE(equalConstantTime("", ""));
}

}  // namespace
}  // namespace berth
