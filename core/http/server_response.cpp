#include "core/http/server_response.hpp"

#include <algorithm>
#include <array>
#include <ctime>

#include "core/json/json.hpp"

namespace berth::http {

namespace {

std::string_view phraseOf(int status) {
  switch (status) {
    case 100:
      return "Continue";
    case 101:
      return "Switching Protocols";
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 413:
      return "Request Entity Too Large";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Entity";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    default:
      return "Status";
  }
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

std::size_t lengthOf(const Response& response) {
  std::size_t length = response.body.size();
  for (const auto& piece : response.pieces) length += piece.size();
  return length;
}

}  // namespace

std::string serializeHead(const Response& response, const Framing& framing) {
  std::string head = "HTTP/1.1 " + std::to_string(response.status) + " ";
  head.append(phraseOf(response.status)).append("\r\n");
  for (const auto& [name, value] : response.headers.all())
    head.append(oneLine(name)).append(": ").append(oneLine(value)).append("\r\n");
  head.append("Date: ").append(dateNow()).append("\r\n");
  const bool bodiless = response.status == 204 || response.status == 304;
  if (!bodiless && !response.stream) {
    head.append("Content-Length: ").append(std::to_string(lengthOf(response))).append("\r\n");
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
  return {
      .status = failure.status,
      .headers = {{"Content-Type", "application/json"}},
      .body = dumpJson(document)};
}

}  // namespace berth::http
