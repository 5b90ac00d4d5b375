#include "controller/credentials.hpp"

#include <algorithm>
#include <filesystem>

#include "core/base/boundary.hpp"
#include "core/crypto/certificate.hpp"
#include "core/crypto/encoding.hpp"
#include "core/crypto/private_file.hpp"
#include "core/yaml/yaml.hpp"

namespace berth {
namespace {

constexpr auto kDay = std::chrono::hours(24);
constexpr std::size_t kTokenBytes = 32;

std::string pki(const std::string& dataDir, const char* name) { return dataDir + "/pki/" + name; }

/// NotFound when either half is missing.
Result<KeyedCertificate> readPair(const std::string& certificate, const std::string& key) {
  BERTH_TRY(auto certificatePem, readFile(certificate));
  BERTH_TRY(auto keyPem, readFile(key));
  return KeyedCertificate{std::move(certificatePem), Secret(std::move(keyPem))};
}

/// The key first: a certificate without its key would be taken for a pair.
Result<> writePair(
    const std::string& certificate, const std::string& key, const KeyedCertificate& pair) {
  BERTH_CHECK(writePrivateFile(key, pair.keyPem.reveal()));
  return writePrivateFile(certificate, pair.certificatePem);
}

Result<KeyedCertificate> ensureAuthority(
    const std::string& dataDir, const Clock& clock, Random& random) {
  const std::string certificate = pki(dataDir, "ca.crt");
  const std::string key = pki(dataDir, "ca.key");
  auto kept = readPair(certificate, key);
  if (kept || kept.error().reason != Reason::NotFound) return kept;
  const Time now = clock.wall();
  BERTH_TRY(
      auto made, makeAuthority("berth-ca-" + randomSuffix(random), now - kDay, now + 3650 * kDay));
  BERTH_CHECK(writePair(certificate, key, made));
  return made;
}

bool isAddress(const std::string& name) {
  return name.find(':') != std::string::npos ||
         name.find_first_not_of("0123456789.") == std::string::npos;
}

CertificateSpec serverSpec(const std::vector<std::string>& names, Time now) {
  CertificateSpec spec{
      .commonName = "berth-controller",
      .dnsNames = {"localhost"},
      .ipAddresses = {"127.0.0.1", "::1"},
      .notBefore = now - kDay,
      .notAfter = now + 365 * kDay};
  for (const auto& name : names) {
    auto& list = isAddress(name) ? spec.ipAddresses : spec.dnsNames;
    if (std::ranges::find(list, name) == list.end()) list.push_back(name);
  }
  return spec;
}

bool isGood(const std::string& pem, const CertificateSpec& spec, Time now) {
  const auto info = readCertificate(pem);
  return info && info->notAfter > now + 30 * kDay && info->dnsNames == spec.dnsNames &&
         info->ipAddresses == spec.ipAddresses;
}

Result<KeyedCertificate> ensureServerCertificate(
    const std::string& dataDir,
    const KeyedCertificate& authority,
    const CertificateSpec& spec,
    Time now) {
  const std::string certificate = pki(dataDir, "server.crt");
  const std::string key = pki(dataDir, "server.key");
  auto kept = readPair(certificate, key);
  if (kept && isGood(kept->certificatePem, spec, now)) return kept;
  if (!kept && kept.error().reason != Reason::NotFound) return kept;
  BERTH_TRY(auto made, makeCertificate(authority, spec));
  BERTH_CHECK(writePair(certificate, key, made));
  return made;
}

std::string kubeconfigPath(const std::string& dataDir) { return dataDir + "/kubeconfig"; }

/// The token of the kubeconfig that is there; empty when there is none.
Result<std::string> keptToken(const std::string& dataDir) {
  auto text = readFile(kubeconfigPath(dataDir));
  if (!text && text.error().reason == Reason::NotFound) return std::string();
  if (!text) return std::move(text).error();
  auto documents = parseYaml(*text);
  if (!documents) return during(kubeconfigPath(dataDir), std::move(documents).error());
  if (documents->empty()) return std::string();
  const Json* users = findPath(documents->front().document, "users");
  if (!users || !users->is_array() || users->empty()) return std::string();
  return stringAt(users->front(), "user.token");
}

}  // namespace

Result<Credentials> ensureCredentials(
    const std::string& dataDir,
    const std::vector<std::string>& names,
    const Clock& clock,
    Random& random) {
  const auto made = atBoundary("make " + dataDir + "/pki", [&]() -> Result<> {
    std::filesystem::create_directories(dataDir + "/pki");
    std::filesystem::permissions(dataDir + "/pki", std::filesystem::perms::owner_all);
    return Ok{};
  });
  if (!made) return made.error();
  BERTH_TRY(const auto authority, ensureAuthority(dataDir, clock, random));
  const Time now = clock.wall();
  BERTH_TRY(auto server, ensureServerCertificate(dataDir, authority, serverSpec(names, now), now));
  BERTH_TRY(auto token, keptToken(dataDir));
  if (token.empty()) token = randomHex(random, kTokenBytes);
  return Credentials{
      .tls =
          {.certificatePem = std::move(server.certificatePem),
           .keyPem = std::move(server.keyPem),
           .clientCaPem = authority.certificatePem},
      .adminToken = Secret(std::move(token))};
}

Result<> writeKubeconfig(
    const std::string& dataDir,
    const Credentials& credentials,
    const std::string& address,
    std::uint16_t port) {
  const bool any = address.empty() || address == "0.0.0.0" || address == "::";
  const std::string host = any ? "127.0.0.1" : address;
  const std::string bracketed = host.find(':') == std::string::npos ? host : "[" + host + "]";
  const Json document = {
      {"apiVersion", "v1"},
      {"kind", "Config"},
      {"current-context", "berth"},
      {"preferences", Json::object()},
      {"clusters",
       {{{"name", "berth"},
         {"cluster",
          {{"server", "https://" + bracketed + ":" + std::to_string(port)},
           {"certificate-authority-data", toBase64(credentials.tls.clientCaPem)}}}}}},
      {"users", {{{"name", "admin"}, {"user", {{"token", credentials.adminToken.reveal()}}}}}},
      {"contexts", {{{"name", "berth"}, {"context", {{"cluster", "berth"}, {"user", "admin"}}}}}}};
  const std::string text = toYaml(document);
  const auto kept = readFile(kubeconfigPath(dataDir));
  if (kept && *kept == text) return Ok{};
  return writePrivateFile(kubeconfigPath(dataDir), text);
}

}  // namespace berth
