/// @file
/// Client: HTTP/1.1 to one server over any transport.
///
///     Client docker(makeUnixTransport("/var/run/docker.sock", clock), clock);
///     BERTH_TRY(auto response, docker.send(context, {.target = "/v1.41/info"}));
///
///   - an answer with any status is a Response; an Error means that there was none:
///     ServiceUnavailable when nobody could be reached, so that nothing happened;
///     Timeout when the request went out and no whole answer came back, so that it
///     may have happened; InternalError when what came back is not HTTP or breaks a
///     limit; BadRequest when the request cannot be put on the wire;
///   - the context's deadline bounds the call, its stop token ends it;
///   - whatever the server sends, the process lives on: header and body are bounded;
///   - connections are kept and used again.  A GET or HEAD that meets a connection
///     which the server has just closed is sent once more on a new one; nothing else
///     is ever sent twice.
///
/// Thread-safe, and calls do not wait for each other.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "core/base/clock.hpp"
#include "core/base/context.hpp"
#include "core/http/byte_stream.hpp"
#include "core/http/http.hpp"

namespace berth::http {

struct ClientOptions {
  std::string host = "localhost";  // of the Host header, with the port if not the usual one
  std::string userAgent = "berth";
  std::size_t maxHeaderBytes = 64 * 1024;
  std::size_t maxBodyBytes = 64 * 1024 * 1024;  // of send(); a stream may be endless
  std::size_t maxIdleConnections = 8;
  Duration idleTimeout = std::chrono::seconds(50);
};

/// A body as it comes.  One thread.
class BodyReader {
 public:
  virtual ~BodyReader() = default;
  /// The next bytes, at least one; nullopt once the body has ended as it should.
  /// Timeout when none came by the deadline: nothing is lost, the next call goes
  /// on.  Any other Error ends the body: ServiceUnavailable when the server went
  /// away in the middle, InternalError when it is not HTTP any more.
  virtual Result<std::optional<std::string>> read(const Context& context) = 0;
};

/// `head` has the status and headers.  Letting go of `body` before its end closes
/// the connection.
struct StreamingResponse {
  Response head;
  std::unique_ptr<BodyReader> body;
};

/// `stream` is there when the server switched protocols (101); otherwise `head` is
/// its answer, with the body.
struct UpgradedResponse {
  Response head;
  std::unique_ptr<ByteStream> stream;
};

class Client {
 public:
  Client(std::unique_ptr<Transport> transport, const Clock& clock, ClientOptions options = {});
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  Result<Response> send(const Context& context, const Request& request);
  /// The context bounds the wait for the headers; each read() has its own.
  Result<StreamingResponse> sendStreaming(const Context& context, const Request& request);
  /// The request must carry its "Upgrade" header; "Connection" is added.
  Result<UpgradedResponse> upgrade(const Context& context, const Request& request);

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;  // readers that are still open share it
};

}  // namespace berth::http
