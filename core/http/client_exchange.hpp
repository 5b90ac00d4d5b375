/// @file
/// Exchange: one request and its answer on one connection.  Private to core/http.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "core/http/byte_stream.hpp"
#include "core/http/client.hpp"
#include "core/http/message_parser.hpp"

namespace berth::http {

/// The request line, headers and, when it is small, body.  BadRequest when a part of
/// it would be read as something else.
Result<std::string> serializeHead(const Request& request, const ClientOptions& options);

/// Whether a request may be sent twice without harm.
bool isSafe(const std::string& method);

class Exchange {
 public:
  /// `maxBodyBytes` bounds the body as a whole.
  Exchange(
      std::unique_ptr<ByteStream> stream,
      const Request& request,
      const ClientOptions& options,
      std::size_t maxBodyBytes);

  Result<> sendRequest(const Context& context, const std::string& head, const std::string& body);
  /// Until the head of the final answer is there.
  Result<> readHead(const Context& context);
  /// Until there is more of the body, or its end.
  Result<> readSome(const Context& context);

  /// Whether a byte of the answer has come.
  [[nodiscard]] bool answered() const { return answered_; }
  [[nodiscard]] bool done() const { return parser_.done(); }
  /// Whether the connection can carry another exchange.
  [[nodiscard]] bool reusable();
  Response takeHead();
  std::string takeBody() { return parser_.takeBody(); }
  /// What came after a 101.
  std::string takeRest() { return parser_.takeRest(); }
  std::unique_ptr<ByteStream> takeStream() { return std::move(stream_); }

 private:
  std::unique_ptr<ByteStream> stream_;
  MessageParser::Options parserOptions_;
  MessageParser parser_;
  bool answered_ = false;
};

}  // namespace berth::http
