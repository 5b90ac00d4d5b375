#include "core/http/tls_stream.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <mutex>
#include <utility>

#include "core/base/guarded.hpp"
#include "core/crypto/openssl.hpp"

namespace berth::http {

namespace {

constexpr std::size_t kPlainBytes = 16 * 1024;  // of one record

using Session = std::unique_ptr<SSL, openssl::Freeing<SSL_free>>;

/// An OpenSSL session between two memory buffers: nothing in it waits.
struct Engine {
  Session session;
  BIO* incoming = nullptr;  // owned by session
  BIO* outgoing = nullptr;

  std::string takeOutgoing() const {
    std::string bytes(BIO_ctrl_pending(outgoing), '\0');
    if (!bytes.empty()) BIO_read(outgoing, bytes.data(), static_cast<int>(bytes.size()));
    return bytes;
  }
};

/// What one call into the engine came to.
struct Step {
  int result = 0;
  int code = SSL_ERROR_NONE;
  std::string outgoing;
};

template <class Function>
Step step(Guarded<Engine>& guarded, Function&& function) {
  return guarded.with([&](auto& engine) {
    ERR_clear_error();
    Step taken;
    taken.result = function(engine.session.get());
    taken.code = SSL_get_error(engine.session.get(), taken.result);
    taken.outgoing = engine.takeOutgoing();
    return taken;
  });
}

class TlsStream final : public ByteStream {
 public:
  TlsStream(std::unique_ptr<ByteStream> inner, Engine engine)
      : inner_(std::move(inner)), engine_(std::move(engine)) {}

  Result<> handshake(const Context& context) {
    while (true) {
      auto taken = step(engine_, SSL_connect);
      BERTH_CHECK(flush(context, taken.outgoing));
      if (taken.result == 1) return Ok{};
      if (taken.code != SSL_ERROR_WANT_READ) return handshakeFailure();
      BERTH_TRY(const bool more, fill(context));
      if (!more) return Error{Reason::ServiceUnavailable, "the server closed in the handshake"};
    }
  }

  Result<std::size_t> read(const Context& context, std::span<char> buffer) override {
    const auto size = static_cast<int>(std::min<std::size_t>(buffer.size(), INT32_MAX));
    while (true) {
      auto taken =
          step(engine_, [&](SSL* session) { return SSL_read(session, buffer.data(), size); });
      BERTH_CHECK(flush(context, taken.outgoing));
      if (taken.result > 0) return static_cast<std::size_t>(taken.result);
      if (taken.code == SSL_ERROR_ZERO_RETURN) return std::size_t{0};
      if (taken.code != SSL_ERROR_WANT_READ)
        return openssl::failure(Reason::ServiceUnavailable, "read TLS");
      BERTH_TRY(const bool more, fill(context));
      // An end that TLS does not vouch for may be anybody's.
      if (!more) return Error{Reason::ServiceUnavailable, "read TLS: cut off"};
    }
  }

  Result<> write(const Context& context, std::string_view bytes) override {
    const std::lock_guard lock(writing_);
    while (!bytes.empty()) {
      const auto part = bytes.substr(0, kPlainBytes);
      auto taken = step(engine_, [&](SSL* session) {
        return SSL_write(session, part.data(), static_cast<int>(part.size()));
      });
      if (taken.result <= 0) return openssl::failure(Reason::ServiceUnavailable, "write TLS");
      BERTH_CHECK(inner_->write(context, taken.outgoing));
      bytes.remove_prefix(static_cast<std::size_t>(taken.result));
    }
    return Ok{};
  }

  Result<> closeWrite(const Context& context) override {
    const auto taken = step(engine_, SSL_shutdown);
    return flush(context, taken.outgoing);
  }

  bool isQuiet() override {
    const bool drained = engine_.with([](auto& engine) {
      return SSL_pending(engine.session.get()) == 0 && BIO_ctrl_pending(engine.incoming) == 0;
    });
    return drained && inner_->isQuiet();
  }

 private:
  Result<> flush(const Context& context, const std::string& bytes) {
    if (bytes.empty()) return Ok{};
    const std::lock_guard lock(writing_);
    return inner_->write(context, bytes);
  }

  /// False at the end of the inner stream.
  Result<bool> fill(const Context& context) {
    std::array<char, kPlainBytes> buffer;
    BERTH_TRY(const auto count, inner_->read(context, buffer));
    engine_.with([&](auto& engine) {
      if (count > 0) BIO_write(engine.incoming, buffer.data(), static_cast<int>(count));
    });
    return count > 0;
  }

  Error handshakeFailure() {
    const auto verified =
        engine_.with([](auto& engine) { return SSL_get_verify_result(engine.session.get()); });
    auto error = openssl::failure(Reason::ServiceUnavailable, "TLS handshake");
    if (verified != X509_V_OK)
      error.message = std::string("TLS handshake: ") + X509_verify_cert_error_string(verified);
    return error;
  }

  std::unique_ptr<ByteStream> inner_;
  Guarded<Engine> engine_;
  std::mutex writing_;  // records leave in the order in which they were made
};

bool isAddress(const std::string& name) {
  std::array<unsigned char, sizeof(in6_addr)> bytes;
  return inet_pton(AF_INET, name.c_str(), bytes.data()) == 1 ||
         inet_pton(AF_INET6, name.c_str(), bytes.data()) == 1;
}

Result<Engine> makeEngine(const TlsContext& tls, const std::string& serverName) {
  Engine engine{.session = Session(SSL_new(tls.get()))};
  auto* const session = engine.session.get();
  if (session == nullptr) return openssl::failure(Reason::InternalError, "make TLS session");
  engine.incoming = BIO_new(BIO_s_mem());
  engine.outgoing = BIO_new(BIO_s_mem());
  SSL_set_bio(session, engine.incoming, engine.outgoing);
  const bool named =
      isAddress(serverName)
          ? X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), serverName.c_str()) == 1
          : SSL_set1_host(session, serverName.c_str()) == 1 &&
                SSL_set_tlsext_host_name(session, serverName.c_str()) == 1;
  if (!named) return openssl::failure(Reason::ServiceUnavailable, "TLS to " + serverName);
  return engine;
}

}  // namespace

Result<std::unique_ptr<ByteStream>> startTls(
    std::unique_ptr<ByteStream> inner,
    const TlsContext& tls,
    const std::string& serverName,
    const Context& context) {
  BERTH_TRY(auto engine, makeEngine(tls, serverName));
  auto stream = std::make_unique<TlsStream>(std::move(inner), std::move(engine));
  if (auto done = stream->handshake(context); !done)
    return Error{Reason::ServiceUnavailable, done.error().message};
  return std::unique_ptr<ByteStream>(std::move(stream));
}

}  // namespace berth::http
