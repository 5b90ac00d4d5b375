#include "reconcilers/clientdeployment/environment.hpp"

#include <algorithm>
#include <array>

#include "core/crypto/encoding.hpp"
#include "reconcilers/clientdeployment/problem.hpp"
#include "reconcilers/reasons.hpp"

namespace berth::clientdeployment {

namespace {

using v1alpha1::ClientDeploymentSpecEnv;
using v1alpha1::ClientDeploymentSpecEnvFrom;

constexpr auto kOurs = std::array<std::string_view, 2>{"WEBUI_SECRET_KEY", "DATA_DIR"};

Error missing(const std::string& what) {
  return asError(
      {.stage = Stage::Container,
       .reason = reason::kReferenceNotFound,
       .message = what + " is not there; create it, or mark the reference as optional",
       .terminal = true});
}

Error reserved(const std::string& name) {
  const std::string instead = name == "DATA_DIR" ? "spec.storage.mountPath" : "spec.secretKeyRef";
  return asError(
      {.stage = Stage::Container,
       .reason = reason::kInvalidSpec,
       .message = "spec.env must not set " + name + "; use " + instead,
       .terminal = true});
}

Result<> addFrom(
    Environment& variables,
    const ClientDeploymentSpecEnvFrom& source,
    const References& references,
    const std::string& space) {
  if (source.secretRef) {
    const auto secret = references.secrets.get({space, source.secretRef->name});
    if (!secret && !source.secretRef->optional) return missing("Secret " + source.secretRef->name);
    for (const auto& [key, unused] : secret ? secret->data : Environment{})
      if (auto value = valueOf(*secret, key)) variables[source.prefix + key] = *std::move(value);
  }
  if (source.configMapRef) {
    const auto map = references.configMaps.get({space, source.configMapRef->name});
    if (!map && !source.configMapRef->optional)
      return missing("ConfigMap " + source.configMapRef->name);
    for (const auto& [key, value] : map ? map->data : Environment{})
      variables[source.prefix + key] = value;
  }
  return Ok{};
}

/// nullopt: an optional reference that is not there.
Result<std::optional<std::string>> valueFrom(
    const ClientDeploymentSpecEnv& variable,
    const References& references,
    const std::string& space) {
  if (!variable.valueFrom) return std::optional(variable.value);
  if (const auto& ref = variable.valueFrom->secretKeyRef) {
    const auto secret = references.secrets.get({space, ref->name});
    auto value = secret ? valueOf(*secret, ref->key) : std::nullopt;
    if (!value && !ref->optional) return missing("key " + ref->key + " of Secret " + ref->name);
    return value;
  }
  if (const auto& ref = variable.valueFrom->configMapKeyRef) {
    const auto map = references.configMaps.get({space, ref->name});
    const auto found = map ? map->data.find(ref->key) : decltype(map->data.end()){};
    if (map && found != map->data.end()) return std::optional(found->second);
    if (!ref->optional) return missing("key " + ref->key + " of ConfigMap " + ref->name);
  }
  return std::optional<std::string>();
}

}  // namespace

std::optional<std::string> valueOf(const CoreSecret& secret, const std::string& key) {
  const auto found = secret.data.find(key);
  if (found == secret.data.end()) return std::nullopt;
  auto value = fromBase64(found->second);
  return value ? std::optional(*std::move(value)) : std::nullopt;
}

Result<Environment> resolveEnvironment(
    const v1alpha1::ClientDeployment& object,
    const References& references,
    const std::string& secretKey) {
  const auto& spec = object.spec;
  const auto& space = object.metadata.namespaceName;
  Environment variables{
      {"PORT", std::to_string(spec.containerPort)}, {"ENABLE_VERSION_UPDATE_CHECK", "false"}};
  if (!spec.displayName.empty()) variables["WEBUI_NAME"] = spec.displayName;
  if (!spec.domain.empty())
    variables["WEBUI_URL"] = (spec.tls ? "https://" : "http://") + spec.domain;

  for (const auto& source : spec.envFrom)
    BERTH_CHECK(addFrom(variables, source, references, space));
  for (const auto& variable : spec.env) {
    if (std::ranges::find(kOurs, variable.name) != kOurs.end()) return reserved(variable.name);
    BERTH_TRY(auto value, valueFrom(variable, references, space));
    if (value) variables[variable.name] = *std::move(value);
  }
  variables["DATA_DIR"] = spec.storage.mountPath;
  variables["WEBUI_SECRET_KEY"] = secretKey;
  return variables;
}

bool usesSecret(const v1alpha1::ClientDeploymentSpec& spec, const std::string& name) {
  return (spec.secretKeyRef && spec.secretKeyRef->name == name) ||
         (spec.imagePullSecretRef && spec.imagePullSecretRef->name == name) ||
         std::ranges::any_of(
             spec.envFrom,
             [&](const auto& source) {
               return source.secretRef && source.secretRef->name == name;
             }) ||
         std::ranges::any_of(spec.env, [&](const auto& variable) {
           return variable.valueFrom && variable.valueFrom->secretKeyRef &&
                  variable.valueFrom->secretKeyRef->name == name;
         });
}

bool usesConfigMap(const v1alpha1::ClientDeploymentSpec& spec, const std::string& name) {
  return std::ranges::any_of(
             spec.envFrom,
             [&](const auto& source) {
               return source.configMapRef && source.configMapRef->name == name;
             }) ||
         std::ranges::any_of(spec.env, [&](const auto& variable) {
           return variable.valueFrom && variable.valueFrom->configMapKeyRef &&
                  variable.valueFrom->configMapKeyRef->name == name;
         });
}

}  // namespace berth::clientdeployment
