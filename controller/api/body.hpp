/// @file
/// Reading a request's body into a document.
#pragma once

#include "controller/api/admission.hpp"
#include "controller/api/negotiation.hpp"
#include "core/http/http.hpp"

namespace berth::api {

struct Body {
  Json document;
  std::vector<std::string> duplicateKeys;
};

/// JSON, YAML, or the protobuf of a few built-in kinds; 415 for others, 400 with the place for what
/// does not parse, 413 beyond 3 MiB.
Result<Body> readBody(const http::Request& request);
/// JSON or YAML, whatever the type says: patches.
Result<Body> readDocument(const std::string& text, bool yaml);
/// YAML that mostly is JSON.
Result<Body> readConfigurationBody(const std::string& text);

/// fieldValidation=Ignore|Warn|Strict; Invalid for another.
Result<FieldPolicy> fieldPolicyOf(const http::Target& target, const char* optionsKind);
/// Whose the written fields are: `fieldManager`, or else the program that User-Agent
/// names.  Invalid when it is too long or cannot be printed.
Result<std::string> fieldManagerOf(
    const http::Request& request, const http::Target& target, const char* optionsKind);
/// dryRun=All; Invalid for another.
Result<bool> dryRunOf(const http::Target& target, const char* optionsKind);

}  // namespace berth::api
