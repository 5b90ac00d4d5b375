/// @file
/// What is wrong with a schema that a user brings: the rules of structural schemas
/// (apiextensions.k8s.io/v1), in Kubernetes' words.
///
/// What passes here, loadSchema() takes.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "core/json/json.hpp"

namespace berth {

/// `path` is where the schema is in its document.  At most 100 causes.
std::vector<Cause> checkStructural(const Json& schema, const std::string& path);

}  // namespace berth
