#include "core/http/server_response.hpp"

#include <algorithm>
#include <array>
#include <ctime>
#include <iterator>

#include "core/http/gzip.hpp"
#include "core/http/websocket.hpp"
#include "core/json/json.hpp"

namespace berth::http {

namespace {

struct Phrase {
  int status;
  std::string_view text;
};

constexpr Phrase kPhrases[] = {
    {100, "Continue"},
    {101, "Switching Protocols"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {413, "Request Entity Too Large"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Entity"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
};

std::string_view phraseOf(int status) {
  const auto* const found = std::ranges::find(kPhrases, status, &Phrase::status);
  return found == std::end(kPhrases) ? "Status" : found->text;
}

/// "Tue, 24 Nov 2026 23:50:00 GMT", made once a second in each thread.
const std::string& dateNow() {
  thread_local std::time_t second = 0;
  thread_local std::string text;
  const auto now = std::time(nullptr);
  if (now == second) return text;
  std::array<char, 64> buffer{};
  std::tm parts{};
  gmtime_r(&now, &parts);
  std::strftime(buffer.data(), buffer.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  text = buffer.data();
  second = now;
  return text;
}

/// A header of ours must not become two.
std::string oneLine(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; }, ' ');
  return text;
}

/// For answers that are data: no browser is to run, frame, guess at or keep them (C6).
struct Default {
  std::string_view name;
  std::string_view line;
};
constexpr Default kDefaults[] = {
    {"Cache-Control", "Cache-Control: no-store\r\n"},
    {"Content-Security-Policy",
     "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'; base-uri 'none'; "
     "form-action 'none'\r\n"},
    {"Referrer-Policy", "Referrer-Policy: no-referrer\r\n"},
    {"X-Content-Type-Options", "X-Content-Type-Options: nosniff\r\n"},
    {"X-Frame-Options", "X-Frame-Options: DENY\r\n"},
};
constexpr std::string_view kOverTls = "Strict-Transport-Security: max-age=31536000\r\n";

void appendDefaults(const Headers& headers, bool tls, std::string& head) {
  for (const auto& [name, line] : kDefaults)
    if (!headers.has(name)) head.append(line);
  if (tls) head.append(kOverTls);
}

void makeWebSocket(const Request& request, Response& response) {
  const auto handshake = answerHandshake(request);
  if (!handshake) {
    response = refusal({400, handshake.error().message});
    return;
  }
  if (!*handshake) return;
  response.status = 101;
  for (const auto& [name, value] : (*handshake)->all()) response.headers.set(name, value);
}

}  // namespace

std::size_t bodyLength(const Response& response) {
  std::size_t length = response.body.size();
  for (const auto& piece : response.pieces) length += piece.size();
  return length;
}

void shapeResponse(const Request& request, std::size_t compressFrom, Response& response) {
  if (response.stream) {
    if (response.headers.get("Upgrade") == "websocket") makeWebSocket(request, response);
    return;
  }
  if (bodyLength(response) < compressFrom || response.headers.has("Content-Encoding")) return;
  response.headers.add("Vary", "Accept-Encoding");
  if (acceptsGzip(request.headers.get("Accept-Encoding"))) compressBody(response);
}

std::string serializeHead(const Response& response, const Framing& framing) {
  std::string head = "HTTP/1.1 " + std::to_string(response.status) + " ";
  head.append(phraseOf(response.status)).append("\r\n");
  for (const auto& [name, value] : response.headers.all())
    if (name != "Upgrade" || response.status == 101)  // else only said to the server
      head.append(oneLine(name)).append(": ").append(oneLine(value)).append("\r\n");
  head.append("Date: ").append(dateNow()).append("\r\n");
  appendDefaults(response.headers, framing.tls, head);
  if (response.status == 101) return head + "\r\n";
  const bool bodiless = response.status == 204 || response.status == 304;
  if (!bodiless && !response.stream) {
    head.append("Content-Length: ").append(std::to_string(bodyLength(response))).append("\r\n");
  } else if (!bodiless && framing.http11) {
    head += "Transfer-Encoding: chunked\r\n";
  }
  if (!framing.keepAlive) {
    head += "Connection: close\r\n";
  } else if (!framing.http11) {
    head += "Connection: keep-alive\r\n";
  }
  return head + "\r\n";
}

Response refusal(const ParseFailure& failure) {
  const auto reason = failure.status == 413   ? Reason::RequestEntityTooLarge
                      : failure.status == 429 ? Reason::TooManyRequests
                      : failure.status >= 500 ? Reason::InternalError
                                              : Reason::BadRequest;
  const Json document{
      {"kind", "Status"},
      {"apiVersion", "v1"},
      {"metadata", Json::object()},
      {"status", "Failure"},
      {"message", failure.message},
      {"reason", toString(reason)},
      {"code", failure.status}};
  Response response{
      .status = failure.status,
      .headers = {{"Content-Type", "application/json"}},
      .body = dumpJson(document)};
  if (failure.status == 429) response.headers.set("Retry-After", "1");
  return response;
}

}  // namespace berth::http
