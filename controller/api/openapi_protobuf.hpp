/// @file
/// A Swagger 2 document in protobuf (gnostic's openapi.v2.Document), which kubectl up to
/// 1.28 insists on.
#pragma once

#include <string>

#include "core/json/json.hpp"

namespace berth::api {

/// What openapi_v2.cpp makes, and no other document: only the members that occur there
/// are written.
std::string encodeOpenApiV2(const Json& document);

}  // namespace berth::api
