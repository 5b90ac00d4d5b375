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

Result<std::string> readGiven(const char* option, const std::string& path) {
  auto text = readFile(path);
  if (!text) return Error{Reason::Invalid, std::string(option) + ": " + text.error().message};
  return *std::move(text) + "\n";
}

Result<> useGiven(const CredentialFiles& files, Credentials& credentials) {
  if (files.key.empty())
    return Error{Reason::Invalid, "--tls-cert-file needs --tls-key-file: the key of it"};
  BERTH_TRY(credentials.tls.certificatePem, readGiven("--tls-cert-file", files.certificate));
  BERTH_TRY(auto key, readGiven("--tls-key-file", files.key));
  credentials.tls.keyPem = Secret(std::move(key));
  if (!files.authority.empty()) {
    BERTH_TRY(credentials.serverCaPem, readGiven("--tls-ca-file", files.authority));
  }
  auto info = readCertificate(credentials.tls.certificatePem);
  if (!info) return during("--tls-cert-file " + files.certificate, std::move(info).error());
  const bool isLocal = std::ranges::find(info->ipAddresses, "127.0.0.1") != info->ipAddresses.end();
  if (!isLocal && !info->dnsNames.empty()) credentials.serverName = info->dnsNames.front();
  return Ok{};
}

}  // namespace

std::vector<std::string> CredentialFiles::given() const {
  std::vector<std::string> paths;
  for (const auto& path : {certificate, key, authority, clientAuthority})
    if (!path.empty()) paths.push_back(path);
  return paths;
}

Result<Credentials> ensureCredentials(
    const CredentialFiles& files, const Clock& clock, Random& random) {
  const auto& dataDir = files.dataDir;
  const auto made = atBoundary("make " + dataDir + "/pki", [&]() -> Result<> {
    std::filesystem::create_directories(dataDir + "/pki");
    std::filesystem::permissions(dataDir + "/pki", std::filesystem::perms::owner_all);
    return Ok{};
  });
  if (!made) return made.error();
  BERTH_TRY(const auto authority, ensureAuthority(dataDir, clock, random));
  Credentials credentials;
  credentials.tls.clientCaPem = authority.certificatePem;
  if (files.certificate.empty()) {
    const Time now = clock.wall();
    BERTH_TRY(
        auto server,
        ensureServerCertificate(dataDir, authority, serverSpec(files.serverNames, now), now));
    credentials.tls.certificatePem = std::move(server.certificatePem);
    credentials.tls.keyPem = std::move(server.keyPem);
    credentials.serverCaPem = authority.certificatePem;
  } else {
    BERTH_CHECK(useGiven(files, credentials));
  }
  if (!files.clientAuthority.empty()) {
    BERTH_TRY(const auto more, readGiven("--client-ca-file", files.clientAuthority));
    credentials.tls.clientCaPem += more;
  }
  BERTH_CHECK(makeTlsContext(credentials.tls));
  BERTH_TRY(auto token, keptToken(dataDir));
  if (token.empty()) token = randomHex(random, kTokenBytes);
  credentials.adminToken = Secret(std::move(token));
  return credentials;
}

Result<> writeKubeconfig(
    const std::string& dataDir,
    const Credentials& credentials,
    const std::string& address,
    std::uint16_t port) {
  const bool any = address.empty() || address == "0.0.0.0" || address == "::";
  const std::string host = any ? "127.0.0.1" : address;
  const std::string bracketed = host.find(':') == std::string::npos ? host : "[" + host + "]";
  Json cluster = {{"server", "https://" + bracketed + ":" + std::to_string(port)}};
  if (!credentials.serverCaPem.empty())
    cluster["certificate-authority-data"] = toBase64(credentials.serverCaPem);
  if (!credentials.serverName.empty()) cluster["tls-server-name"] = credentials.serverName;
  const Json document = {
      {"apiVersion", "v1"},
      {"kind", "Config"},
      {"current-context", "berth"},
      {"preferences", Json::object()},
      {"clusters", {{{"name", "berth"}, {"cluster", std::move(cluster)}}}},
      {"users", {{{"name", "admin"}, {"user", {{"token", credentials.adminToken.reveal()}}}}}},
      {"contexts", {{{"name", "berth"}, {"context", {{"cluster", "berth"}, {"user", "admin"}}}}}}};
  const std::string text = toYaml(document);
  const auto kept = readFile(kubeconfigPath(dataDir));
  if (kept && *kept == text) return Ok{};
  return writePrivateFile(kubeconfigPath(dataDir), text);
}

}  // namespace berth
