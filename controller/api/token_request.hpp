/// @file
/// TokenRequest: a token for a ServiceAccount, asked for by its subresource `token`
/// ("kubectl create token").
#pragma once

#include "controller/api/services.hpp"

namespace berth::api {

/// For whom the server's own tokens are.
constexpr const char* kOwnAudience = "berth";
/// Whether somebody who means this server may say so.
bool isOwnAudience(std::string_view audience);

/// The kind that the subresource answers with, for discovery.
inline const ResourceType kTokenRequestType{
    "authentication.k8s.io", "v1", "TokenRequest", "serviceaccounts", true};

bool isTokenRequest(const ServedKind& kind, const RequestInfo& info);
Result<http::Response> createToken(Services& services, const Call& call, const ServedKind& kind);

}  // namespace berth::api
