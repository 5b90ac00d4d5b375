/// @file
/// The head of a response as bytes, and the answers that the server gives by itself.
/// Private to core/http.
#pragma once

#include <string>

#include "core/http/http.hpp"
#include "core/http/message_parser.hpp"

namespace berth::http {

struct Framing {
  bool keepAlive = true;
  bool http11 = true;
  bool tls = false;
};

/// How many bytes a body without a stream has.
std::size_t bodyLength(const Response& response);

/// What the request's headers make of its answer: a WebSocket, or gzip.
void shapeResponse(const Request& request, std::size_t compressFrom, Response& response);

/// Status line, the response's headers, what browsers are told to refrain from unless
/// the response says otherwise, and the headers of framing: Content-Length, or
/// Transfer-Encoding when it streams; Connection; Date.
std::string serializeHead(const Response& response, const Framing& framing);

/// A Status document, as the API has it.
Response refusal(const ParseFailure& failure);

}  // namespace berth::http
