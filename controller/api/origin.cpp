#include "controller/api/origin.hpp"

#include <algorithm>
#include <cctype>

#include "core/crypto/encoding.hpp"

namespace berth::api {
namespace {

constexpr std::string_view kTokenProtocol = "base64url.bearer.authorization.k8s.io.";

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool sameWord(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

std::vector<std::string_view> wordsOf(std::string_view list) {
  std::vector<std::string_view> words;
  while (!list.empty()) {
    const auto end = std::min(list.find(','), list.size());
    if (const auto word = trimmed(list.substr(0, end)); !word.empty()) words.push_back(word);
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return words;
}

/// "https://berth.example:8000" for a request to that Host.
bool isOwn(std::string_view origin, std::string_view host) {
  const auto mark = origin.find("://");
  return mark != std::string_view::npos && !host.empty() && sameWord(origin.substr(mark + 3), host);
}

}  // namespace

Result<> checkOrigin(const http::Request& request, const std::vector<std::string>& allowed) {
  const auto origin = request.headers.get("Origin");
  if (origin.empty()) return Ok{};
  const auto& method = request.method;
  const bool reads = method == "GET" || method == "HEAD" || method == "OPTIONS";
  if (reads && !asksForWebSocket(request)) return Ok{};
  if (isOwn(origin, request.headers.get("Host"))) return Ok{};
  const auto same = [&](const std::string& one) { return sameWord(one, origin); };
  if (std::ranges::any_of(allowed, same)) return Ok{};
  return Error{Reason::Forbidden, "forbidden: pages of this origin may not do this"};
}

bool asksForWebSocket(const http::Request& request) {
  return std::ranges::any_of(wordsOf(request.headers.get("Upgrade")), [](std::string_view word) {
    return sameWord(word, "websocket");
  });
}

Result<WebSocketRequest> readWebSocket(const http::Request& request) {
  WebSocketRequest read{request, {}};
  std::string token;
  for (const auto protocol : wordsOf(request.headers.get("Sec-WebSocket-Protocol"))) {
    if (!protocol.starts_with(kTokenProtocol)) {
      if (read.protocol.empty()) read.protocol = protocol;
      continue;
    }
    auto decoded = fromBase64Url(protocol.substr(kTokenProtocol.size()));
    if (!decoded || decoded->empty() || !token.empty())
      return Error{Reason::BadRequest, "malformed bearer token in the WebSocket's subprotocols"};
    token = *std::move(decoded);
  }
  if (token.empty()) return read;
  if (read.protocol.empty())
    return Error{Reason::BadRequest, "another subprotocol than the token's must be offered"};
  if (!request.headers.has("Authorization"))
    read.request.headers.set("Authorization", "Bearer " + token);
  read.request.headers.set("Sec-WebSocket-Protocol", read.protocol);
  return read;
}

}  // namespace berth::api
