/// @file
/// Owners of OpenSSL's objects.  For .cpp files of core/crypto and core/http only.
#pragma once

#include <memory>
#include <string>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "core/base/clock.hpp"
#include "core/base/result.hpp"

namespace berth::openssl {

template <auto kFree>
struct Freeing {
  template <class T>
  void operator()(T* object) const {
    kFree(object);
  }
};

using Bio = std::unique_ptr<BIO, Freeing<BIO_free_all>>;
using Key = std::unique_ptr<EVP_PKEY, Freeing<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freeing<X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freeing<X509_EXTENSION_free>>;

/// `what`, and the words of OpenSSL's last error in this thread; empties its queue.
Error failure(Reason reason, const std::string& what);

/// A memory BIO over text that must outlive it.
Bio reading(const std::string& text);

Result<Certificate> parseCertificate(const std::string& pem);
Result<Key> parseKey(const std::string& pem);

/// Time::min() when it is none.
Time timeOf(const ASN1_TIME* time);

/// All values of one part of a subject (NID_commonName), in UTF-8.
std::vector<std::string> subjectParts(X509* certificate, int nid);

}  // namespace berth::openssl
