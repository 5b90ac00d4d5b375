#include "core/crypto/tls.hpp"

#include "core/crypto/openssl.hpp"

namespace berth {

namespace {

using openssl::failure;

constexpr const char* kSessionContext = "berth";

Result<TlsContext> makeContext(const SSL_METHOD* method) {
  TlsContext context(SSL_CTX_new(method), SSL_CTX_free);
  if (!context || SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) != 1)
    return failure(Reason::InternalError, "make TLS context");
  SSL_CTX_set_options(
      context.get(),
      SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(
      context.get(),
      SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
          SSL_MODE_RELEASE_BUFFERS);
  return context;
}

Result<> useCertificate(SSL_CTX* context, const std::string& certificatePem, const Secret& keyPem) {
  BERTH_TRY(const auto leaf, openssl::parseCertificate(certificatePem));
  BERTH_TRY(const auto key, openssl::parseKey(keyPem.reveal()));
  if (SSL_CTX_use_certificate(context, leaf.get()) != 1 ||
      SSL_CTX_use_PrivateKey(context, key.get()) != 1 || SSL_CTX_check_private_key(context) != 1)
    return failure(Reason::Invalid, "use certificate and key");

  const openssl::Bio bio = openssl::reading(certificatePem);
  openssl::Certificate item(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));  // the leaf
  while (item.reset(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)), item)
    if (SSL_CTX_add1_chain_cert(context, item.get()) != 1)
      return failure(Reason::Invalid, "use certificate chain");
  ERR_clear_error();  // the end of the text
  return Ok{};
}

Result<> trust(SSL_CTX* context, const std::string& caPem) {
  auto* store = SSL_CTX_get_cert_store(context);
  const openssl::Bio bio = openssl::reading(caPem);
  int count = 0;
  openssl::Certificate item;
  while (item.reset(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)), item) {
    if (X509_STORE_add_cert(store, item.get()) != 1 ||
        SSL_CTX_add_client_CA(context, item.get()) != 1)
      return failure(Reason::Invalid, "use authority");
    ++count;
  }
  ERR_clear_error();  // the end of the text
  if (count == 0) return Error{Reason::Invalid, "use authority: no certificate in it"};
  return Ok{};
}

}  // namespace

Result<TlsContext> makeTlsContext(const TlsServerConfig& config) {
  BERTH_TRY(auto context, makeContext(TLS_server_method()));
  BERTH_CHECK(useCertificate(context.get(), config.certificatePem, config.keyPem));
  const auto* id = reinterpret_cast<const unsigned char*>(kSessionContext);
  SSL_CTX_set_session_id_context(context.get(), id, sizeof "berth" - 1);
  if (config.clientCaPem.empty()) return context;
  BERTH_CHECK(trust(context.get(), config.clientCaPem));
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  // An identity is proved anew on each connection.
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_TICKET);
  return context;
}

Result<TlsContext> makeTlsContext(const TlsClientConfig& config) {
  BERTH_TRY(auto context, makeContext(TLS_client_method()));
  if (config.caPem.empty()) {
    if (SSL_CTX_set_default_verify_paths(context.get()) != 1)
      return failure(Reason::InternalError, "use the machine's authorities");
  } else {
    BERTH_CHECK(trust(context.get(), config.caPem));
  }
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  if (!config.certificatePem.empty())
    BERTH_CHECK(useCertificate(context.get(), config.certificatePem, config.keyPem));
  return context;
}

}  // namespace berth
