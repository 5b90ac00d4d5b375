#include "controller/api/origin.hpp"

#include "core/crypto/encoding.hpp"
#include "tests/unit/controller/api/front_door_fixture.hpp"

namespace berth::api {
namespace {

const std::string kPrefix = "base64url.bearer.authorization.k8s.io.";

class OriginTest : public testing::Test {
 protected:
  static bool passes(
      const std::string& method, const http::Headers& headers, const std::string& allowed = {}) {
    http::Request request{.method = method, .headers = headers};
    request.headers.set("Host", "berth.example:8000");
    return checkOrigin(request, {allowed}).has_value();
  }
  static http::Headers upgrade(const std::string& origin) {
    return {{"Upgrade", "websocket"}, {"Connection", "Upgrade"}, {"Origin", origin}};
  }
};

TEST_F(OriginTest, LetsWhoIsNoBrowserDoAll) {
  EXPECT_TRUE(passes("POST", {}));
  EXPECT_TRUE(passes("GET", {{"Upgrade", "websocket"}}));
}

TEST_F(OriginTest, LetsAForeignPageChangeNothing) {
  for (const auto* method : {"POST", "PUT", "PATCH", "DELETE"})
    EXPECT_FALSE(passes(method, {{"Origin", "https://evil.example"}})) << method;
  EXPECT_TRUE(passes("GET", {{"Origin", "https://evil.example"}}))
      << "it may ask; without CORS its page does not get the answer";
}

TEST_F(OriginTest, LetsAForeignPageOpenNoWebSocket) {
  EXPECT_FALSE(passes("GET", upgrade("https://evil.example")));
  EXPECT_FALSE(passes("GET", upgrade("null")));
  EXPECT_FALSE(passes("GET", upgrade("https://berth.example")));
  EXPECT_FALSE(passes("GET", upgrade("https://berth.example:8000.evil.example")));
}

TEST_F(OriginTest, LetsItsOwnPagesAndThoseAllowedIn) {
  EXPECT_TRUE(passes("GET", upgrade("https://berth.example:8000")));
  EXPECT_TRUE(passes("POST", {{"Origin", "https://berth.example:8000"}}));
  EXPECT_TRUE(passes("GET", upgrade("https://console.example"), "https://console.example"));
  EXPECT_FALSE(passes("GET", upgrade("http://console.example"), "https://console.example"));
}

TEST_F(OriginTest, TakesATokenOutOfTheSubprotocols) {
  const http::Request request{
      .headers = {{"Sec-WebSocket-Protocol", "v1, " + kPrefix + toBase64Url("let-me-in")}}};

  const auto read = readWebSocket(request);

  ASSERT_TRUE(read);
  EXPECT_EQ(read->protocol, "v1");
  EXPECT_EQ(read->request.headers.get("Authorization"), "Bearer let-me-in");
  EXPECT_EQ(read->request.headers.get("Sec-WebSocket-Protocol"), "v1");
}

TEST_F(OriginTest, RefusesATokenThatIsNone) {
  const auto token = kPrefix + toBase64Url("x");
  for (const auto& protocols :
       {kPrefix + "?, v1", kPrefix + ", v1", token, token + ", " + token + ", v1"})
    EXPECT_FALSE(readWebSocket({.headers = {{"Sec-WebSocket-Protocol", protocols}}})) << protocols;
}

class WebSocketWatchTest : public FrontDoorFixture {
 protected:
  Answer open(const http::Headers& more, const std::string& target = kHosts + "?watch=1") {
    http::Request request{.target = target, .headers = more};
    request.headers.set("Upgrade", "websocket");
    request.headers.set("Connection", "Upgrade");
    return send(request);
  }
  static http::Headers withToken(const std::string& token) {
    return {{"Sec-WebSocket-Protocol", kPrefix + toBase64Url(token) + ", v1"}};
  }
};

TEST_F(WebSocketWatchTest, IsAWatchWithTheTokenOfItsSubprotocol) {
  const auto response = open(withToken("let-me-in"));

  EXPECT_EQ(response.status, 200);
  EXPECT_TRUE(response.stream);
  EXPECT_EQ(response.headers.get("Upgrade"), "websocket");
  EXPECT_EQ(response.headers.get("Sec-WebSocket-Protocol"), "v1");
}

TEST_F(WebSocketWatchTest, IsRefusedLikeAnyRequest) {
  EXPECT_EQ(open({}).status, 401);
  EXPECT_EQ(open(withToken("wrong")).status, 401);
  EXPECT_EQ(open(withToken("just-looking")).status, 403);
  auto foreign = withToken("let-me-in");
  foreign.set("Origin", "https://evil.example");
  EXPECT_EQ(open(foreign).status, 403);
}

TEST_F(WebSocketWatchTest, TakesNoTokenFromTheUrl) {
  EXPECT_EQ(open({}, kHosts + "?watch=1&access_token=let-me-in").status, 401);
}

TEST_F(WebSocketWatchTest, IsForWatchesOnly) {
  EXPECT_FALSE(open(withToken("let-me-in"), kHosts).headers.has("Upgrade"));
}

}  // namespace
}  // namespace berth::api
