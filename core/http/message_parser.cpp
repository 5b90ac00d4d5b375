// Beast 1.74 asserts that the line of a last chunk arrives with at least two bytes
// after it.  A peer decides how its bytes arrive, and without the assertion the parser
// waits for more, as it should.
#define BOOST_DISABLE_ASSERTS

#include "core/http/message_parser.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

namespace berth::http {

namespace {

namespace beast = boost::beast;
using beast::error_code;

constexpr std::size_t kLongestChunkLine = 1024;
constexpr std::size_t kMostFields = 200;

/// Finds the end of the head, byte by byte, and what must not be in one.
class HeadScanner {
 public:
  /// How many of `bytes` belong to the head; `complete` says whether it ends there.
  std::optional<ParseFailure> scan(std::string_view bytes) {
    for (used = 0; used < bytes.size() && !complete; ++used)
      if (!accept(static_cast<unsigned char>(bytes[used])))
        return ParseFailure{400, "malformed header"};
    return std::nullopt;
  }

  std::size_t used = 0;
  bool complete = false;

 private:
  bool accept(unsigned char c) {
    if (afterReturn_) {
      afterReturn_ = false;
      if (c != '\n') return false;
      complete = lineLength_ == 0;
      lineLength_ = 0;
      ++lines_;
      return !complete || lines_ > 1;
    }
    if (c == '\r') {
      afterReturn_ = true;
      return true;
    }
    const bool blank = c == ' ' || c == '\t';
    if (blank && lineLength_ == 0) return false;  // a folded line
    if ((c < 0x20 && c != '\t') || c == 0x7f) return false;
    ++lineLength_;
    return true;
  }

  bool afterReturn_ = false;
  std::size_t lineLength_ = 0;
  std::size_t lines_ = 0;
};

/// Beast's parser, its events kept as values.
template <bool isRequest>
class Events final : public beast::http::basic_parser<isRequest> {
 public:
  MessageParser::Head head;
  std::string body;

 private:
  void on_request_impl(
      beast::http::verb /*verb*/,
      beast::string_view method,
      beast::string_view target,
      int number,
      error_code& /*code*/) override {
    head.method.assign(method.data(), method.size());
    head.target.assign(target.data(), target.size());
    head.http11 = number >= 11;
  }
  void on_response_impl(
      int status, beast::string_view /*reason*/, int number, error_code& /*code*/) override {
    head.status = status;
    head.http11 = number >= 11;
  }
  void on_field_impl(
      beast::http::field /*field*/,
      beast::string_view name,
      beast::string_view value,
      error_code& code) override {
    if (++fields_ > kMostFields) code = beast::http::error::header_limit;
    if (inBody_) return;  // a trailer
    head.headers.add(
        std::string(name.data(), name.size()), std::string(value.data(), value.size()));
  }
  void on_header_impl(error_code& /*code*/) override {}
  void on_body_init_impl(
      const boost::optional<std::uint64_t>& /*length*/, error_code& /*code*/) override {
    inBody_ = true;
  }
  std::size_t on_body_impl(beast::string_view bytes, error_code& /*code*/) override {
    body.append(bytes.data(), bytes.size());
    return bytes.size();
  }
  void on_chunk_header_impl(
      std::uint64_t /*size*/, beast::string_view /*extensions*/, error_code& /*code*/) override {}
  std::size_t on_chunk_body_impl(
      std::uint64_t /*remain*/, beast::string_view bytes, error_code& /*code*/) override {
    body.append(bytes.data(), bytes.size());
    return bytes.size();
  }
  void on_finish_impl(error_code& /*code*/) override {}

  std::size_t fields_ = 0;
  bool inBody_ = false;
};

bool isToken(std::string_view value, std::string_view lower) {
  return std::equal(value.begin(), value.end(), lower.begin(), lower.end(), [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + ('a' - 'A')) : a) == b;
  });
}

std::size_t countOf(const Headers& headers, std::string_view name) {
  return static_cast<std::size_t>(
      std::count_if(headers.all().begin(), headers.all().end(), [&](const auto& item) {
        return isToken(item.first, name);
      }));
}

/// Where the message ends must have one reading.
std::optional<ParseFailure> checkFraming(const Headers& headers, bool http11) {
  const auto lengths = countOf(headers, "content-length");
  const auto encodings = countOf(headers, "transfer-encoding");
  const auto length = headers.get("content-length");
  const bool digits =
      std::all_of(length.begin(), length.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (lengths > 1 || !digits || (lengths == 1 && (length.empty() || length.size() > 18)))
    return ParseFailure{400, "malformed Content-Length"};
  if (encodings > 1 || (encodings == 1 && !isToken(headers.get("transfer-encoding"), "chunked")))
    return ParseFailure{400, "unknown Transfer-Encoding"};
  if (encodings == 1 && (lengths == 1 || !http11)) return ParseFailure{400, "ambiguous length"};
  return std::nullopt;
}

std::optional<ParseFailure> checkHost(const Headers& headers, bool http11) {
  const auto hosts = countOf(headers, "host");
  if (hosts > 1 || (hosts == 0 && http11)) return ParseFailure{400, "one Host is needed"};
  return std::nullopt;
}

ParseFailure failureOf(const error_code& code) {
  if (code == beast::http::error::body_limit) return {413, "body too large"};
  if (code == beast::http::error::header_limit) return {431, "header too large"};
  return {400, "malformed message: " + code.message()};
}

}  // namespace

class MessageParser::Impl {
 public:
  virtual ~Impl() = default;
  virtual std::optional<ParseFailure> feed(std::string_view bytes) = 0;
  virtual std::optional<ParseFailure> feedEnd() = 0;
  [[nodiscard]] virtual bool headDone() const = 0;
  [[nodiscard]] virtual bool done() const = 0;
  virtual Head& head() = 0;
  [[nodiscard]] virtual bool keepAlive() const = 0;
  virtual std::string& body() = 0;

  bool started = false;
  std::string rest;  // of the head, then of a chunk line, then after the message

  template <bool isRequest>
  class Of;
};

template <bool isRequest>
class MessageParser::Impl::Of final : public MessageParser::Impl {
 public:
  explicit Of(const Options& options) : limit_(options.maxHeaderBytes) {
    parser_.eager(true);
    parser_.skip(options.headAnswer);
    // The scanner keeps the limit; Beast must only not be stricter.
    parser_.header_limit(std::numeric_limits<std::uint32_t>::max());
    parser_.body_limit(std::uint64_t{options.maxBodyBytes});
  }

  std::optional<ParseFailure> feed(std::string_view bytes) override {
    started = started || !bytes.empty();
    if (done() || bytes.empty()) {
      rest.append(bytes);
      return std::nullopt;
    }
    if (!headDone()) return feedHead(bytes);
    return feedBody(bytes);
  }

  std::optional<ParseFailure> feedEnd() override {
    if (done()) return std::nullopt;
    error_code code = beast::http::error::partial_message;
    if (headDone()) parser_.put_eof(code);
    if (code) return ParseFailure{400, "cut short"};
    return std::nullopt;
  }

  [[nodiscard]] bool headDone() const override { return parser_.is_header_done(); }
  [[nodiscard]] bool done() const override { return parser_.is_done(); }
  Head& head() override { return parser_.head; }
  [[nodiscard]] bool keepAlive() const override { return parser_.keep_alive(); }
  std::string& body() override { return parser_.body; }

 private:
  std::optional<ParseFailure> feedHead(std::string_view bytes) {
    auto failure = scanner_.scan(bytes);
    if (failure) return failure;
    rest.append(bytes.substr(0, scanner_.used));
    if (rest.size() > limit_) return ParseFailure{431, "header too large"};
    if (!scanner_.complete) return std::nullopt;

    const std::string headBytes = std::exchange(rest, {});
    error_code code;
    parser_.put(boost::asio::buffer(headBytes), code);
    if (code && code != beast::http::error::need_more) return failureOf(code);
    if (!headDone()) return ParseFailure{400, "malformed header"};
    if ((failure = checkFraming(parser_.head.headers, parser_.head.http11))) return failure;
    if (isRequest && (failure = checkHost(parser_.head.headers, parser_.head.http11)))
      return failure;
    return feed(bytes.substr(scanner_.used));
  }

  /// Straight from the caller's bytes unless a part of a chunk's line was left over.
  std::optional<ParseFailure> feedBody(std::string_view bytes) {
    if (rest.empty()) return put(bytes);
    rest.append(bytes);
    const std::string joined = std::exchange(rest, {});
    return put(joined);
  }

  std::optional<ParseFailure> put(std::string_view bytes) {
    error_code code;
    const auto used = parser_.put(boost::asio::buffer(bytes.data(), bytes.size()), code);
    rest.assign(bytes.substr(used));
    if (code && code != beast::http::error::need_more) return failureOf(code);
    if (!done() && rest.size() > kLongestChunkLine) return ParseFailure{400, "chunk line too long"};
    return std::nullopt;
  }

  Events<isRequest> parser_;
  HeadScanner scanner_;
  std::size_t limit_;
};

MessageParser::MessageParser(const Options& options) {
  if (options.kind == Kind::Request) {
    impl_ = std::make_unique<Impl::Of<true>>(options);
  } else {
    impl_ = std::make_unique<Impl::Of<false>>(options);
  }
}

MessageParser::~MessageParser() = default;
MessageParser::MessageParser(MessageParser&&) noexcept = default;
MessageParser& MessageParser::operator=(MessageParser&&) noexcept = default;

std::optional<ParseFailure> MessageParser::feed(std::string_view bytes) {
  return impl_->feed(bytes);
}
std::optional<ParseFailure> MessageParser::feedEnd() { return impl_->feedEnd(); }
bool MessageParser::started() const { return impl_->started; }
bool MessageParser::headDone() const { return impl_->headDone(); }
bool MessageParser::done() const { return impl_->done(); }
MessageParser::Head& MessageParser::head() { return impl_->head(); }
bool MessageParser::keepAlive() const { return impl_->keepAlive(); }
std::string MessageParser::takeBody() { return std::exchange(impl_->body(), {}); }
std::string MessageParser::takeRest() { return std::exchange(impl_->rest, {}); }

}  // namespace berth::http
