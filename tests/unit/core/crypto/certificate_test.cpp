#include "core/crypto/certificate.hpp"

#include <gmock/gmock.h>

#include "core/crypto/tls.hpp"

namespace berth {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

constexpr Time kStart = Time(std::chrono::seconds(1'700'000'000));
constexpr Time kEnd = kStart + std::chrono::hours(24);

KeyedCertificate makeTestAuthority() { return makeAuthority("berth-ca", kStart, kEnd).value(); }

CertificateSpec serverSpec() {
  return {
      .commonName = "berth",
      .dnsNames = {"localhost", "api.example.org"},
      .ipAddresses = {"127.0.0.1", "::1"},
      .notBefore = kStart,
      .notAfter = kEnd};
}

TEST(CertificateTest, SaysWhatItWasMadeWith) {
  const auto made = makeCertificate(makeTestAuthority(), serverSpec());

  ASSERT_TRUE(made);
  const auto info = readCertificate(made->certificatePem).value();
  EXPECT_EQ(info.commonName, "berth");
  EXPECT_THAT(info.dnsNames, ElementsAre("localhost", "api.example.org"));
  EXPECT_THAT(info.ipAddresses, ElementsAre("127.0.0.1", "::1"));
  EXPECT_EQ(info.notBefore, kStart);
  EXPECT_EQ(info.notAfter, kEnd);
  EXPECT_THAT(made->keyPem.reveal(), StartsWith("-----BEGIN PRIVATE KEY-----"));
}

TEST(CertificateTest, HasTheGroupsOfAClient) {
  const auto made = makeCertificate(
      makeTestAuthority(),
      {.commonName = "jane",
       .organizations = {"system:masters", "ops"},
       .use = CertificateSpec::Use::Client,
       .notBefore = kStart,
       .notAfter = kEnd});

  ASSERT_TRUE(made);
  EXPECT_THAT(
      readCertificate(made->certificatePem).value().organizations,
      ElementsAre("system:masters", "ops"));
}

TEST(CertificateTest, RefusesNamesThatWouldBeTwo) {
  auto spec = serverSpec();
  spec.dnsNames = {"a,DNS:b"};
  EXPECT_FALSE(makeCertificate(makeTestAuthority(), spec));

  spec = serverSpec();
  spec.ipAddresses = {"127.0.0"};
  EXPECT_FALSE(makeCertificate(makeTestAuthority(), spec));
}

TEST(CertificateTest, RefusesTextThatIsNone) {
  EXPECT_FALSE(readCertificate("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"));
  EXPECT_FALSE(makeCertificate({"", Secret("")}, serverSpec()));
}

TEST(TlsContextTest, TakesAPairAndRefusesAStranger) {
  const auto authority = makeTestAuthority();
  const auto made = makeCertificate(authority, serverSpec()).value();

  EXPECT_TRUE(
      makeTlsContext(TlsServerConfig{made.certificatePem, made.keyPem, authority.certificatePem}));
  EXPECT_FALSE(makeTlsContext(TlsServerConfig{made.certificatePem, authority.keyPem}));
  EXPECT_FALSE(makeTlsContext(TlsServerConfig{made.certificatePem, made.keyPem, "junk"}));
  EXPECT_FALSE(makeTlsContext(TlsClientConfig{"junk"}));
}

}  // namespace
}  // namespace berth
