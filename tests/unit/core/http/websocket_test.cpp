#include "core/http/websocket.hpp"

#include <gmock/gmock.h>

namespace berth::http {
namespace {

using namespace std::string_literals;
using Kind = FrameReader::Kind;

/// A masked frame as a client sends it; `first` is FIN, reserved bits and code.
std::string frame(unsigned first, const std::string& payload) {
  std::string bytes(1, static_cast<char>(first));
  if (payload.size() < 126) {
    bytes += static_cast<char>(0x80U | payload.size());
  } else {
    bytes += static_cast<char>(0x80 | 126);
    bytes += static_cast<char>(payload.size() >> 8U);
    bytes += static_cast<char>(payload.size());
  }
  const std::string mask = "\x01\x02\x03\x04";
  bytes += mask;
  for (std::size_t i = 0; i < payload.size(); ++i)
    bytes += static_cast<char>(payload[i] ^ mask[i % 4]);
  return bytes;
}

struct Read {
  std::optional<CloseCode> failure;
  std::string messages;  // "1:text 9:ping "
};

Read read(const std::string& bytes, std::size_t step) {
  FrameReader reader(1000);
  std::vector<FrameReader::Message> messages;
  Read result;
  for (std::size_t at = 0; at < bytes.size() && !result.failure; at += step)
    result.failure = reader.feed(std::string_view(bytes).substr(at, step), messages);
  for (const auto& message : messages)
    result.messages += std::to_string(static_cast<int>(message.kind)) + ":" + message.payload + " ";
  return result;
}

struct Sent {
  const char* name;
  std::string bytes;
  std::string messages;
  std::optional<CloseCode> failure = std::nullopt;
};

class FrameReaderTest : public testing::TestWithParam<Sent> {};

TEST_P(FrameReaderTest, ReadsWholeAndByteByByte) {
  for (const std::size_t step : {GetParam().bytes.size(), std::size_t{1}}) {
    const auto result = read(GetParam().bytes, step);
    EXPECT_EQ(result.messages, GetParam().messages);
    EXPECT_EQ(result.failure, GetParam().failure);
  }
}

constexpr auto kProtocol = CloseCode::ProtocolError;
constexpr auto kText = CloseCode::InvalidText;

INSTANTIATE_TEST_SUITE_P(
    Table,
    FrameReaderTest,
    testing::Values(
        Sent{"Text", frame(0x81, "hello"), "1:hello "},
        Sent{"Empty", frame(0x81, ""), "1: "},
        Sent{"Binary", frame(0x82, "\xff"), "2:\xff "},
        Sent{"Longer", frame(0x81, std::string(300, 'x')), "1:" + std::string(300, 'x') + " "},
        Sent{"InParts", frame(0x01, "a") + frame(0x00, "b") + frame(0x80, "c"), "1:abc "},
        Sent{"PingBetween", frame(0x01, "a") + frame(0x89, "p") + frame(0x80, "b"), "9:p 1:ab "},
        Sent{"Pong", frame(0x8a, ""), "10: "},
        Sent{"Close", frame(0x88, "\x03\xe8"), "8:\x03\xe8 "},
        Sent{"CloseEmpty", frame(0x88, ""), "8: "},
        Sent{
            "CloseReason",
            frame(
                0x88,
                "\x03\xe8"
                "bye"),
            "8:\x03\xe8"
            "bye "},
        Sent{
            "Characters",
            frame(0x81, "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"),
            "1:\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80 "},
        Sent{"CharacterInParts", frame(0x01, "\xe2\x82") + frame(0x80, "\xac"), "1:\xe2\x82\xac "},
        Sent{
            "Unmasked",
            "\x81\x01"
            "a",
            "",
            kProtocol},
        Sent{"ReservedBit", frame(0xc1, "a"), "", kProtocol},
        Sent{"ReservedCode", frame(0x83, "a"), "", kProtocol},
        Sent{"ReservedControl", frame(0x8b, ""), "", kProtocol},
        Sent{"ContinuesNothing", frame(0x80, "a"), "", kProtocol},
        Sent{"BeginsTwice", frame(0x01, "a") + frame(0x81, "b"), "", kProtocol},
        Sent{"PingInParts", frame(0x09, "a"), "", kProtocol},
        Sent{"PingTooLong", frame(0x89, std::string(126, 'x')), "", kProtocol},
        Sent{"LengthNotShort", "\x81\xfe\x00\x05mask"s, "", kProtocol},
        Sent{
            "LengthNotShort8",
            "\x81\xff\0\0\0\0\0\0\xff\xff"
            "mask"s,
            "",
            kProtocol},
        Sent{"TooLong", frame(0x81, std::string(1001, 'x')), "", CloseCode::TooLarge},
        Sent{"TooLong8", "\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff"s, "", CloseCode::TooLarge},
        Sent{
            "TooLongInParts",
            frame(0x01, std::string(900, 'x')) + frame(0x80, std::string(900, 'x')),
            "",
            CloseCode::TooLarge},
        Sent{"CloseOneByte", frame(0x88, "\x03"), "", kProtocol},
        Sent{"CloseCode999", frame(0x88, "\x03\xe7"), "", kProtocol},
        Sent{"CloseCode1005", frame(0x88, "\x03\xed"), "", kProtocol},
        Sent{"CloseCode5000", frame(0x88, "\x13\x88"), "", kProtocol},
        Sent{"CloseReasonNoText", frame(0x88, "\x03\xe8\xff"), "", kText},
        Sent{"NoText", frame(0x81, "\xff"), "", kText},
        Sent{"Overlong", frame(0x81, "\xc0\x80"), "", kText},
        Sent{"Overlong3", frame(0x81, "\xe0\x80\x80"), "", kText},
        Sent{"Surrogate", frame(0x81, "\xed\xa0\x80"), "", kText},
        Sent{"BeyondUnicode", frame(0x81, "\xf4\x90\x80\x80"), "", kText},
        Sent{"CutCharacter", frame(0x81, "\xe2\x82"), "", kText}),
    [](const auto& tested) { return tested.param.name; });

TEST(WebSocketTest, WritesHeadsOfEachLength) {
  EXPECT_EQ(textFrameHead(5), "\x81\x05");
  EXPECT_EQ(textFrameHead(125), "\x81\x7d");
  EXPECT_EQ(textFrameHead(126), "\x81\x7e\x00\x7e"s);
  EXPECT_EQ(textFrameHead(65535), "\x81\x7e\xff\xff");
  EXPECT_EQ(textFrameHead(65536), "\x81\x7f\0\0\0\0\0\x01\0\0"s);
}

Request handshake() {
  return {
      .headers = {
          {"Connection", "keep-alive, Upgrade"},
          {"Upgrade", "WebSocket"},
          {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="},
          {"Sec-WebSocket-Version", "13"}}};
}

TEST(WebSocketTest, AnswersTheHandshakeOfTheRfc) {
  const auto answer = answerHandshake(handshake());

  ASSERT_TRUE(answer && *answer);
  EXPECT_EQ((*answer)->get("Sec-WebSocket-Accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST(WebSocketTest, IsNotAskedForWithoutBothHeaders) {
  auto request = handshake();
  request.headers.set("Connection", "keep-alive");
  EXPECT_FALSE(*answerHandshake(request));
  request = handshake();
  request.headers.set("Upgrade", "h2c");
  EXPECT_FALSE(*answerHandshake(request));
}

TEST(WebSocketTest, RefusesAHandshakeThatIsNotSound) {
  for (const auto* key : {"", "short", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZSE="}) {
    auto request = handshake();
    request.headers.set("Sec-WebSocket-Key", key);
    EXPECT_FALSE(answerHandshake(request)) << key;
  }
  auto request = handshake();
  request.headers.set("Sec-WebSocket-Version", "8");
  EXPECT_FALSE(answerHandshake(request));
  request = handshake();
  request.method = "POST";
  EXPECT_FALSE(answerHandshake(request));
}

}  // namespace
}  // namespace berth::http
