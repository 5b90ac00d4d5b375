/// @file
/// Channel: one accepted connection, plain or TLS, without HTTP.  Private to core/http.
///
/// All of it on its connection's event loop.  At most one read and one write are under
/// way.  Completions come later, never from within the call.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ssl/context.hpp>

#include "core/base/clock.hpp"

namespace berth::http {

using GenericSocket = boost::asio::generic::stream_protocol::socket;
using IoHandler = std::function<void(const boost::system::error_code&, std::size_t)>;

/// Whom a verified client certificate names.
struct PeerIdentity {
  std::string commonName;
  std::vector<std::string> organizations;
  Time validUntil = Time::max();
};

class Channel {
 public:
  virtual ~Channel() = default;
  virtual void handshake(IoHandler done) = 0;
  [[nodiscard]] virtual PeerIdentity identity() = 0;
  virtual void read(std::span<char> buffer, IoHandler done) = 0;
  /// Some of it.
  virtual void write(std::span<const std::string_view> views, IoHandler done) = 0;
  /// Says that no more will come.  The peer may still send.
  virtual void endWriting(IoHandler done) = 0;
  virtual void close() = 0;
};

std::unique_ptr<Channel> makePlainChannel(GenericSocket socket);
std::unique_ptr<Channel> makeTlsChannel(
    GenericSocket socket, const std::shared_ptr<boost::asio::ssl::context>& context);

/// "192.0.2.7", or "unix".
std::string addressOf(const GenericSocket& socket);

}  // namespace berth::http
