/// @file
/// MessageParser: bytes in, one HTTP/1.1 message out.  Private to core/http; the only
/// include of Boost.Beast.
///
/// Stricter than Beast, since two readers that disagree on where a message ends let
/// a third smuggle one in between: bare line feeds, folded lines, control characters,
/// any Transfer-Encoding but exactly "chunked", more than one Content-Length or one
/// that is not all digits, Content-Length beside Transfer-Encoding, no Host or two
/// (in requests) are refused as soon as they are seen.  Header and body are bounded.
/// One thread.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/http/http.hpp"

namespace berth::http {

/// `status` is what a server answers: 400, 413, 431.
struct ParseFailure {
  int status = 400;
  std::string message;
};

class MessageParser {
 public:
  enum class Kind { Request, Response };
  struct Options {
    Kind kind = Kind::Request;
    std::size_t maxHeaderBytes = 32 * 1024;
    std::size_t maxBodyBytes = 3 * 1024 * 1024;
    bool headAnswer = false;  // the answer to a HEAD: no body whatever the header says
  };
  struct Head {
    std::string method;
    std::string target;
    int status = 0;
    bool http11 = true;  // else 1.0
    Headers headers;
  };

  explicit MessageParser(const Options& options);
  ~MessageParser();
  MessageParser(MessageParser&&) noexcept;
  MessageParser& operator=(MessageParser&&) noexcept;

  /// Takes all bytes and parses until the message is done; what comes after is kept
  /// for takeRest().  After a failure the parser is of no more use.
  [[nodiscard]] std::optional<ParseFailure> feed(std::string_view bytes);
  /// The other end sends no more: ends a body that goes to the end, else fails.
  [[nodiscard]] std::optional<ParseFailure> feedEnd();

  [[nodiscard]] bool started() const;  // has been fed at least one byte
  [[nodiscard]] bool headDone() const;
  [[nodiscard]] bool done() const;
  /// Once the head is done.
  [[nodiscard]] Head& head();
  [[nodiscard]] bool keepAlive() const;
  /// What came of the body since the last call.
  [[nodiscard]] std::string takeBody();
  /// Once done: what came after the message.
  [[nodiscard]] std::string takeRest();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace berth::http
