#include "controller/api/body.hpp"

#include <algorithm>

#include "controller/api/protobuf_body.hpp"
#include "controller/api/status.hpp"
#include "core/yaml/yaml.hpp"

namespace berth::api {
namespace {

Error badOption(const char* optionsKind, Cause cause) {
  return invalid(std::string(optionsKind) + ".meta.k8s.io", "", {std::move(cause)});
}

constexpr std::size_t kMaxFieldManager = 128;

bool isPrintable(char c) { return c >= ' ' && c <= '~'; }

/// "kubectl" of "kubectl/v1.33.1 (linux/amd64) kubernetes/...".
std::string programOf(std::string_view userAgent) {
  std::string program;
  for (const char c : userAgent.substr(0, userAgent.find('/')))
    if (isPrintable(c) && program.size() < kMaxFieldManager) program += c;
  return program.empty() ? "unknown" : program;
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

Result<Body> readConfigurationBody(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first != std::string::npos && text[first] == '{') {
    // What is no JSON may still be YAML in braces.
    if (auto body = readDocument(text, false)) return body;
  }
  return readDocument(text, true);
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

Result<std::string> fieldManagerOf(
    const http::Request& request, const http::Target& target, const char* optionsKind) {
  auto name = target.param("fieldManager");
  if (name.empty()) return programOf(request.headers.get("User-Agent"));
  if (name.size() > kMaxFieldManager)
    return badOption(
        optionsKind,
        {"FieldValueTooLong",
         "Too long: may not be longer than " + std::to_string(kMaxFieldManager),
         "fieldManager"});
  if (!std::ranges::all_of(name, isPrintable))
    return badOption(
        optionsKind,
        invalidValue("fieldManager", name, "should only contain printable characters"));
  return name;
}

Result<bool> dryRunOf(const http::Target& target, const char* optionsKind) {
  const auto [first, last] = target.query.equal_range("dryRun");
  for (auto entry = first; entry != last; ++entry)
    if (entry->second != "All")
      return badOption(optionsKind, unsupportedValue("dryRun", entry->second, {"All"}));
  return first != last;
}

}  // namespace berth::api
