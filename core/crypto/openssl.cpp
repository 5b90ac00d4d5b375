#include "core/crypto/openssl.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <ctime>
#include <vector>

namespace berth::openssl {

Error failure(Reason reason, const std::string& what) {
  std::array<char, 256> words{};
  const auto code = ERR_get_error();
  ERR_clear_error();
  if (code == 0) return {reason, what};
  ERR_error_string_n(code, words.data(), words.size());
  return {reason, what + ": " + words.data()};
}

Bio reading(const std::string& text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

Result<Certificate> parseCertificate(const std::string& pem) {
  const Bio bio = reading(pem);
  Certificate certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
  if (!certificate) return failure(Reason::Invalid, "read certificate");
  return certificate;
}

Result<Key> parseKey(const std::string& pem) {
  const Bio bio = reading(pem);
  Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
  if (!key) return failure(Reason::Invalid, "read private key");
  return key;
}

Time timeOf(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return Time::min();
  constexpr std::int64_t kMost = 9'000'000'000;  // nanoseconds of 64 bits end in 2262
  return Time(std::chrono::seconds(std::min<std::int64_t>(timegm(&parts), kMost)));
}

std::vector<std::string> subjectParts(X509* certificate, int nid) {
  std::vector<std::string> parts;
  const X509_NAME* subject = X509_get_subject_name(certificate);
  for (int at = -1; (at = X509_NAME_get_index_by_NID(subject, nid, at)) >= 0;) {
    unsigned char* text = nullptr;
    const auto* data = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at));
    const int size = ASN1_STRING_to_UTF8(&text, data);
    if (size < 0) continue;
    parts.emplace_back(reinterpret_cast<const char*>(text), static_cast<std::size_t>(size));
    OPENSSL_free(text);
  }
  return parts;
}

}  // namespace berth::openssl
