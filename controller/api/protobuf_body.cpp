#include "controller/api/protobuf_body.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "controller/api/negotiation.hpp"
#include "controller/api/status.hpp"
#include "core/crypto/encoding.hpp"

namespace berth::api {
namespace {

constexpr std::string_view kMagic{"k8s\0", 4};

/// One field of a message: a number, or bytes (a string, bytes, a message).
struct Field {
  std::uint64_t number = 0;
  std::uint64_t value = 0;
  std::string_view bytes;
};

class Reader {
 public:
  explicit Reader(std::string_view rest) : rest_(rest) {}

  [[nodiscard]] bool atEnd() const { return rest_.empty(); }

  Result<Field> next() {
    BERTH_TRY(const auto tag, varint());
    Field field{.number = tag >> 3U};
    switch (tag & 7U) {
      case 0: {
        BERTH_TRY(field.value, varint());
        return field;
      }
      case 1:
        return take(field, 8);
      case 2: {
        BERTH_TRY(const auto length, varint());
        return take(field, length);
      }
      case 5:
        return take(field, 4);
      default:
        return broken();
    }
  }

 private:
  static Error broken() { return badRequest("the body is not a protobuf message"); }

  Result<std::uint64_t> varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (rest_.empty()) return broken();
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      value |= std::uint64_t(byte & 127U) << shift;
      if (byte < 128) return value;
    }
    return broken();
  }

  Result<Field> take(Field field, std::uint64_t length) {
    if (length > rest_.size()) return broken();
    field.bytes = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return field;
  }

  std::string_view rest_;
};

using Use = std::function<Result<>(const Field&)>;

/// Calls what is known of each field; passes over the others.
Result<> readMessage(std::string_view bytes, const std::map<std::uint64_t, Use>& uses) {
  for (Reader reader(bytes); !reader.atEnd();) {
    BERTH_TRY(const auto field, reader.next());
    if (const auto use = uses.find(field.number); use != uses.end())
      BERTH_CHECK(use->second(field));
  }
  return Ok{};
}

/// Into `document[name]`; nothing for an empty string, which is how absent ones come.
Use text(Json& document, const char* name) {
  return [&document, name](const Field& field) -> Result<> {
    if (!field.bytes.empty()) document[name] = std::string(field.bytes);
    return Ok{};
  };
}

Use flag(Json& document, const char* name) {
  return [&document, name](const Field& field) -> Result<> {
    document[name] = field.value != 0;
    return Ok{};
  };
}

/// One entry of a map<string, string|bytes>.
Use entry(Json& document, const char* name, bool isBytes) {
  return [&document, name, isBytes](const Field& field) -> Result<> {
    std::string key;
    std::string value;
    const auto keep = [](std::string& into) {
      return [&into](const Field& part) -> Result<> {
        into = part.bytes;
        return Ok{};
      };
    };
    BERTH_CHECK(readMessage(field.bytes, {{1, keep(key)}, {2, keep(value)}}));
    document[name][key] = isBytes ? toBase64(value) : value;
    return Ok{};
  };
}

/// One item of a list of strings.
Use item(Json& document, const char* name) {
  return [&document, name](const Field& field) -> Result<> {
    document[name].push_back(std::string(field.bytes));
    return Ok{};
  };
}

using Uses = std::map<std::uint64_t, Use>;
using UsesOf = Uses (*)(Json& message);

/// A message of its own.
Use message(Json& document, const char* name, UsesOf usesOf) {
  return [&document, name, usesOf](const Field& field) -> Result<> {
    auto& inner = document[name];
    if (!inner.is_object()) inner = Json::object();
    return readMessage(field.bytes, usesOf(inner));
  };
}

/// One item of a list of messages.
Use messages(Json& document, const char* name, UsesOf usesOf) {
  return [&document, name, usesOf](const Field& field) -> Result<> {
    Json inner = Json::object();
    BERTH_CHECK(readMessage(field.bytes, usesOf(inner)));
    document[name].push_back(std::move(inner));
    return Ok{};
  };
}

Uses ownerReference(Json& owner) {
  return {
      {1, text(owner, "kind")},
      {3, text(owner, "name")},
      {4, text(owner, "uid")},
      {5, text(owner, "apiVersion")},
      {6, flag(owner, "controller")},
      {7, flag(owner, "blockOwnerDeletion")}};
}

Uses metadataFields(Json& meta) {
  return {
      {1, text(meta, "name")},
      {2, text(meta, "generateName")},
      {3, text(meta, "namespace")},
      {5, text(meta, "uid")},
      {6, text(meta, "resourceVersion")},
      {11, entry(meta, "labels", false)},
      {12, entry(meta, "annotations", false)},
      {13, messages(meta, "ownerReferences", ownerReference)},
      {14, item(meta, "finalizers")}};
}

Use metadata(Json& document) { return message(document, "metadata", metadataFields); }

Uses policyRule(Json& rule) {
  return {
      {1, item(rule, "verbs")},
      {2, item(rule, "apiGroups")},
      {3, item(rule, "resources")},
      {4, item(rule, "resourceNames")},
      {5, item(rule, "nonResourceURLs")}};
}

Uses requirement(Json& expression) {
  return {
      {1, text(expression, "key")},
      {2, text(expression, "operator")},
      {3, item(expression, "values")}};
}

Uses labelSelector(Json& selector) {
  return {
      {1, entry(selector, "matchLabels", false)},
      {2, messages(selector, "matchExpressions", requirement)}};
}

Uses aggregationRule(Json& rule) {
  return {{1, messages(rule, "clusterRoleSelectors", labelSelector)}};
}

Uses subject(Json& who) {
  return {
      {1, text(who, "kind")},
      {2, text(who, "apiGroup")},
      {3, text(who, "name")},
      {4, text(who, "namespace")}};
}

Uses roleRef(Json& role) {
  return {{1, text(role, "apiGroup")}, {2, text(role, "kind")}, {3, text(role, "name")}};
}

Uses rbacFields(const std::string& kind, Json& document) {
  if (kind == "Role")
    return {{1, metadata(document)}, {2, messages(document, "rules", policyRule)}};
  if (kind == "ClusterRole")
    return {
        {1, metadata(document)},
        {2, messages(document, "rules", policyRule)},
        {3, message(document, "aggregationRule", aggregationRule)}};
  if (kind == "RoleBinding" || kind == "ClusterRoleBinding")
    return {
        {1, metadata(document)},
        {2, messages(document, "subjects", subject)},
        {3, message(document, "roleRef", roleRef)}};
  return {};
}

Uses resourceAttributes(Json& attributes) {
  return {
      {1, text(attributes, "namespace")},
      {2, text(attributes, "verb")},
      {3, text(attributes, "group")},
      {4, text(attributes, "version")},
      {5, text(attributes, "resource")},
      {6, text(attributes, "subresource")},
      {7, text(attributes, "name")}};
}

Uses nonResourceAttributes(Json& attributes) {
  return {{1, text(attributes, "path")}, {2, text(attributes, "verb")}};
}

Uses accessSpec(Json& spec) {
  return {
      {1, message(spec, "resourceAttributes", resourceAttributes)},
      {2, message(spec, "nonResourceAttributes", nonResourceAttributes)}};
}

/// The kinds that somebody else's rights are asked with.
Uses subjectAccessSpec(Json& spec) {
  auto uses = accessSpec(spec);
  uses[3] = text(spec, "user");
  uses[4] = item(spec, "groups");
  uses[6] = text(spec, "uid");
  return uses;
}

Uses rulesSpec(Json& spec) { return {{1, text(spec, "namespace")}}; }

Uses authorizationFields(const std::string& kind, Json& document) {
  if (kind == "SelfSubjectAccessReview")
    return {{1, metadata(document)}, {2, message(document, "spec", accessSpec)}};
  if (kind == "SubjectAccessReview" || kind == "LocalSubjectAccessReview")
    return {{1, metadata(document)}, {2, message(document, "spec", subjectAccessSpec)}};
  if (kind == "SelfSubjectRulesReview")
    return {{1, metadata(document)}, {2, message(document, "spec", rulesSpec)}};
  return {};
}

Uses coreFields(const std::string& kind, Json& document) {
  if (kind == "Namespace") return {{1, metadata(document)}};
  if (kind == "ConfigMap")
    return {
        {1, metadata(document)},
        {2, entry(document, "data", false)},
        {3, entry(document, "binaryData", true)},
        {4, flag(document, "immutable")}};
  if (kind == "Secret")
    return {
        {1, metadata(document)},
        {2, entry(document, "data", true)},
        {3, text(document, "type")},
        {4, entry(document, "stringData", false)},
        {5, flag(document, "immutable")}};
  return {};
}

Uses fieldsOf(Json& document) {
  const auto apiVersion = stringAt(document, "apiVersion");
  const auto kind = stringAt(document, "kind");
  if (apiVersion == "v1") return coreFields(kind, document);
  if (apiVersion == "rbac.authorization.k8s.io/v1") return rbacFields(kind, document);
  if (apiVersion == "authorization.k8s.io/v1") return authorizationFields(kind, document);
  if (apiVersion == "authentication.k8s.io/v1" && kind == "SelfSubjectReview")
    return {{1, metadata(document)}};
  return {};
}

}  // namespace

Result<Json> readProtobuf(std::string_view bytes) {
  if (!bytes.starts_with(kMagic)) return badRequest("the body is not a protobuf message");
  Json document = Json::object();
  std::string_view object;
  BERTH_CHECK(readMessage(
      bytes.substr(kMagic.size()),
      {{1,
        [&](const Field& field) {
          return readMessage(
              field.bytes, {{1, text(document, "apiVersion")}, {2, text(document, "kind")}});
        }},
       {2, [&](const Field& field) -> Result<> {
          object = field.bytes;
          return Ok{};
        }}}));
  const auto fields = fieldsOf(document);
  if (fields.empty()) return unsupportedMediaType("application/json, application/yaml");
  BERTH_CHECK(readMessage(object, fields));
  return document;
}

}  // namespace berth::api
