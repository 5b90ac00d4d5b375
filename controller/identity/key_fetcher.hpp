/// @file
/// Fetches an issuer's JWK set, by OpenID discovery where its address is not given.
///
/// Over TLS, or plainly from this machine; redirects are not followed, and what comes is
/// bounded.  Thread-safe.
#pragma once

#include "controller/identity/configuration.hpp"
#include "controller/identity/key_source.hpp"

namespace berth::identity {

/// Empty when the issuer has a secret and no address of keys.  The clock must outlive it.
FetchKeys makeKeyFetcher(const IssuerConfiguration& issuer, const Clock& clock);

/// The max-age of a Cache-Control header; zero when it forbids keeping the answer.
std::optional<Duration> maxAgeOf(std::string_view cacheControl);

}  // namespace berth::identity
