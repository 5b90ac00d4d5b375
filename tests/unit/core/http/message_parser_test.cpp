#include "core/http/message_parser.hpp"

#include <gmock/gmock.h>

namespace berth::http {
namespace {

using Kind = MessageParser::Kind;

/// Feeds byte by byte: how a message is cut must not matter.
std::optional<ParseFailure> feedSlowly(MessageParser& parser, std::string_view bytes) {
  for (const char byte : bytes)
    if (auto failure = parser.feed({&byte, 1})) return failure;
  return std::nullopt;
}

TEST(MessageParserTest, ReadsARequestWithALength) {
  MessageParser parser({});

  EXPECT_FALSE(parser.feed("POST /a?b HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nab"));
  EXPECT_TRUE(parser.headDone());
  EXPECT_FALSE(parser.done());
  EXPECT_FALSE(parser.feed("cGET"));

  EXPECT_TRUE(parser.done());
  EXPECT_EQ(parser.head().method, "POST");
  EXPECT_EQ(parser.head().target, "/a?b");
  EXPECT_EQ(parser.takeBody(), "abc");
  EXPECT_EQ(parser.takeRest(), "GET");
  EXPECT_TRUE(parser.keepAlive());
}

TEST(MessageParserTest, ReadsChunksHoweverTheyAreCut) {
  const std::string_view message =
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\nA;ext=1\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n";
  MessageParser whole({});
  MessageParser sliced({});

  EXPECT_FALSE(whole.feed(message));
  EXPECT_FALSE(feedSlowly(sliced, message));

  EXPECT_TRUE(whole.done());
  EXPECT_TRUE(sliced.done());
  EXPECT_EQ(whole.takeBody(), "abc0123456789");
  EXPECT_EQ(sliced.takeBody(), "abc0123456789");
  EXPECT_FALSE(whole.head().headers.has("Trailer"));
}

TEST(MessageParserTest, TakesALastChunkAloneByteByByte) {
  MessageParser parser({});

  EXPECT_FALSE(feedSlowly(
      parser, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"));

  EXPECT_TRUE(parser.done());
}

TEST(MessageParserTest, ReadsAnAnswerThatGoesToTheEnd) {
  MessageParser parser({.kind = Kind::Response});

  EXPECT_FALSE(parser.feed("HTTP/1.0 200 OK\r\n\r\nabc"));
  EXPECT_FALSE(parser.done());
  EXPECT_FALSE(parser.feedEnd());

  EXPECT_TRUE(parser.done());
  EXPECT_EQ(parser.takeBody(), "abc");
  EXPECT_FALSE(parser.keepAlive());
}

TEST(MessageParserTest, ExpectsNoBodyAfterHead) {
  MessageParser parser({.kind = Kind::Response, .headAnswer = true});

  EXPECT_FALSE(parser.feed("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"));

  EXPECT_TRUE(parser.done());
}

TEST(MessageParserTest, FailsWhenTheBodyIsCutShort) {
  MessageParser parser({.kind = Kind::Response});

  EXPECT_FALSE(parser.feed("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"));

  EXPECT_TRUE(parser.feedEnd());
}

struct Malformed {
  const char* name;
  std::string text;
  int status = 400;
};

class MalformedRequestTest : public testing::TestWithParam<Malformed> {};

TEST_P(MalformedRequestTest, IsRefusedWholeAndByteByByte) {
  const MessageParser::Options options{.maxHeaderBytes = 512, .maxBodyBytes = 100};
  MessageParser whole(options);
  MessageParser sliced(options);

  const auto failure = whole.feed(GetParam().text);
  const auto failureOfSlices = feedSlowly(sliced, GetParam().text);

  ASSERT_TRUE(failure);
  ASSERT_TRUE(failureOfSlices);
  EXPECT_EQ(failure->status, GetParam().status);
  EXPECT_EQ(failureOfSlices->status, GetParam().status);
}

std::string post(const std::string& lines, const std::string& body = "") {
  return "POST / HTTP/1.1\r\nHost: x\r\n" + lines + "\r\n" + body;
}

std::string chunked(const std::string& body) {
  return post("Transfer-Encoding: chunked\r\n", body);
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    MalformedRequestTest,
    testing::Values(
        Malformed{"NoHost", "GET / HTTP/1.1\r\n\r\n"},
        Malformed{"TwoHosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"},
        Malformed{"BareLineFeed", "GET / HTTP/1.1\nHost: a\n\n"},
        Malformed{"BareLineFeedLater", "GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n"},
        Malformed{"BareReturn", "GET / HTTP/1.1\r\nHost: a\rX: y\r\n\r\n"},
        Malformed{"Folded", "GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n"},
        Malformed{"FoldedFirst", "GET / HTTP/1.1\r\n Host: a\r\n\r\n"},
        Malformed{"SpaceBeforeColon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n"},
        Malformed{"NoColon", "GET / HTTP/1.1\r\nHost: a\r\nJunk\r\n\r\n"},
        Malformed{"EmptyName", "GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n"},
        Malformed{"NulInValue", std::string("GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n", 29)},
        Malformed{"ControlInValue", "GET / HTTP/1.1\r\nHost: a\r\nX: \x01\r\n\r\n"},
        Malformed{"DeleteInValue", "GET / HTTP/1.1\r\nHost: a\r\nX: \x7f\r\n\r\n"},
        Malformed{"OtherVersion", "GET / HTTP/2.0\r\nHost: a\r\n\r\n"},
        Malformed{"NoVersion", "GET /\r\nHost: a\r\n\r\n"},
        Malformed{"SpaceInTarget", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n"},
        Malformed{"EmptyLineFirst", "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"},
        Malformed{"Garbage", "\x16\x03\x01\x02garbage\r\n\r\n"},
        Malformed{"LengthWord", post("Content-Length: abc\r\n")},
        Malformed{"LengthPlus", post("Content-Length: +2\r\n", "ab")},
        Malformed{"LengthMinus", post("Content-Length: -1\r\n")},
        Malformed{"LengthEmpty", post("Content-Length: \r\n")},
        Malformed{"LengthList", post("Content-Length: 2, 2\r\n", "ab")},
        Malformed{"LengthHuge", post("Content-Length: 99999999999999999999999\r\n")},
        Malformed{"LengthTwice", post("Content-Length: 2\r\nContent-Length: 2\r\n", "ab")},
        Malformed{"LengthDiffers", post("Content-Length: 2\r\nContent-Length: 3\r\n", "ab")},
        Malformed{
            "LengthThenChunked", post("Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", "ab")},
        Malformed{
            "ChunkedThenLength", post("Transfer-Encoding: chunked\r\nContent-Length: 2\r\n", "ab")},
        Malformed{"XChunked", post("Transfer-Encoding: xchunked\r\n", "ab")},
        Malformed{"GzipChunked", post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n")},
        Malformed{"ChunkedIdentity", post("Transfer-Encoding: chunked, identity\r\n")},
        Malformed{
            "ChunkedTwice",
            post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")},
        Malformed{"ChunkedOn10", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        Malformed{"ChunkMinus", chunked("-1\r\nabc")},
        Malformed{"ChunkWord", chunked("zz\r\nabc")},
        Malformed{"ChunkPrefix", chunked("0x3\r\nabc\r\n0\r\n\r\n")},
        Malformed{"ChunkOverflow", chunked("fffffffffffffffff\r\nabc")},
        Malformed{"ChunkTooLong", chunked("3\r\nabcdef\r\n0\r\n\r\n")},
        Malformed{"ChunkBareLineFeed", chunked("3\nabc\n0\n\n\r\n\r\n")},
        Malformed{"ChunkLineEndless", chunked("3;" + std::string(5000, 'x'))},
        Malformed{"TrailersEndless", chunked("0\r\n" + std::string(5000, 'x'))},
        Malformed{"ChunksTooBig", chunked("40\r\n" + std::string(64, 'x') + "\r\n40\r\n"), 413},
        Malformed{"BodyTooBig", post("Content-Length: 101\r\n"), 413},
        Malformed{"HeaderTooBig", post("X: " + std::string(600, 'x') + "\r\n"), 431}),
    [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace berth::http
