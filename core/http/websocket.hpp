/// @file
/// The frames of RFC 6455, as a server reads and writes them.  Private to core/http.
///
/// Strict: masked frames only, no reserved bits or codes, lengths in their shortest
/// form, control frames whole and short, text that is UTF-8, messages of bounded size.
/// What breaks a rule is answered with the close code that the RFC has for it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/http/http.hpp"

namespace berth::http {

enum class CloseCode : std::uint16_t {
  Normal = 1000,
  GoingAway = 1001,
  ProtocolError = 1002,
  InvalidText = 1007,
  PolicyViolation = 1008,
  TooLarge = 1009,
};

/// The headers of the answer to a sound handshake; nullopt when the request asks for no
/// WebSocket, BadRequest when it asks wrongly.
Result<std::optional<Headers>> answerHandshake(const Request& request);

/// The head of an unmasked, whole text message of that many bytes.
std::string textFrameHead(std::size_t length);
std::string pingFrame();
std::string pongFrame(std::string_view payload);
std::string closeFrame(CloseCode code);

/// One thread.
class FrameReader {
 public:
  enum class Kind { Text = 1, Binary = 2, Close = 8, Ping = 9, Pong = 10 };
  struct Message {
    Kind kind = Kind::Text;
    std::string payload;
  };

  explicit FrameReader(std::size_t maxMessageBytes) : limit_(maxMessageBytes) {}

  /// Appends what is complete to `messages`.  After a failure, which says why, the
  /// reader is of no more use.
  [[nodiscard]] std::optional<CloseCode> feed(
      std::string_view bytes, std::vector<Message>& messages);

 private:
  struct Head {
    bool last = false;
    std::uint8_t code = 0;
    std::uint64_t length = 0;
    std::size_t size = 0;  // of the head itself; 0 while it is not complete
  };
  std::optional<CloseCode> readHead(Head& head) const;
  std::optional<CloseCode> checkHead(const Head& head) const;
  std::optional<CloseCode> take(const Head& head, std::string payload, std::vector<Message>& out);

  std::size_t limit_;
  std::string waiting_;  // of a frame that is not complete
  Message partial_;      // of a message in several frames
  bool inMessage_ = false;
};

}  // namespace berth::http
