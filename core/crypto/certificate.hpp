/// @file
/// Certificates that we make ourselves: an authority, and what it signs.
///
/// Keys are ECDSA P-256; certificates and keys are PEM text.  Serial numbers are 128
/// random bits of OpenSSL's generator.
#pragma once

#include <string>
#include <vector>

#include "core/base/clock.hpp"
#include "core/base/result.hpp"
#include "core/base/secret.hpp"

namespace berth {

struct KeyedCertificate {
  std::string certificatePem;
  Secret keyPem;
};

struct CertificateSpec {
  enum class Use { Server, Client };
  std::string commonName;
  std::vector<std::string> organizations = {};  // for a client: its groups
  std::vector<std::string> dnsNames = {};
  std::vector<std::string> ipAddresses = {};
  Use use = Use::Server;
  Time notBefore;
  Time notAfter;
};

/// Self-signed, and may sign leaves only.
Result<KeyedCertificate> makeAuthority(
    const std::string& commonName, Time notBefore, Time notAfter);
Result<KeyedCertificate> makeCertificate(
    const KeyedCertificate& authority, const CertificateSpec& spec);

struct CertificateInfo {
  std::string commonName;
  std::vector<std::string> organizations;
  std::vector<std::string> dnsNames;
  std::vector<std::string> ipAddresses;  // v4 dotted, v6 as inet_ntop(3) writes it
  Time notBefore;
  Time notAfter;
};
/// Of the first certificate in the text.
Result<CertificateInfo> readCertificate(const std::string& pem);

}  // namespace berth
