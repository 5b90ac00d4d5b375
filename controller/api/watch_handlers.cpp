#include "controller/api/watch_handlers.hpp"

#include <charconv>

#include "controller/api/list_handlers.hpp"
#include "controller/api/list_options.hpp"
#include "controller/api/status.hpp"

namespace berth::api {
namespace {

Result<std::optional<Duration>> timeoutOf(const http::Target& target) {
  const auto text = target.param("timeoutSeconds");
  if (text.empty()) return std::optional<Duration>();
  std::int64_t seconds = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (problem != std::errc{} || end != text.data() + text.size() || seconds < 0)
    return badRequest("timeoutSeconds: not a number of seconds: " + text);
  if (seconds == 0) return std::optional<Duration>();
  constexpr std::int64_t kMax = std::int64_t{365} * 24 * 3600;
  return std::optional<Duration>(std::chrono::seconds(std::min(seconds, kMax)));
}

Result<WatchRequest> readWatch(const Call& call, const ServedKind& kind, const Negotiated& wanted) {
  const auto& target = call.target;
  WatchRequest request;
  request.shape.kind = kind.shared_from_this();
  request.shape.form = wanted.form;
  if (target.has("includeObject")) request.shape.includeObject = target.param("includeObject");
  BERTH_TRY(request.shape.selection, Selection::read(kind, call.info.namespaceName, target));
  request.bookmarks = isTrue(target, "allowWatchBookmarks");
  BERTH_TRY(request.timeout, timeoutOf(target));
  BERTH_TRY(const auto revision, revisionOf(target));
  BERTH_CHECK(checkWatchOptions(target));
  const bool initial = isTrue(target, "sendInitialEvents");
  request.markInitialEnd = initial && request.bookmarks;
  request.fromNow = initial || !revision;
  request.from = revision.value_or(0);
  return request;
}

/// Whether the user may still watch this, and the credential is still one; absent for
/// those who may always.
std::function<bool()> stillAllowed(const Services& services, const Call& call) {
  const bool hasEnd = call.caller.validUntil != Time::max() || !call.caller.accessToken.empty();
  if (call.user.isIn("system:masters") && !hasEnd) return {};
  return [&services, user = call.user, caller = call.caller, info = call.info] {
    return services.authenticator.isGood(caller) &&
           services.authorizer.allow(user, info).has_value();
  };
}

http::Response streamResponse(http::StreamStart start) {
  http::Response response{.stream = std::move(start)};
  response.headers.set("Upgrade", "websocket");  // each line is a document
  response.headers.set("Content-Type", "application/json");
  return response;
}

/// The one event of a watch that cannot begin.
http::StreamStart endingWith(const Error& error) {
  return [line = EventWriter::error(error)](const std::shared_ptr<http::StreamWriter>& writer) {
    writer->write(line);
    writer->close();
  };
}

}  // namespace

Result<http::Response> watchObjects(Services& services, const Call& call, const ServedKind& kind) {
  BERTH_TRY(const auto wanted, wantedOf(call));
  BERTH_TRY(auto request, readWatch(call, kind, wanted));
  request.mayGoOn = stillAllowed(services, call);
  auto& hub = services.dependencies.hub;
  if (request.fromNow) BERTH_CHECK(services.objects.catchUp(call.context));
  if (request.fromNow && wantsNoState(call.target)) {
    request.fromNow = false;
    request.from = hub.revision();
  }
  if (request.from > hub.revision())
    BERTH_CHECK(hub.waitFor(untilGrace(services, call), request.from));
  BERTH_TRY(request.place, services.gate.openWatch(call.caller));
  auto stream = services.watches.open(std::move(request));
  if (!stream && stream.error().reason == Reason::Expired)
    return streamResponse(endingWith(stream.error()));
  if (!stream) return std::move(stream).error();
  return streamResponse(*std::move(stream));
}

}  // namespace berth::api
