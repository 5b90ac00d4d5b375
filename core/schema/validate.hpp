/// @file
/// What is wrong with an object, in Kubernetes' words.
///
/// Every cause has the reason, message and field that the real API server gives for the
/// same mistake, so that tools and people recognize it.  Values of fields with format
/// password never appear.  At most 100 causes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/json/json.hpp"
#include "core/schema/schema.hpp"

namespace berth {

/// Empty when the object keeps to the schema.
std::vector<Cause> validate(const Schema& schema, const Json& object);
/// The rules that compare with the object before: fields that cannot be changed.
std::vector<Cause> validateUpdate(const Schema& schema, const Json& updated, const Json& old);
/// The rules of metadata beyond its schema: name (or generateName), labels, annotations,
/// finalizers, owners.
std::vector<Cause> validateMetadata(const Json& object);

/// The Error of an API answer (422):
/// `DNSRecord.berth.dev "www" is invalid: spec.type: Unsupported value: …`.
Error invalidObject(
    std::string_view kind,
    std::string_view group,
    std::string_view name,
    std::vector<Cause> causes);

/// Whether a string has the format; true for formats that nobody knows, as in Kubernetes.
bool hasFormat(std::string_view format, std::string_view value);

}  // namespace berth
