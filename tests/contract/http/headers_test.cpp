// C6, and in which form an answer goes out.
#include "tests/contract/http/server_fixture.hpp"

namespace berth::http::testing {
namespace {

using ::testing::HasSubstr;
using namespace std::chrono_literals;

class HeadersTest : public ServerTest {};

TEST_F(HeadersTest, ForbidBrowsersWhatTheyNeedNotDoWithAnAnswer) {
  start();

  const auto headers = get("/").value().headers;

  EXPECT_EQ(headers.get("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(headers.get("Referrer-Policy"), "no-referrer");
  EXPECT_EQ(headers.get("Cache-Control"), "no-store");
  EXPECT_EQ(headers.get("X-Frame-Options"), "DENY");
  EXPECT_THAT(
      std::string(headers.get("Content-Security-Policy")),
      ::testing::AllOf(HasSubstr("default-src 'none'"), HasSubstr("frame-ancestors 'none'")));
  EXPECT_FALSE(headers.has("Access-Control-Allow-Origin"));
  EXPECT_FALSE(headers.has("Server")) << "nor which program answers";
  EXPECT_FALSE(headers.has("Strict-Transport-Security")) << "without TLS there is nothing to keep";
}

TEST_F(HeadersTest, AreOnRefusalsToo) {
  start();
  RawClient client(port_);

  client.send("GET / HTTP/1.1\r\n\r\n");

  const auto answer = client.readAll();
  EXPECT_THAT(answer, HasSubstr("\r\nX-Content-Type-Options: nosniff\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\nContent-Security-Policy: default-src 'none'"));
}

TEST_F(HeadersTest, GiveWayToWhatAHandlerSays) {
  handler_ = [](const Request&) {
    return Response{.headers = {{"Cache-Control", "public"}, {"content-security-policy", "x"}}};
  };
  start();

  const auto headers = get("/").value().headers;

  EXPECT_EQ(headers.get("Cache-Control"), "public");
  EXPECT_EQ(headers.get("Content-Security-Policy"), "x");
}

class GzipAnswerTest : public ServerTest {
 protected:
  GzipAnswerTest() {
    handler_ = [](const Request& request) {
      const auto large = std::make_shared<const std::string>(100'000, 'x');
      if (request.target == "/small") return Response{.body = "small"};
      return Response{.body = "[", .pieces = {*large, "]"}, .keep = large};
    };
  }
  Response ask(const std::string& target, const Headers& headers) {
    auto client = makeClient();
    return client.send(within(10s), {.target = target, .headers = headers}).value();
  }
};

TEST_F(GzipAnswerTest, IsGivenToWhoAsksForIt) {
  start();

  const auto response = ask("/", {{"Accept-Encoding", "gzip"}});

  EXPECT_EQ(response.headers.get("Content-Encoding"), "gzip");
  EXPECT_EQ(response.headers.get("Vary"), "Accept-Encoding");
  EXPECT_LT(response.body.size(), 2000U);
  EXPECT_EQ(response.body.substr(0, 2), "\x1f\x8b");
}

TEST_F(GzipAnswerTest, IsNotGivenToOthers) {
  start();

  const auto response = ask("/", {});

  EXPECT_FALSE(response.headers.has("Content-Encoding"));
  EXPECT_EQ(response.headers.get("Vary"), "Accept-Encoding");
  EXPECT_EQ(response.body.size(), 100'002U);
}

TEST_F(GzipAnswerTest, IsNotWorthIt) {
  start();

  const auto response = ask("/small", {{"Accept-Encoding", "gzip"}});

  EXPECT_EQ(response.body, "small");
  EXPECT_FALSE(response.headers.has("Vary"));
}

}  // namespace
}  // namespace berth::http::testing
