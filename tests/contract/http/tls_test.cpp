#include "core/crypto/certificate.hpp"
#include "tests/contract/http/server_fixture.hpp"

namespace berth::http::testing {
namespace {

using ::testing::HasSubstr;
using namespace std::chrono_literals;

KeyedCertificate makeTestAuthority(const std::string& name) {
  const auto now = systemClock().wall();
  return makeAuthority(name, now - 1h, now + 24h).value();
}

KeyedCertificate issue(
    const KeyedCertificate& authority,
    const std::string& name,
    CertificateSpec::Use use,
    Duration validFor = 24h) {
  const auto now = systemClock().wall();
  const bool server = use == CertificateSpec::Use::Server;
  return makeCertificate(
             authority,
             {.commonName = name,
              .organizations = {"system:masters"},
              .dnsNames =
                  server ? std::vector<std::string>{"localhost"} : std::vector<std::string>{},
              .ipAddresses =
                  server ? std::vector<std::string>{"127.0.0.1"} : std::vector<std::string>{},
              .use = use,
              .notBefore = now - 2h,
              .notAfter = now + validFor})
      .value();
}

class TlsTest : public ServerTest {
 protected:
  TlsTest() {
    handler_ = [](const Request& request) {
      std::string body = request.peerCommonName;
      for (const auto& group : request.peerOrganizations) body += "/" + group;
      return Response{.body = body.empty() ? "nobody" : body};
    };
  }

  void startTlsServer() {
    const auto pair = issue(authority_, "server", CertificateSpec::Use::Server);
    start(
        {.tls = TlsServerConfig{pair.certificatePem, pair.keyPem, authority_.certificatePem},
         .headerTimeout = 5s});
  }

  Result<Response> getOver(const TlsClientConfig& config, const std::string& host = "127.0.0.1") {
    BERTH_TRY(auto transport, makeTlsTransport(host, port_, config, systemClock()));
    Client client(std::move(transport), systemClock());
    return client.send(within(10s), {});
  }

  TlsClientConfig withCertificate(const KeyedCertificate& pair) {
    return {authority_.certificatePem, pair.certificatePem, pair.keyPem};
  }

  KeyedCertificate authority_ = makeTestAuthority("ca");
};

TEST_F(TlsTest, ServesAClientWithoutACertificate) {
  startTlsServer();

  EXPECT_EQ(getOver({authority_.certificatePem}).value().body, "nobody");
}

TEST_F(TlsTest, TellsTheHandlerWhoseCertificateItIs) {
  startTlsServer();
  const auto jane = issue(authority_, "jane", CertificateSpec::Use::Client);

  const auto response = getOver(withCertificate(jane), "localhost");

  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->body, "jane/system:masters");
}

TEST_F(TlsTest, RefusesCertificatesThatItsAuthorityDidNotSignOrThatAreOver) {
  startTlsServer();
  const auto stranger = issue(makeTestAuthority("other"), "jane", CertificateSpec::Use::Client);
  const auto expired = issue(authority_, "jane", CertificateSpec::Use::Client, -1h);
  const auto wrongUse = issue(authority_, "jane", CertificateSpec::Use::Server);

  EXPECT_FALSE(getOver(withCertificate(stranger)));
  EXPECT_FALSE(getOver(withCertificate(expired)));
  EXPECT_FALSE(getOver(withCertificate(wrongUse)));
}

TEST_F(TlsTest, IsNotTrustedByAClientOfAnotherAuthorityOrForAnotherName) {
  startTlsServer();

  const auto otherAuthority = getOver({makeTestAuthority("other").certificatePem});
  const auto otherName = getOver({.caPem = authority_.certificatePem, .serverName = "example.org"});

  ASSERT_FALSE(otherAuthority);
  EXPECT_EQ(otherAuthority.error().reason, Reason::ServiceUnavailable);
  ASSERT_FALSE(otherName);
  EXPECT_THAT(otherName.error().message, HasSubstr("ostname mismatch"));
}

TEST_F(TlsTest, CarriesLargeBodiesBothWaysAndKeepsTheConnection) {
  handler_ = [](const Request& request) {
    const auto shared = std::make_shared<const std::string>(request.body);
    return Response{.body = "[", .pieces = {*shared, "]", *shared}, .keep = shared};
  };
  startTlsServer();
  auto transport =
      makeTlsTransport("127.0.0.1", port_, {authority_.certificatePem}, systemClock()).value();
  Client client(std::move(transport), systemClock());
  const std::string body(2'000'000, 'b');

  for (int i = 0; i < 3; ++i) {
    const auto response = client.send(within(10s), {.method = "PUT", .body = body});
    ASSERT_TRUE(response) << response.error().message;
    EXPECT_EQ(response->body, "[" + body + "]" + body);
  }
  EXPECT_EQ(server_->connections(), 1U);
}

TEST_F(TlsTest, DeliversARefusalToWhoStillSends) {
  startTlsServer();
  auto transport =
      makeTlsTransport("127.0.0.1", port_, {authority_.certificatePem}, systemClock()).value();
  Client client(std::move(transport), systemClock());

  const auto response =
      client.send(within(10s), {.method = "PUT", .body = std::string(4'000'000, 'x')});

  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->status, 413);
}

TEST_F(TlsTest, LetsNobodyWaitForAHandshakeThatHangs) {
  startTlsServer();
  std::vector<std::unique_ptr<RawClient>> silent;
  for (int i = 0; i < 20; ++i) silent.push_back(std::make_unique<RawClient>(port_));

  EXPECT_TRUE(getOver({authority_.certificatePem}));
}

TEST_F(TlsTest, ClosesOnWhatIsNotTls) {
  startTlsServer();
  RawClient client(port_);

  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");

  EXPECT_TRUE(client.isClosed());
}

TEST_F(TlsTest, UsesAReloadedCertificateForNewConnections) {
  startTlsServer();
  auto transport =
      makeTlsTransport("127.0.0.1", port_, {authority_.certificatePem}, systemClock()).value();
  Client old(std::move(transport), systemClock());
  ASSERT_TRUE(old.send(within(10s), {}));

  const auto fresh = makeTestAuthority("fresh");
  const auto pair = issue(fresh, "server", CertificateSpec::Use::Server);
  ASSERT_TRUE(server_->reloadTls({pair.certificatePem, pair.keyPem}));

  EXPECT_TRUE(getOver({fresh.certificatePem}));
  EXPECT_FALSE(getOver({authority_.certificatePem}));
  EXPECT_TRUE(old.send(within(10s), {})) << "what is connected stays";
  EXPECT_FALSE(server_->reloadTls({"junk", Secret("junk")}));
}

TEST_F(TlsTest, DoesNotStartWithACertificateThatIsNone) {
  Server server({.tls = TlsServerConfig{"junk", Secret("junk")}}, handler_);

  EXPECT_EQ(server.start().error().reason, Reason::Invalid);
}

}  // namespace
}  // namespace berth::http::testing
