#include "core/crypto/certificate.hpp"

#include <arpa/inet.h>
#include <array>

#include "core/crypto/openssl.hpp"

namespace berth {

namespace {

using openssl::failure;
using openssl::timeOf;

constexpr int kSerialBits = 128;
constexpr long kVersion3 = 2;

std::time_t secondsOf(Time time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

Error internal(const char* what) { return failure(Reason::InternalError, what); }

std::string textOf(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

Result<KeyedCertificate> toPem(X509* certificate, EVP_PKEY* key) {
  const openssl::Bio certificateBio(BIO_new(BIO_s_mem()));
  const openssl::Bio keyBio(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_X509(certificateBio.get(), certificate) != 1 ||
      PEM_write_bio_PrivateKey(keyBio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) != 1)
    return internal("write certificate");
  return KeyedCertificate{textOf(certificateBio.get()), Secret(textOf(keyBio.get()))};
}

Result<> setSerial(X509* certificate) {
  const std::unique_ptr<BIGNUM, openssl::Freeing<BN_free>> number(BN_new());
  if (!number || BN_rand(number.get(), kSerialBits, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) != 1 ||
      BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) == nullptr)
    return internal("make serial number");
  return Ok{};
}

Result<> addToSubject(X509* certificate, const char* part, const std::string& text) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  const int size = static_cast<int>(text.size());
  auto* subject = X509_get_subject_name(certificate);
  if (X509_NAME_add_entry_by_txt(subject, part, MBSTRING_UTF8, bytes, size, -1, 0) != 1)
    return failure(Reason::Invalid, "subject " + text);
  return Ok{};
}

Result<> addExtension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context{};
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const openssl::Extension extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  if (!extension || X509_add_ext(certificate, extension.get(), -1) != 1)
    return failure(Reason::Invalid, "certificate extension " + value);
  return Ok{};
}

/// A certificate with all but its extensions and its signature.
Result<openssl::Certificate> begin(const CertificateSpec& spec, EVP_PKEY* key) {
  openssl::Certificate certificate(X509_new());
  if (!certificate || X509_set_version(certificate.get(), kVersion3) != 1)
    return internal("make certificate");
  BERTH_CHECK(setSerial(certificate.get()));
  for (const auto& organization : spec.organizations)
    BERTH_CHECK(addToSubject(certificate.get(), "O", organization));
  BERTH_CHECK(addToSubject(certificate.get(), "CN", spec.commonName));
  if (ASN1_TIME_set(X509_getm_notBefore(certificate.get()), secondsOf(spec.notBefore)) == nullptr ||
      ASN1_TIME_set(X509_getm_notAfter(certificate.get()), secondsOf(spec.notAfter)) == nullptr ||
      X509_set_pubkey(certificate.get(), key) != 1)
    return internal("make certificate");
  return certificate;
}

Result<> sign(X509* certificate, X509* issuer, EVP_PKEY* key) {
  if (X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) != 1 ||
      X509_sign(certificate, key, EVP_sha256()) == 0)
    return internal("sign certificate");
  return Ok{};
}

/// "DNS:a,IP:127.0.0.1"; a name with a comma would be two.
Result<std::string> alternativeNames(const CertificateSpec& spec) {
  std::string names;
  const auto add = [&](const char* prefix, const std::string& name) {
    names += (names.empty() ? "" : ",") + std::string(prefix) + name;
    return !name.empty() && name.find_first_of(",:\n") == std::string::npos;
  };
  for (const auto& name : spec.dnsNames)
    if (!add("DNS:", name)) return Error{Reason::Invalid, "certificate for " + name};
  for (const auto& address : spec.ipAddresses) {
    std::array<unsigned char, sizeof(in6_addr)> bytes;
    if (inet_pton(AF_INET, address.c_str(), bytes.data()) != 1 &&
        inet_pton(AF_INET6, address.c_str(), bytes.data()) != 1)
      return Error{Reason::Invalid, "certificate for address " + address};
    static_cast<void>(add("IP:", address));
  }
  return names;
}

Result<openssl::Key> makeKey() {
  openssl::Key key(EVP_EC_gen("P-256"));
  if (!key) return internal("make key");
  return key;
}

std::string addressOf(const ASN1_OCTET_STRING* bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int family = ASN1_STRING_length(bytes) == 4 ? AF_INET : AF_INET6;
  if (family == AF_INET6 && ASN1_STRING_length(bytes) != 16) return {};
  inet_ntop(family, ASN1_STRING_get0_data(bytes), text.data(), text.size());
  return text.data();
}

void readAlternativeNames(X509* certificate, CertificateInfo& info) {
  const std::unique_ptr<GENERAL_NAMES, openssl::Freeing<GENERAL_NAMES_free>> names(
      static_cast<GENERAL_NAMES*>(
          X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type == GEN_DNS) {
      const auto* data = reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName));
      info.dnsNames.emplace_back(
          data, static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName)));
    } else if (name->type == GEN_IPADD) {
      info.ipAddresses.push_back(addressOf(name->d.iPAddress));
    }
  }
}

}  // namespace

Result<KeyedCertificate> makeAuthority(
    const std::string& commonName, Time notBefore, Time notAfter) {
  BERTH_TRY(const auto key, makeKey());
  const CertificateSpec spec{
      .commonName = commonName, .notBefore = notBefore, .notAfter = notAfter};
  BERTH_TRY(const auto certificate, begin(spec, key.get()));
  X509* const raw = certificate.get();
  BERTH_CHECK(addExtension(raw, raw, NID_basic_constraints, "critical,CA:TRUE,pathlen:0"));
  BERTH_CHECK(addExtension(raw, raw, NID_key_usage, "critical,keyCertSign,cRLSign"));
  BERTH_CHECK(addExtension(raw, raw, NID_subject_key_identifier, "hash"));
  BERTH_CHECK(sign(raw, raw, key.get()));
  return toPem(raw, key.get());
}

Result<KeyedCertificate> makeCertificate(
    const KeyedCertificate& authority, const CertificateSpec& spec) {
  BERTH_TRY(const auto issuer, openssl::parseCertificate(authority.certificatePem));
  BERTH_TRY(const auto issuerKey, openssl::parseKey(authority.keyPem.reveal()));
  BERTH_TRY(const auto key, makeKey());
  BERTH_TRY(const auto certificate, begin(spec, key.get()));
  X509* const raw = certificate.get();
  const bool server = spec.use == CertificateSpec::Use::Server;
  BERTH_CHECK(addExtension(raw, issuer.get(), NID_basic_constraints, "critical,CA:FALSE"));
  BERTH_CHECK(addExtension(raw, issuer.get(), NID_key_usage, "critical,digitalSignature"));
  BERTH_CHECK(
      addExtension(raw, issuer.get(), NID_ext_key_usage, server ? "serverAuth" : "clientAuth"));
  BERTH_CHECK(addExtension(raw, issuer.get(), NID_authority_key_identifier, "keyid"));
  BERTH_TRY(const auto names, alternativeNames(spec));
  if (!names.empty()) BERTH_CHECK(addExtension(raw, issuer.get(), NID_subject_alt_name, names));
  BERTH_CHECK(sign(raw, issuer.get(), issuerKey.get()));
  return toPem(raw, key.get());
}

Result<CertificateInfo> readCertificate(const std::string& pem) {
  BERTH_TRY(const auto certificate, openssl::parseCertificate(pem));
  CertificateInfo info;
  const auto names = openssl::subjectParts(certificate.get(), NID_commonName);
  if (!names.empty()) info.commonName = names.back();
  info.organizations = openssl::subjectParts(certificate.get(), NID_organizationName);
  readAlternativeNames(certificate.get(), info);
  info.notBefore = timeOf(X509_get0_notBefore(certificate.get()));
  info.notAfter = timeOf(X509_get0_notAfter(certificate.get()));
  return info;
}

}  // namespace berth
