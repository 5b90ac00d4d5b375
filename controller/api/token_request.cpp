#include "controller/api/token_request.hpp"

#include <array>

#include "controller/api/body.hpp"
#include "controller/api/metadata.hpp"
#include "controller/api/object_handlers.hpp"
#include "controller/api/respond.hpp"

namespace berth::api {
namespace {

using std::chrono::seconds;

constexpr std::int64_t kUsualSeconds = 3600;
constexpr std::int64_t kLeastSeconds = 600;

struct Wanted {
  std::vector<std::string> audiences;
  std::int64_t seconds = kUsualSeconds;
};

/// spec of the TokenRequest; all of it may be absent.
Result<Wanted> readSpec(const Json& document, const std::string& name) {
  Wanted wanted;
  std::vector<Cause> causes;
  const auto* spec = findPath(document, "spec");
  if (spec != nullptr && !spec->is_null() && !spec->is_object())
    return badRequest("spec: not an object");
  const auto at = [&](const char* member) {
    const auto* value = spec == nullptr ? nullptr : findPath(*spec, member);
    return value == nullptr || value->is_null() ? nullptr : value;
  };
  if (const auto* value = at("expirationSeconds")) {
    if (!value->is_number_integer()) return badRequest("spec.expirationSeconds: not an integer");
    wanted.seconds = value->get<std::int64_t>();
    if (wanted.seconds < kLeastSeconds)
      causes.push_back(invalidValue(
          "spec.expirationSeconds", *value, "may not specify a duration less than 10 minutes"));
  }
  if (at("boundObjectRef") != nullptr)
    causes.push_back(forbiddenValue("spec.boundObjectRef", "tokens are not bound to objects here"));
  if (const auto* value = at("audiences")) {
    if (!value->is_array()) return badRequest("spec.audiences: not a list");
    for (const auto& item : *value) {
      if (!item.is_string()) return badRequest("spec.audiences: not a list of strings");
      wanted.audiences.push_back(item);
      if (!isOwnAudience(wanted.audiences.back()))
        causes.push_back(unsupportedValue("spec.audiences", item, {kOwnAudience}));
    }
  }
  if (!causes.empty())
    return invalid("TokenRequest.authentication.k8s.io", name, std::move(causes));
  if (wanted.audiences.empty()) wanted.audiences = {kOwnAudience};
  return wanted;
}

}  // namespace

bool isOwnAudience(std::string_view audience) {
  constexpr std::array<std::string_view, 3> kOwn{
      kOwnAudience,
      "https://kubernetes.default.svc",
      "https://kubernetes.default.svc.cluster.local"};
  return std::ranges::find(kOwn, audience) != kOwn.end();
}

bool isTokenRequest(const ServedKind& kind, const RequestInfo& info) {
  return info.verb == "create" && info.subresource == "token" && !info.name.empty() &&
         kind.type.group.empty() && kind.type.plural == "serviceaccounts";
}

Result<http::Response> createToken(Services& services, const Call& call, const ServedKind& kind) {
  BERTH_TRY(const auto form, wantedOf(call));
  BERTH_TRY(const auto body, readBody(call.request));
  BERTH_TRY(const auto wanted, readSpec(body.document, call.info.name));
  WriteOptions options{.actor = call.user.name, .request = recordOf(call)};
  BERTH_TRY(options.dryRun, dryRunOf(call.target, "CreateOptions"));
  BERTH_TRY(const auto stored, services.objects.read(call.context, kind, call.info.key()));
  BERTH_TRY(const auto account, parseJson(stored->bytes));
  if (isDeleting(account.document))
    return conflict(kind.type, call.info.name, "the service account is being deleted");

  // Longer than the server allows is shortened, as in Kubernetes.
  const Duration lifetime = std::min<Duration>(
      seconds(std::min<std::int64_t>(wanted.seconds, UINT32_MAX)),
      services.options.maxTokenLifetime);
  BERTH_TRY(
      const auto issued,
      services.accessTokens.issue(call.context, account.document, lifetime, options));
  const auto token =
      options.dryRun ? std::string() : issued.token.reveal();  // not one that is none
  const Json answer = {
      {"apiVersion", kTokenRequestType.apiVersion()},
      {"kind", kTokenRequestType.kind},
      {"metadata",
       {{"name", call.info.name},
        {"namespace", call.info.namespaceName},
        {"creationTimestamp", formatRfc3339(services.dependencies.clock.wall())}}},
      {"spec",
       {{"audiences", wanted.audiences},
        {"expirationSeconds", std::chrono::duration_cast<seconds>(lifetime).count()}}},
      {"status", {{"token", token}, {"expirationTimestamp", formatRfc3339(issued.expires)}}}};
  return documentResponse(201, answer, form);
}

}  // namespace berth::api
