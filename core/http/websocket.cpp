#include "core/http/websocket.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

#include <openssl/sha.h>

#include "core/crypto/encoding.hpp"

namespace berth::http {

namespace {

constexpr std::size_t kMaskBytes = 4;
constexpr std::size_t kMostOfControl = 125;
constexpr std::uint64_t kShort = 126;  // lengths from here on have two more bytes
constexpr std::uint64_t kLong = 127;   // or eight
constexpr std::uint8_t kLast = 0x80;

std::uint8_t byteAt(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint8_t>(bytes[at]);
}

bool sameWord(std::string_view text, std::string_view lower) {
  return std::equal(
      text.begin(), text.end(), lower.begin(), lower.end(), [](unsigned char a, unsigned char b) {
        return std::tolower(a) == b;
      });
}

/// Whether a header that is a list has the word.
bool hasWord(std::string_view list, std::string_view lower) {
  while (!list.empty()) {
    const auto end = std::min(list.find(','), list.size());
    auto word = list.substr(0, end);
    while (word.starts_with(' ')) word.remove_prefix(1);
    while (word.ends_with(' ')) word.remove_suffix(1);
    if (sameWord(word, lower)) return true;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

/// How many bytes follow the first of a character, and the least that the second may be;
/// npos for what begins none.
struct Tail {
  std::size_t bytes = std::string_view::npos;
  std::uint8_t least = 0x80;
  std::uint8_t most = 0xbf;
};
Tail tailOf(std::uint8_t first) {
  if (first < 0x80) return {0};
  if (first >= 0xc2 && first <= 0xdf) return {1};
  if (first == 0xe0) return {2, 0xa0, 0xbf};
  if (first == 0xed) return {2, 0x80, 0x9f};  // surrogates
  if (first >= 0xe1 && first <= 0xef) return {2};
  if (first == 0xf0) return {3, 0x90, 0xbf};
  if (first >= 0xf1 && first <= 0xf3) return {3};
  if (first == 0xf4) return {3, 0x80, 0x8f};
  return {};
}

bool isUtf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto tail = tailOf(byteAt(text, i));
    if (tail.bytes == std::string_view::npos || text.size() - i <= tail.bytes) return false;
    for (std::size_t k = 1; k <= tail.bytes; ++k) {
      const auto byte = byteAt(text, i + k);
      const bool second = k == 1;
      if (byte < (second ? tail.least : 0x80) || byte > (second ? tail.most : 0xbf)) return false;
    }
    i += tail.bytes + 1;
  }
  return true;
}

bool isCloseCode(unsigned code) {
  constexpr unsigned kFirstOfLibraries = 3000;
  constexpr unsigned kAfterAll = 5000;
  if (code >= kFirstOfLibraries) return code < kAfterAll;
  return code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006;
}

std::optional<CloseCode> checkClose(std::string_view payload) {
  if (payload.empty()) return std::nullopt;
  if (payload.size() == 1) return CloseCode::ProtocolError;
  const unsigned code = byteAt(payload, 0) * 256U + byteAt(payload, 1);
  if (!isCloseCode(code)) return CloseCode::ProtocolError;
  if (!isUtf8(payload.substr(2))) return CloseCode::InvalidText;
  return std::nullopt;
}

bool isControl(std::uint8_t code) { return code >= 8; }

std::string smallFrame(std::uint8_t code, std::string_view payload) {
  std::string frame;
  frame += static_cast<char>(kLast | code);
  frame += static_cast<char>(payload.size());
  frame += payload;
  return frame;
}

void unmask(std::string& payload, std::string_view mask) {
  for (std::size_t i = 0; i < payload.size(); ++i)
    payload[i] = static_cast<char>(payload[i] ^ mask[i % kMaskBytes]);
}

}  // namespace

Result<std::optional<Headers>> answerHandshake(const Request& request) {
  constexpr std::string_view kMagic = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  constexpr std::size_t kKeyBytes = 16;
  const auto& headers = request.headers;
  const bool asks =
      hasWord(headers.get("Connection"), "upgrade") && hasWord(headers.get("Upgrade"), "websocket");
  if (!asks) return std::optional<Headers>();
  const auto key = headers.get("Sec-WebSocket-Key");
  const auto nonce = fromBase64(key);
  if (request.method != "GET" || !request.body.empty() || !nonce || nonce->size() != kKeyBytes)
    return Error{Reason::BadRequest, "malformed WebSocket handshake"};
  if (headers.get("Sec-WebSocket-Version") != "13")
    return Error{Reason::BadRequest, "WebSocket version 13 is spoken here"};
  const auto joined = std::string(key).append(kMagic);
  std::string digest(SHA_DIGEST_LENGTH, '\0');
  SHA1(
      reinterpret_cast<const unsigned char*>(joined.data()),
      joined.size(),
      reinterpret_cast<unsigned char*>(digest.data()));
  return std::optional(Headers{
      {"Upgrade", "websocket"},
      {"Connection", "Upgrade"},
      {"Sec-WebSocket-Accept", toBase64(digest)}});
}

std::string textFrameHead(std::size_t length) {
  std::string head(1, static_cast<char>(kLast | 1));
  const auto append = [&](std::size_t bytes) {
    while (bytes-- > 0) head += static_cast<char>(length >> (8 * bytes));
  };
  if (length < kShort) {
    append(1);
  } else if (length <= 0xffff) {
    head += static_cast<char>(kShort);
    append(2);
  } else {
    head += static_cast<char>(kLong);
    append(8);
  }
  return head;
}

std::string pingFrame() { return smallFrame(9, {}); }
std::string pongFrame(std::string_view payload) { return smallFrame(10, payload); }
std::string closeFrame(CloseCode code) {
  const auto number = static_cast<std::uint16_t>(code);
  const std::string payload{static_cast<char>(number >> 8), static_cast<char>(number)};
  return smallFrame(8, payload);
}

/// Of the frame that begins waiting_.
std::optional<CloseCode> FrameReader::readHead(Head& head) const {
  if (waiting_.size() < 2) return std::nullopt;
  const auto first = byteAt(waiting_, 0);
  const auto second = byteAt(waiting_, 1);
  head.last = (first & kLast) != 0;
  head.code = first & 0x0f;
  head.length = second & 0x7f;
  const bool reserved = (first & 0x70) != 0;
  const bool masked = (second & 0x80) != 0;
  if (reserved || !masked) return CloseCode::ProtocolError;
  const std::size_t more = head.length == kShort ? 2 : head.length == kLong ? 8 : 0;
  if (isControl(head.code) && more > 0) return CloseCode::ProtocolError;
  if (waiting_.size() < 2 + more) return std::nullopt;
  if (more > 0) head.length = 0;
  for (std::size_t i = 0; i < more; ++i) head.length = head.length << 8 | byteAt(waiting_, 2 + i);
  const bool longer = (more == 2 && head.length < kShort) || (more == 8 && head.length <= 0xffff);
  if (longer) return CloseCode::ProtocolError;
  if (auto failure = checkHead(head)) return failure;
  if (waiting_.size() >= 2 + more + kMaskBytes) head.size = 2 + more + kMaskBytes;
  return std::nullopt;
}

std::optional<CloseCode> FrameReader::checkHead(const Head& head) const {
  const bool known = head.code <= 2 || (head.code >= 8 && head.code <= 10);
  if (!known) return CloseCode::ProtocolError;
  if (isControl(head.code))
    return head.last && head.length <= kMostOfControl ? std::nullopt
                                                      : std::optional(CloseCode::ProtocolError);
  const bool goesOn = head.code == 0;
  if (goesOn != inMessage_) return CloseCode::ProtocolError;
  if (head.length > limit_ || partial_.payload.size() + head.length > limit_)
    return CloseCode::TooLarge;
  return std::nullopt;
}

std::optional<CloseCode> FrameReader::take(
    const Head& head, std::string payload, std::vector<Message>& out) {
  if (isControl(head.code)) {
    const auto kind = static_cast<Kind>(head.code);
    if (kind == Kind::Close)
      if (auto failure = checkClose(payload)) return failure;
    out.push_back({kind, std::move(payload)});
    return std::nullopt;
  }
  if (!inMessage_) partial_ = {static_cast<Kind>(head.code), {}};
  partial_.payload += payload;
  inMessage_ = !head.last;
  if (inMessage_) return std::nullopt;
  if (partial_.kind == Kind::Text && !isUtf8(partial_.payload)) return CloseCode::InvalidText;
  out.push_back(std::exchange(partial_, {}));
  return std::nullopt;
}

std::optional<CloseCode> FrameReader::feed(std::string_view bytes, std::vector<Message>& messages) {
  waiting_ += bytes;
  while (true) {
    Head head;
    if (auto failure = readHead(head)) return failure;
    if (head.size == 0 || waiting_.size() - head.size < head.length) return std::nullopt;
    const auto length = static_cast<std::size_t>(head.length);
    auto payload = waiting_.substr(head.size, length);
    unmask(payload, std::string_view(waiting_).substr(head.size - kMaskBytes, kMaskBytes));
    waiting_.erase(0, head.size + length);
    if (auto failure = take(head, std::move(payload), messages)) return failure;
  }
}

}  // namespace berth::http
