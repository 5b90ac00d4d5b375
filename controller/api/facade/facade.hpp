/// @file
/// Facade: the REST API of the system before Berth, over the same objects.
///
/// A request is carried out as requests to the Kubernetes API with the same credentials,
/// so that authentication, authorization, validation, audit and limits are those of the
/// API and there is no second model.  docs/reference/rest.md lists the endpoints.
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "core/http/http.hpp"

namespace berth::api::facade {

/// The API itself.
using Inner = std::function<http::Response(const http::Request&)>;

/// Whether the target may be one of the facade's: a glance, for the path of every request.
bool isMine(std::string_view target);

/// nullopt when the path is none of the facade's.
std::optional<http::Response> answer(
    const http::Request& request, const http::Target& target, const Inner& inner);

}  // namespace berth::api::facade
