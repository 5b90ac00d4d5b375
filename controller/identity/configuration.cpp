#include "controller/identity/configuration.hpp"

#include <algorithm>
#include <set>

#include "core/crypto/private_file.hpp"
#include "core/crypto/tls.hpp"
#include "core/http/url.hpp"
#include "core/schema/schema.hpp"
#include "core/schema/shape.hpp"
#include "core/schema/validate.hpp"
#include "core/yaml/yaml.hpp"

namespace berth::identity {
namespace {

constexpr const char* kSchema = R"(
type: object
required: [apiVersion, kind, jwt]
properties:
  apiVersion:
    type: string
    enum: [apiserver.config.k8s.io/v1, apiserver.config.k8s.io/v1beta1]
  kind: {type: string, enum: [AuthenticationConfiguration]}
  jwt:
    type: array
    maxItems: 64
    items:
      type: object
      required: [issuer]
      properties:
        type: {type: string, enum: [OIDC, Supabase], default: OIDC}
        issuer:
          type: object
          required: [url]
          properties:
            url: {type: string, minLength: 1}
            discoveryURL: {type: string, minLength: 1}
            jwksURL: {type: string, minLength: 1}
            certificateAuthority: {type: string}
            secretFile: {type: string, minLength: 1}
            audiences: {type: array, minItems: 1, items: {type: string, minLength: 1}}
            audienceMatchPolicy: {type: string, enum: [MatchAny]}
        claimValidationRules:
          type: array
          items:
            type: object
            required: [claim, requiredValue]
            properties:
              claim: {type: string, minLength: 1}
              requiredValue: {type: string}
        claimMappings:
          type: object
          properties:
            username: &mapping
              type: object
              required: [claim, prefix]
              properties:
                claim: {type: string, minLength: 1}
                prefix: {type: string}
            groups: *mapping
            uid:
              type: object
              required: [claim]
              properties: {claim: {type: string, minLength: 1}}
            extra:
              type: array
              items:
                type: object
                required: [key, claim]
                properties:
                  key: {type: string, pattern: "^[a-z0-9.-]+/[a-z0-9_.-]+$"}
                  claim: {type: string, minLength: 1}
)";

const Schema& schema() {
  static const Schema kLoaded = [] {
    const auto documents = parseYaml(kSchema);
    BERTH_ASSERT(documents.has_value());
    auto loaded = loadSchema(documents->front().document);
    BERTH_ASSERT(loaded.has_value());
    return *std::move(loaded);
  }();
  return kLoaded;
}

Error wrong(const std::string& where, const std::string& what) {
  return {Reason::Invalid, where + ": " + what};
}

Result<> checkShape(const Json& document) {
  std::string problems;
  const auto add = [&](const std::string& text) {
    problems += (problems.empty() ? "" : "; ") + text;
  };
  for (const auto& field : findUnknownFields(schema(), document)) add(field.message());
  for (const auto& cause : validate(schema(), document)) add(cause.field + ": " + cause.message);
  if (!problems.empty()) return Error{Reason::Invalid, problems};
  return Ok{};
}

/// Keys and answers about them must come from who is asked.
Result<> checkUrl(const std::string& where, const std::string& text) {
  const auto url = http::parseUrl(text);
  if (!url) return wrong(where, url.error().message);
  if (!url->tls && !url->isLoopback())
    return wrong(
        where, "'" + text + "' must begin with https://; http:// is for this machine only");
  return Ok{};
}

/// Supabase lets users write user_metadata themselves.
Result<> checkClaim(const std::string& where, const std::string& claim) {
  if (claim == "user_metadata" || claim.starts_with("user_metadata."))
    return wrong(where, "users can change user_metadata themselves; use app_metadata");
  return Ok{};
}

Result<> readIssuer(const std::string& where, const Json& issuer, IssuerConfiguration& into) {
  into.rules.issuer = stringAt(issuer, "url");
  into.keysUrl = stringAt(issuer, "jwksURL");
  into.discoveryUrl = stringAt(issuer, "discoveryURL");
  into.certificateAuthority = stringAt(issuer, "certificateAuthority");
  for (const auto& audience : issuer.value("audiences", Json::array()))
    into.rules.audiences.push_back(audience);
  BERTH_CHECK(checkUrl(where + ".url", into.rules.issuer));
  if (!into.keysUrl.empty()) BERTH_CHECK(checkUrl(where + ".jwksURL", into.keysUrl));
  if (!into.discoveryUrl.empty()) BERTH_CHECK(checkUrl(where + ".discoveryURL", into.discoveryUrl));
  if (!into.keysUrl.empty() && !into.discoveryUrl.empty())
    return wrong(where, "jwksURL and discoveryURL exclude each other; keep one");
  if (!into.certificateAuthority.empty() &&
      !makeTlsContext(TlsClientConfig{.caPem = into.certificateAuthority}))
    return wrong(where + ".certificateAuthority", "has no certificate in PEM");
  const auto secretFile = stringAt(issuer, "secretFile");
  if (secretFile.empty()) return Ok{};
  auto secret = readFile(secretFile);
  if (!secret) return wrong(where + ".secretFile", secret.error().message);
  while (secret->ends_with('\n') || secret->ends_with('\r')) secret->pop_back();
  auto key = VerificationKey::fromSecret(Secret(*std::move(secret)));
  if (!key) return wrong(where + ".secretFile", key.error().message);
  into.key = *std::move(key);
  return Ok{};
}

Result<> readMappings(const std::string& where, const Json& mappings, IssuerConfiguration& into) {
  for (auto [member, target] : {std::pair{"username", &into.userName}, {"groups", &into.groups}}) {
    const auto* mapping = findPath(mappings, member);
    if (mapping == nullptr) continue;
    *target = {stringAt(*mapping, "claim"), stringAt(*mapping, "prefix")};
    BERTH_CHECK(checkClaim(where + "." + member + ".claim", target->claim));
  }
  if (const auto claim = stringAt(mappings, "uid.claim"); !claim.empty()) into.uidClaim = claim;
  BERTH_CHECK(checkClaim(where + ".uid.claim", into.uidClaim));
  for (const auto& item : mappings.value("extra", Json::array())) {
    into.extra.push_back({stringAt(item, "key"), stringAt(item, "claim")});
    BERTH_CHECK(checkClaim(where + ".extra", into.extra.back().claim));
    if (into.extra.back().key.find("kubernetes.io/") != std::string::npos ||
        into.extra.back().key.find("k8s.io/") != std::string::npos)
      return wrong(where + ".extra", into.extra.back().key + " is a key of Kubernetes itself");
  }
  return Ok{};
}

/// What tokens of Supabase Auth have; whoever writes the file may say otherwise.
IssuerConfiguration supabaseDefaults() {
  IssuerConfiguration defaults;
  defaults.userName = {"sub", "supabase:"};
  defaults.groups = {"app_metadata.berth_groups", "supabase:"};
  defaults.uidClaim = "sub";
  defaults.extra = {{"berth.dev/email", "email"}};
  defaults.requirements = {{"is_anonymous", "false", true}, {"role", "authenticated"}};
  return defaults;
}

Result<IssuerConfiguration> readOne(const std::string& where, const Json& item) {
  const bool supabase = stringAt(item, "type") == "Supabase";
  auto configuration = supabase ? supabaseDefaults() : IssuerConfiguration();
  BERTH_CHECK(readIssuer(where + ".issuer", item.at("issuer"), configuration));
  auto& audiences = configuration.rules.audiences;
  if (supabase && audiences.empty()) audiences = {"authenticated"};
  if (audiences.empty())
    return wrong(where + ".issuer.audiences", "Required value: for whom must its tokens be?");
  if (supabase && configuration.keysUrl.empty() && configuration.discoveryUrl.empty())
    configuration.keysUrl = configuration.rules.issuer + "/.well-known/jwks.json";
  BERTH_CHECK(readMappings(
      where + ".claimMappings", item.value("claimMappings", Json::object()), configuration));
  if (configuration.userName.claim.empty())
    return wrong(where + ".claimMappings.username", "Required value: which claim is the user?");
  for (const auto& rule : item.value("claimValidationRules", Json::array()))
    configuration.requirements.push_back(
        {stringAt(rule, "claim"), stringAt(rule, "requiredValue")});
  return configuration;
}

}  // namespace

Result<std::vector<IssuerConfiguration>> parseConfiguration(const std::string& yaml) {
  BERTH_TRY(auto documents, parseYaml(yaml));
  if (documents.size() != 1)
    return Error{Reason::Invalid, "must be one AuthenticationConfiguration"};
  auto& document = documents.front().document;
  for (const auto& key : documents.front().duplicateKeys)
    return wrong(key.path, "is there twice, again in line " + std::to_string(key.line));
  applyDefaults(schema(), document);
  BERTH_CHECK(checkShape(document));
  std::vector<IssuerConfiguration> issuers;
  std::set<std::string> urls;
  for (const auto& item : document.at("jwt")) {
    const auto where = "jwt[" + std::to_string(issuers.size()) + "]";
    BERTH_TRY(auto configuration, readOne(where, item));
    if (!urls.insert(configuration.rules.issuer).second)
      return wrong(where + ".issuer.url", "Duplicate value: " + configuration.rules.issuer);
    issuers.push_back(std::move(configuration));
  }
  return issuers;
}

Result<std::vector<IssuerConfiguration>> readConfiguration(const std::string& path) {
  auto text = readFile(path);
  if (!text) return during("--authentication-config", std::move(text).error());
  auto read = parseConfiguration(*text);
  if (!read)
    return Error{Reason::Invalid, "--authentication-config " + path + ": " + read.error().message};
  return read;
}

}  // namespace berth::identity
