#include "core/http/client_exchange.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace berth::http {

namespace {

constexpr std::size_t kReadBytes = 64 * 1024;
constexpr int kMostInterimAnswers = 8;

bool isTokenText(std::string_view text) {
  constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           kOthers.find(c) != std::string_view::npos;
  });
}

bool isTargetText(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

bool isValueText(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < ' ' && c != '\t') || byte == 0x7f;
  });
}

bool isFraming(const Headers& one) {
  return one.has("content-length") || one.has("transfer-encoding") || one.has("host");
}

/// What a failure means once the request is on its way.
Error afterSending(Error error) {
  error.reason = Reason::Timeout;
  return during("await answer", std::move(error));
}

}  // namespace

bool isSafe(const std::string& method) { return method == "GET" || method == "HEAD"; }

Result<std::string> serializeHead(const Request& request, const ClientOptions& options) {
  if (!isTokenText(request.method)) return Error{Reason::BadRequest, "request: malformed method"};
  if (!isTargetText(request.target)) return Error{Reason::BadRequest, "request: malformed target"};
  std::string head = request.method + " " + request.target + " HTTP/1.1\r\n";
  const auto host = request.headers.get("host");
  head += "Host: " + (host.empty() ? options.host : std::string(host)) + "\r\n";
  if (!request.headers.has("user-agent")) head += "User-Agent: " + options.userAgent + "\r\n";
  for (const auto& [name, value] : request.headers.all()) {
    if (!isTokenText(name) || !isValueText(value))
      return Error{Reason::BadRequest, "request: malformed header"};
    if (!isFraming({{name, value}})) head.append(name).append(": ").append(value).append("\r\n");
  }
  if (!request.body.empty() || !isSafe(request.method))
    head += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  return head + "\r\n";
}

Exchange::Exchange(
    std::unique_ptr<ByteStream> stream,
    const Request& request,
    const ClientOptions& options,
    std::size_t maxBodyBytes)
    : stream_(std::move(stream)),
      parserOptions_{
          .kind = MessageParser::Kind::Response,
          .maxHeaderBytes = options.maxHeaderBytes,
          .maxBodyBytes = maxBodyBytes,
          .headAnswer = request.method == "HEAD"},
      parser_(parserOptions_) {}

Result<> Exchange::sendRequest(
    const Context& context, const std::string& head, const std::string& body) {
  Result<> sent = Ok{};
  if (body.size() < kReadBytes) {
    sent = stream_->write(context, head + body);
  } else {
    sent = stream_->write(context, head);
    if (sent) sent = stream_->write(context, body);
  }
  // A server may answer and close before it has read all: its answer is worth more
  // than our failure.
  if (!sent && sent.error().reason == Reason::Timeout) return afterSending(sent.error());
  return Ok{};
}

Result<> Exchange::readHead(const Context& context) {
  for (int interim = 0; interim < kMostInterimAnswers; ++interim) {
    while (!parser_.headDone()) {
      if (auto some = readSome(context); !some) return std::move(some).error();
    }
    const int status = parser_.head().status;
    if (status == 101 || status >= 200) return Ok{};
    const auto rest = parser_.takeRest();
    parser_ = MessageParser(parserOptions_);
    if (auto failure = parser_.feed(rest))
      return Error{Reason::InternalError, "answer: " + failure->message};
  }
  return Error{Reason::InternalError, "answer: only interim ones"};
}

Result<> Exchange::readSome(const Context& context) {
  std::array<char, kReadBytes> buffer;
  auto count = stream_->read(context, buffer);
  if (!count) {
    auto error = std::move(count).error();
    return parser_.headDone() ? during("read answer", std::move(error))
                              : afterSending(std::move(error));
  }
  answered_ = answered_ || *count > 0;
  if (*count > 0) {
    if (auto failure = parser_.feed({buffer.data(), *count}))
      return Error{Reason::InternalError, "answer: " + failure->message};
    return Ok{};
  }
  const bool inBody = parser_.headDone();
  if (auto failure = parser_.feedEnd()) {
    const auto reason = inBody ? Reason::ServiceUnavailable : Reason::Timeout;
    return Error{reason, "answer: the server went away before its end"};
  }
  return Ok{};
}

bool Exchange::reusable() {
  return stream_ && parser_.done() && parser_.keepAlive() && stream_->isQuiet();
}

Response Exchange::takeHead() {
  Response response;
  response.status = parser_.head().status;
  response.headers = std::move(parser_.head().headers);
  return response;
}

}  // namespace berth::http
