/// @file
/// Reading the protobuf bodies that clients of Kubernetes' own kinds send: kubectl (1.32
/// and later) for `create namespace|configmap|secret|role|rolebinding...` and `auth`,
/// client-go for Leases and Events.
///
/// Answers are JSON, which every client lists in Accept as well.
#pragma once

#include <string_view>

#include "core/base/result.hpp"
#include "core/json/json.hpp"

namespace berth::api {

/// The object as a document.  UnsupportedMediaType for other kinds, BadRequest for
/// what is no such message.
Result<Json> readProtobuf(std::string_view bytes);

}  // namespace berth::api
