#include "controller/api/body.hpp"

#include "controller/api/protobuf_body.hpp"
#include "controller/api/status.hpp"
#include "core/yaml/yaml.hpp"

namespace berth::api {
namespace {

Error badOption(const char* optionsKind, Cause cause) {
  return invalid(std::string(optionsKind) + ".meta.k8s.io", "", {std::move(cause)});
}

}  // namespace

Result<Body> readDocument(const std::string& text, bool yaml) {
  if (yaml) {
    BERTH_TRY(auto documents, parseYaml(text));
    if (documents.size() != 1)
      return badRequest("the body must be one document, found " + std::to_string(documents.size()));
    Body body{std::move(documents[0].document), {}};
    for (auto& key : documents[0].duplicateKeys) body.duplicateKeys.push_back(std::move(key.path));
    return body;
  }
  BERTH_TRY(auto parsed, parseJson(text));
  return Body{std::move(parsed.document), std::move(parsed.duplicateKeys)};
}

Result<Body> readBody(const http::Request& request) {
  BERTH_TRY(const auto format, bodyFormat(request.headers.get("Content-Type")));
  if (format == BodyFormat::Protobuf) {
    BERTH_TRY(auto document, readProtobuf(request.body));
    return Body{std::move(document), {}};
  }
  if (format != BodyFormat::Json && format != BodyFormat::Yaml)
    return unsupportedMediaType("application/json, application/yaml");
  return readDocument(request.body, format == BodyFormat::Yaml);
}

Result<FieldPolicy> fieldPolicyOf(const http::Target& target, const char* optionsKind) {
  const auto text = target.param("fieldValidation");
  FieldPolicy policy;
  if (text == "Strict") {
    policy.validation = FieldValidation::Strict;
  } else if (text == "Ignore") {
    policy.validation = FieldValidation::Ignore;
  } else if (!text.empty() && text != "Warn") {
    return badOption(
        optionsKind, unsupportedValue("fieldValidation", text, {"Ignore", "Strict", "Warn"}));
  }
  return policy;
}

Result<bool> dryRunOf(const http::Target& target, const char* optionsKind) {
  const auto [first, last] = target.query.equal_range("dryRun");
  for (auto entry = first; entry != last; ++entry)
    if (entry->second != "All")
      return badOption(optionsKind, unsupportedValue("dryRun", entry->second, {"All"}));
  return first != last;
}

}  // namespace berth::api
