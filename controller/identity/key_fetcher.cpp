#include "controller/identity/key_fetcher.hpp"

#include <charconv>

#include "core/http/client.hpp"
#include "core/http/transports.hpp"
#include "core/http/url.hpp"

namespace berth::identity {
namespace {

constexpr std::int64_t kMostSeconds = 86'400;

Error unavailable(const std::string& url, const std::string& why) {
  return {Reason::ServiceUnavailable, "fetch " + url + ": " + why};
}

Result<std::unique_ptr<http::Transport>> connectTo(
    const http::Url& url, const std::string& authorityPem, const Clock& clock) {
  if (!url.tls) return http::makeTcpTransport(url.host, url.port, clock);
  return http::makeTlsTransport(url.host, url.port, {.caPem = authorityPem}, clock);
}

class Fetcher {
 public:
  Fetcher(const IssuerConfiguration& issuer, const Clock& clock)
      : issuer_(issuer.rules.issuer),
        keysUrl_(issuer.keysUrl),
        discoveryUrl_(issuer.discoveryUrl),
        authorityPem_(issuer.certificateAuthority),
        clock_(clock) {
    if (discoveryUrl_.empty())
      discoveryUrl_ =
          issuer_ + (issuer_.ends_with('/') ? "" : "/") + ".well-known/openid-configuration";
  }

  Result<FetchedKeys> operator()(const Context& context) const {
    BERTH_TRY(const auto url, keysUrl(context));
    BERTH_TRY(const auto response, get(context, url));
    auto keys = parseJwkSet(response.body);
    if (!keys) return unavailable(url, keys.error().message);
    return FetchedKeys{*std::move(keys), maxAgeOf(response.headers.get("Cache-Control"))};
  }

 private:
  Result<http::Response> get(const Context& context, const std::string& text) const {
    BERTH_TRY(const auto url, http::parseUrl(text));
    if (!url.tls && !url.isLoopback()) return unavailable(text, "not over TLS");
    BERTH_TRY(auto transport, connectTo(url, authorityPem_, clock_));
    http::Client client(
        std::move(transport), clock_, {.host = url.authority(), .maxBodyBytes = kMaxJwkSetBytes});
    auto response =
        client.send(context, {.target = url.target, .headers = {{"Accept", "application/json"}}});
    if (!response) return unavailable(text, response.error().message);
    if (response->status != 200)
      return unavailable(text, "the answer is " + std::to_string(response->status));
    return response;
  }

  Result<std::string> keysUrl(const Context& context) const {
    if (!keysUrl_.empty()) return keysUrl_;
    BERTH_TRY(const auto response, get(context, discoveryUrl_));
    const auto parsed = parseJson(response.body, {.maxBytes = kMaxJwkSetBytes, .maxDepth = 16});
    if (!parsed) return unavailable(discoveryUrl_, "the answer is not JSON");
    if (stringAt(parsed->document, "issuer") != issuer_)
      return unavailable(discoveryUrl_, "the answer is about another issuer");
    return stringAt(parsed->document, "jwks_uri");
  }

  std::string issuer_;
  std::string keysUrl_;
  std::string discoveryUrl_;
  std::string authorityPem_;
  const Clock& clock_;
};

}  // namespace

FetchKeys makeKeyFetcher(const IssuerConfiguration& issuer, const Clock& clock) {
  if (issuer.key && issuer.keysUrl.empty() && issuer.discoveryUrl.empty()) return {};
  return Fetcher(issuer, clock);
}

std::optional<Duration> maxAgeOf(std::string_view cacheControl) {
  std::optional<Duration> age;
  while (!cacheControl.empty()) {
    const auto comma = cacheControl.find(',');
    auto item = cacheControl.substr(0, comma);
    cacheControl.remove_prefix(comma == std::string_view::npos ? cacheControl.size() : comma + 1);
    while (item.starts_with(' ')) item.remove_prefix(1);
    if (item == "no-store" || item == "no-cache") return Duration::zero();
    constexpr std::string_view kName = "max-age=";
    if (!item.starts_with(kName)) continue;
    std::int64_t seconds = 0;
    const auto* const end = item.data() + item.size();
    const auto [stop, problem] = std::from_chars(item.data() + kName.size(), end, seconds);
    if (problem == std::errc() && stop == end && seconds >= 0)
      age = std::chrono::seconds(std::min(seconds, kMostSeconds));
  }
  return age;
}

}  // namespace berth::identity
