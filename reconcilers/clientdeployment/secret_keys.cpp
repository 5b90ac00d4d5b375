#include "reconcilers/clientdeployment/secret_keys.hpp"

#include "core/crypto/encoding.hpp"
#include "reconcilers/clientdeployment/environment.hpp"
#include "reconcilers/clientdeployment/problem.hpp"
#include "reconcilers/marks.hpp"
#include "reconcilers/reasons.hpp"

namespace berth::clientdeployment {

namespace {

using v1alpha1::ClientDeployment;

constexpr const char* kVariable = "WEBUI_SECRET_KEY";

Result<std::string> keyIn(const CoreSecret& secret, const std::string& key) {
  auto value = valueOf(secret, key);
  if (value && !value->empty()) return *std::move(value);
  return asError(
      {.stage = Stage::Container,
       .reason = reason::kReferenceNotFound,
       .message = "Secret " + secret.metadata.name + " has no key " + key + "; add it",
       .terminal = true});
}

std::string keyOfContainers(const std::vector<docker::ContainerState>& containers) {
  for (const auto& container : containers) {
    const auto found = container.env.find(kVariable);
    if (found != container.env.end() && !found->second.empty()) return found->second;
  }
  return "";
}

}  // namespace

Result<std::string> SecretKeys::ensure(
    const Context& context,
    const ClientDeployment& object,
    const std::vector<docker::ContainerState>& containers,
    bool hasData) {
  const auto& ref = object.spec.secretKeyRef;
  const auto name = ref ? ref->name : secretName(object.metadata);
  const auto variable = ref ? ref->key : kVariable;
  const ObjectKey key{object.metadata.namespaceName, name};
  if (const auto secret = secrets_.get(key)) return keyIn(*secret, variable);

  // The cache may be behind.
  const auto stored = Writer<CoreSecret>(client_).read(context, key);
  if (stored) return keyIn(*stored, variable);
  if (stored.error().reason != Reason::NotFound) return stored.error();
  if (ref)
    return asError(
        {.stage = Stage::Container,
         .reason = reason::kReferenceNotFound,
         .message = "Secret " + name + " of spec.secretKeyRef is not there; create it",
         .terminal = true});

  const auto found = keyOfContainers(containers);
  if (found.empty() && hasData)
    return asError(
        {.stage = Stage::Container,
         .reason = reason::kSecretKeyLost,
         .message = "the tenant has data, but Secret " + name +
                    " with its key is gone; create it again with " + kVariable +
                    " (another key than before logs everybody out)",
         .terminal = true});
  return keep(context, object, found.empty() ? randomHex(random_, 32) : found);
}

Result<std::string> SecretKeys::keep(
    const Context& context, const ClientDeployment& object, const std::string& key) {
  CoreSecret secret;
  secret.metadata.name = secretName(object.metadata);
  secret.metadata.namespaceName = object.metadata.namespaceName;
  secret.metadata.labels = {{"app.kubernetes.io/managed-by", "berth"}};
  secret.metadata.annotations = {{mark::kDeploymentUid, object.metadata.uid}};
  secret.data[kVariable] = toBase64(key);
  Writer<CoreSecret> writer(client_);
  auto created = writer.create(context, secret);
  if (created) return key;
  if (created.error().reason != Reason::AlreadyExists) return std::move(created).error();
  BERTH_TRY(const auto other, writer.read(context, secret.metadata.key()));
  return keyIn(other, kVariable);
}

Result<> SecretKeys::remove(const Context& context, const ClientDeployment& object) {
  Writer<CoreSecret> writer(client_);
  const auto stored =
      writer.read(context, {object.metadata.namespaceName, secretName(object.metadata)});
  if (!stored) return stored.error().reason == Reason::NotFound ? Result<>(Ok{}) : stored.error();
  const auto found = stored->metadata.annotations.find(mark::kDeploymentUid);
  if (found == stored->metadata.annotations.end() || found->second != object.metadata.uid)
    return Ok{};
  return writer.remove(context, *stored);
}

}  // namespace berth::clientdeployment
