#include "core/http/server_channel.hpp"

#include <algorithm>
#include <array>
#include <sys/socket.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <netdb.h>

#include "core/crypto/openssl.hpp"

namespace berth::http {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr std::size_t kMostViews = 64;  // what Asio gives to one writev(2)
constexpr std::size_t kCoalesced = 64 * 1024;

class PlainChannel final : public Channel {
 public:
  explicit PlainChannel(GenericSocket socket) : socket_(std::move(socket)) {}

  void handshake(IoHandler done) override { complete(std::move(done)); }
  PeerIdentity identity() override { return {}; }

  void read(std::span<char> buffer, IoHandler done) override {
    socket_.async_read_some(asio::buffer(buffer.data(), buffer.size()), std::move(done));
  }

  void write(std::span<const std::string_view> views, IoHandler done) override {
    std::vector<asio::const_buffer> buffers;
    buffers.reserve(std::min(views.size(), kMostViews));
    for (const auto& view : views.first(std::min(views.size(), kMostViews)))
      buffers.emplace_back(view.data(), view.size());
    socket_.async_write_some(buffers, std::move(done));
  }

  void endWriting(IoHandler done) override {
    error_code ignored;
    socket_.shutdown(GenericSocket::shutdown_send, ignored);
    complete(std::move(done));
  }

  void close() override {
    error_code ignored;
    socket_.close(ignored);
  }

 private:
  void complete(IoHandler done) {
    asio::post(socket_.get_executor(), [done = std::move(done)] { done({}, 0); });
  }

  GenericSocket socket_;
};

class TlsChannel final : public Channel {
 public:
  TlsChannel(GenericSocket socket, std::shared_ptr<asio::ssl::context> context)
      : context_(std::move(context)), stream_(std::move(socket), *context_) {}

  void handshake(IoHandler done) override {
    stream_.async_handshake(
        asio::ssl::stream_base::server,
        [done = std::move(done)](const error_code& code) { done(code, 0); });
  }

  PeerIdentity identity() override {
    auto* const session = stream_.native_handle();
    const openssl::Certificate certificate(SSL_get1_peer_certificate(session));
    if (!certificate || SSL_get_verify_result(session) != X509_V_OK) return {};
    auto names = openssl::subjectParts(certificate.get(), NID_commonName);
    PeerIdentity identity;
    if (!names.empty()) identity.commonName = std::move(names.back());
    identity.organizations = openssl::subjectParts(certificate.get(), NID_organizationName);
    return identity;
  }

  void read(std::span<char> buffer, IoHandler done) override {
    const auto bytes = asio::buffer(buffer.data(), buffer.size());
    if (ended_) {
      stream_.next_layer().async_read_some(bytes, std::move(done));
    } else {
      stream_.async_read_some(bytes, std::move(done));
    }
  }

  /// A TLS stream writes one buffer at a time: small ones are put together, so that
  /// each does not become a record.
  void write(std::span<const std::string_view> views, IoHandler done) override {
    std::string_view bytes = views.front();
    if (views.size() > 1 && bytes.size() < kCoalesced) {
      coalesced_.clear();
      for (const auto& view : views) {
        if (coalesced_.size() == kCoalesced) break;
        coalesced_.append(view.substr(0, kCoalesced - coalesced_.size()));
      }
      bytes = coalesced_;
    }
    stream_.async_write_some(asio::buffer(bytes.data(), bytes.size()), std::move(done));
  }

  void endWriting(IoHandler done) override {
    stream_.async_shutdown([this, done = std::move(done)](const error_code& code) {
      if (code == asio::error::operation_aborted) return done(code, 0);
      // However the peer took it, what it still sends is of no interest as TLS.
      error_code ignored;
      ended_ = true;
      stream_.next_layer().shutdown(GenericSocket::shutdown_send, ignored);
      done({}, 0);
    });
  }

  void close() override {
    error_code ignored;
    stream_.next_layer().close(ignored);
  }

 private:
  std::shared_ptr<asio::ssl::context> context_;
  asio::ssl::stream<GenericSocket> stream_;
  std::string coalesced_;
  bool ended_ = false;
};

}  // namespace

std::unique_ptr<Channel> makePlainChannel(GenericSocket socket) {
  return std::make_unique<PlainChannel>(std::move(socket));
}

std::unique_ptr<Channel> makeTlsChannel(
    GenericSocket socket, std::shared_ptr<asio::ssl::context> context) {
  return std::make_unique<TlsChannel>(std::move(socket), std::move(context));
}

std::string addressOf(const GenericSocket& socket) {
  error_code code;
  const auto endpoint = socket.remote_endpoint(code);
  if (code || endpoint.protocol().family() == AF_UNIX) return "unix";
  std::array<char, NI_MAXHOST> host{};
  ::getnameinfo(
      endpoint.data(),
      static_cast<socklen_t>(endpoint.size()),
      host.data(),
      host.size(),
      nullptr,
      0,
      NI_NUMERICHOST);
  std::string_view address = host.data();
  constexpr std::string_view kMapped = "::ffff:";  // an IPv4 peer of an IPv6 socket
  if (address.starts_with(kMapped) && address.find('.') != std::string_view::npos)
    address.remove_prefix(kMapped.size());
  return std::string(address);
}

}  // namespace berth::http
