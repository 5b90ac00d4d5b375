#include "core/http/server_channel.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <sys/socket.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
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

int socketOf(BIO* bio) { return int(reinterpret_cast<std::intptr_t>(BIO_get_data(bio))); }

/// What recv(2) and send(2) gave, as OpenSSL wants to hear it.
int told(BIO* bio, ssize_t count, int retryFlag) {
  BIO_clear_retry_flags(bio);
  if (count < 0 && (errno == EAGAIN || errno == EINTR))
    BIO_set_flags(bio, retryFlag | BIO_FLAGS_SHOULD_RETRY);
  return int(count);
}

/// A socket for OpenSSL.  Its own one raises SIGPIPE when the peer is gone.
BIO_METHOD* socketMethod() {
  static BIO_METHOD* const kMethod = [] {
    auto* const method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
    BIO_meth_set_read(method, [](BIO* bio, char* bytes, int size) {
      return told(bio, ::recv(socketOf(bio), bytes, std::size_t(size), 0), BIO_FLAGS_READ);
    });
    BIO_meth_set_write(method, [](BIO* bio, const char* bytes, int size) {
      const auto count = ::send(socketOf(bio), bytes, std::size_t(size), MSG_NOSIGNAL);
      return told(bio, count, BIO_FLAGS_WRITE);
    });
    BIO_meth_set_ctrl(
        method, [](BIO*, int command, long, void*) { return long(command == BIO_CTRL_FLUSH); });
    return method;
  }();
  return kMethod;
}

/// OpenSSL on a socket that does not block, without buffers between them: an idle
/// connection holds none.  Asio's own stream holds 70 kB.
class TlsChannel final : public Channel {
 public:
  TlsChannel(GenericSocket socket, const std::shared_ptr<asio::ssl::context>& context)
      : socket_(std::move(socket)), session_(SSL_new(context->native_handle()), SSL_free) {
    error_code ignored;
    socket_.native_non_blocking(true, ignored);
    auto* const bio = BIO_new(socketMethod());
    BIO_set_data(bio, reinterpret_cast<void*>(std::intptr_t{socket_.native_handle()}));
    BIO_set_init(bio, 1);
    SSL_set_bio(session_.get(), bio, bio);
    SSL_set_accept_state(session_.get());
  }

  void handshake(IoHandler done) override {
    begin([this] { return SSL_do_handshake(session_.get()); }, std::move(done));
  }

  PeerIdentity identity() override {
    const openssl::Certificate certificate(SSL_get1_peer_certificate(session_.get()));
    if (!certificate || SSL_get_verify_result(session_.get()) != X509_V_OK) return {};
    auto names = openssl::subjectParts(certificate.get(), NID_commonName);
    PeerIdentity identity;
    if (!names.empty()) identity.commonName = std::move(names.back());
    identity.organizations = openssl::subjectParts(certificate.get(), NID_organizationName);
    identity.validUntil = openssl::timeOf(X509_get0_notAfter(certificate.get()));
    return identity;
  }

  void read(std::span<char> buffer, IoHandler done) override {
    if (ended_)
      return socket_.async_read_some(asio::buffer(buffer.data(), buffer.size()), std::move(done));
    begin(
        [this, buffer] { return SSL_read(session_.get(), buffer.data(), int(buffer.size())); },
        std::move(done));
  }

  /// Small ones are put together, so that each does not become a record.
  void write(std::span<const std::string_view> views, IoHandler done) override {
    std::string_view bytes = views.front().substr(0, kCoalesced);
    if (views.size() > 1 && bytes.size() < kCoalesced) {
      coalesced_.clear();
      for (const auto& view : views) {
        if (coalesced_.size() == kCoalesced) break;
        coalesced_.append(view.substr(0, kCoalesced - coalesced_.size()));
      }
      bytes = coalesced_;
    }
    begin([this, bytes] { return writeSome(bytes); }, std::move(done));
  }

  void endWriting(IoHandler done) override {
    const auto say = [this] { return SSL_shutdown(session_.get()) < 0 ? -1 : 1; };
    begin(say, [this, done = std::move(done)](const error_code& code, std::size_t) {
      if (code == asio::error::operation_aborted) return done(code, 0);
      // However the peer took it, what it still sends is of no interest as TLS.
      error_code ignored;
      ended_ = true;
      socket_.shutdown(GenericSocket::shutdown_send, ignored);
      done({}, 0);
    });
  }

  void close() override {
    error_code ignored;
    socket_.close(ignored);
  }

 private:
  using Step = std::function<int()>;

  /// As many records as the socket takes.
  int writeSome(std::string_view bytes) {
    std::size_t written = 0;
    while (written < bytes.size()) {
      const auto rest = bytes.substr(written);
      const int count = SSL_write(session_.get(), rest.data(), int(rest.size()));
      if (count <= 0) return written > 0 ? int(written) : count;
      written += std::size_t(count);
    }
    return int(written);
  }

  void begin(Step step, IoHandler done) {
    attempt(std::move(step), [this, done = std::move(done)](error_code code, std::size_t count) {
      asio::post(socket_.get_executor(), [done, code, count] { done(code, count); });
    });
  }

  /// Takes the step now, and again whenever the socket is ready for what it wants.
  void attempt(Step step, IoHandler done) {
    ERR_clear_error();
    const int count = step();
    if (count > 0) return done({}, std::size_t(count));
    switch (SSL_get_error(session_.get(), count)) {
      case SSL_ERROR_WANT_READ:
        return again(GenericSocket::wait_read, std::move(step), std::move(done));
      case SSL_ERROR_WANT_WRITE:
        return again(GenericSocket::wait_write, std::move(step), std::move(done));
      case SSL_ERROR_ZERO_RETURN:
        return done(asio::error::eof, 0);
      default:
        return done(asio::error::connection_reset, 0);
    }
  }

  void again(GenericSocket::wait_type what, Step step, IoHandler done) {
    socket_.async_wait(
        what, [this, step = std::move(step), done = std::move(done)](const error_code& code) {
          if (code) return done(code, 0);
          attempt(step, done);
        });
  }

  GenericSocket socket_;
  std::unique_ptr<SSL, decltype(&SSL_free)> session_;
  std::string coalesced_;
  bool ended_ = false;
};

}  // namespace

std::unique_ptr<Channel> makePlainChannel(GenericSocket socket) {
  return std::make_unique<PlainChannel>(std::move(socket));
}

std::unique_ptr<Channel> makeTlsChannel(
    GenericSocket socket, const std::shared_ptr<asio::ssl::context>& context) {
  return std::make_unique<TlsChannel>(std::move(socket), context);
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
