#include <algorithm>
#include <cctype>
#include <cstdint>
#include <cstdlib>
#include <optional>

#include "tests/support/tenant/digest.hpp"
#include "tests/support/tenant/server.hpp"

namespace berth::tenant {
namespace {

constexpr std::size_t kMostHead = 64UL * 1024;
constexpr std::size_t kMostBody = 16UL * 1024 * 1024;
constexpr std::string_view kWebSocketKey = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char letter) {
    return static_cast<char>(std::tolower(letter));
  });
  return text;
}

std::string decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      out +=
          static_cast<char>(std::strtol(std::string(text.substr(i + 1, 2)).c_str(), nullptr, 16));
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

void parseTarget(std::string_view target, Request& request) {
  const auto mark = target.find('?');
  request.path = decode(target.substr(0, mark));
  if (mark == std::string_view::npos) return;
  target.remove_prefix(mark + 1);
  while (!target.empty()) {
    const auto end = std::min(target.find('&'), target.size());
    const auto pair = target.substr(0, end);
    const auto equals = std::min(pair.find('='), pair.size());
    request.query[decode(pair.substr(0, equals))] =
        equals < pair.size() ? decode(pair.substr(equals + 1)) : "";
    target.remove_prefix(std::min(end + 1, target.size()));
  }
}

/// The request line and the headers; nothing when they are not HTTP.
std::optional<Request> parseHead(std::string_view head) {
  Request request;
  const auto lineEnd = head.find("\r\n");
  const auto line = head.substr(0, lineEnd);
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == std::string_view::npos || last == first) return std::nullopt;
  request.method = std::string(line.substr(0, first));
  parseTarget(line.substr(first + 1, last - first - 1), request);
  head.remove_prefix(
      std::min(lineEnd == std::string_view::npos ? head.size() : lineEnd + 2, head.size()));
  while (!head.empty()) {
    const auto end = std::min(head.find("\r\n"), head.size());
    const auto field = head.substr(0, end);
    const auto colon = field.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    auto value = field.substr(colon + 1);
    while (value.starts_with(' ')) value.remove_prefix(1);
    request.headers[lower(std::string(field.substr(0, colon)))] = std::string(value);
    head.remove_prefix(std::min(end + 2, head.size()));
  }
  return request;
}

std::string format(const Response& response, bool head) {
  std::string out = "HTTP/1.1 " + std::to_string(response.status) + " " +
                    (response.status < 400 ? "OK" : "Error") +
                    "\r\ncontent-type: " + response.type +
                    "\r\ncontent-length: " + std::to_string(response.body.size()) + "\r\n\r\n";
  if (!head) out += response.body;
  return out;
}

void refuse(Connection& connection, int status) {
  connection.out += format({status, R"({"detail":"bad request"})"}, false);
  connection.closing = true;
  connection.in.clear();
}

bool upgrades(const Request& request) {
  const auto upgrade = request.headers.find("upgrade");
  return upgrade != request.headers.end() && lower(upgrade->second) == "websocket" &&
         request.path.starts_with("/ws/socket.io") && request.headers.contains("sec-websocket-key");
}

void upgrade(Connection& connection, const Request& request) {
  connection.webSocket = true;
  connection.out +=
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
      "Connection: Upgrade\r\nSec-WebSocket-Accept: " +
      base64(sha1(request.headers.at("sec-websocket-key") + std::string(kWebSocketKey))) +
      "\r\n\r\n";
}

/// Takes one request off the connection; false when it has not come whole.
bool serveOne(Connection& connection, const Handler& handler) {
  const auto headEnd = connection.in.find("\r\n\r\n");
  if (headEnd == std::string::npos) {
    if (connection.in.size() > kMostHead) refuse(connection, 431);
    return false;
  }
  auto request = parseHead(std::string_view(connection.in).substr(0, headEnd));
  if (!request || request->headers.contains("transfer-encoding")) {
    refuse(connection, 400);
    return false;
  }
  std::size_t length = 0;
  if (const auto given = request->headers.find("content-length"); given != request->headers.end())
    length = std::strtoul(given->second.c_str(), nullptr, 10);
  if (length > kMostBody) {
    refuse(connection, 413);
    return false;
  }
  const auto bodyAt = headEnd + 4;
  if (connection.in.size() < bodyAt + length) return false;
  request->body = connection.in.substr(bodyAt, length);
  connection.in.erase(0, bodyAt + length);
  if (upgrades(*request)) {
    upgrade(connection, *request);
    return false;
  }
  const auto wish = request->headers.find("connection");
  if (wish != request->headers.end() && lower(wish->second) == "close") connection.closing = true;
  connection.out += format(handler(*request), request->method == "HEAD");
  return !connection.closing;
}

}  // namespace

void serve(Connection& connection, const Handler& handler) {
  while (!connection.webSocket && serveOne(connection, handler)) {
  }
  if (connection.webSocket) echoFrames(connection);
}

void echoFrames(Connection& connection) {
  auto& in = connection.in;
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(in[at]); };
  while (in.size() >= 2) {
    std::size_t head = 2;
    std::uint64_t length = byte(1) & 127U;
    if (length >= 126) {
      const std::size_t extra = length == 126 ? 2 : 8;
      head += extra;
      if (in.size() < head) return;
      length = 0;
      for (std::size_t i = 0; i < extra; ++i) length = (length << 8U) | byte(2 + i);
    }
    const bool masked = (byte(1) & 128U) != 0;
    if (masked) head += 4;
    if (!masked || length > kMostBody) {  // a client must mask
      connection.closing = true;
      in.clear();
      return;
    }
    if (in.size() < head + length) return;
    auto payload = in.substr(head, length);
    for (std::size_t i = 0; i < payload.size(); ++i) payload[i] ^= in[head - 4 + i % 4];

    const unsigned opcode = byte(0) & 15U;
    constexpr unsigned kClose = 8;
    constexpr unsigned kPing = 9;
    constexpr unsigned kPong = 10;
    const unsigned first = (byte(0) & 0xf0U) | (opcode == kPing ? kPong : opcode);
    if (opcode != kPong) {
      connection.out += static_cast<char>(first);
      if (length < 126) {
        connection.out += static_cast<char>(length);
      } else {
        const int bits = length < 65536 ? 8 : 56;
        connection.out += static_cast<char>(length < 65536 ? 126 : 127);
        for (int shift = bits; shift >= 0; shift -= 8)
          connection.out += static_cast<char>(length >> static_cast<unsigned>(shift));
      }
      connection.out += payload;
    }
    if (opcode == kClose) connection.closing = true;
    in.erase(0, head + length);
  }
}

}  // namespace berth::tenant
