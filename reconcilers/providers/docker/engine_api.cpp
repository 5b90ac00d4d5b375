#include "reconcilers/providers/docker/engine_api.hpp"

#include <algorithm>

#include "reconcilers/providers/docker/fault.hpp"
#include "reconcilers/providers/docker/wire_error.hpp"
#include "reconcilers/providers/docker/wire_request.hpp"

namespace berth::docker {
std::string apiPath(std::initializer_list<std::string_view> parts) {
  std::string path;
  for (const auto part : parts) path += "/" + http::percentEncode(part);
  return path;
}

Error engineAway(std::string_view what, Error error) {
  const bool away = error.reason == Reason::ServiceUnavailable || error.reason == Reason::Timeout;
  if (!away) return during(what, std::move(error));
  return makeFault(
      error.reason,
      fault::kEngineAway,
      std::string(what) + ": docker does not answer: " + error.message);
}

Result<std::string> readAll(const Context& context, http::BodyReader& body, std::size_t most) {
  std::string all;
  for (;;) {
    BERTH_TRY(const auto piece, body.read(context));
    if (!piece) return all;
    all += *piece;
    if (all.size() > most) return Error{Reason::InternalError, "docker's answer is too long"};
  }
}

EngineApi::EngineApi(
    std::unique_ptr<http::Transport> transport, const Clock& clock, HttpOptions options)
    : clock_(clock),
      options_(std::move(options)),
      client_(
          std::move(transport),
          clock,
          {.host = "docker", .maxIdleConnections = options_.idleConnections}) {}

Context EngineApi::bounded(const Context& context, Duration extra) const {
  auto bounds = context;
  bounds.deadline = std::min(context.deadline, clock_.now() + options_.callTimeout + extra);
  return bounds;
}

Result<std::string> EngineApi::negotiate(const Context& context) {
  auto answer = client_.send(context, {.target = "/_ping"});
  if (!answer) return engineAway("ping docker", std::move(answer).error());
  if (answer->status >= 400) return decodeError("ping docker", answer->status, answer->body);
  const std::string theirs(answer->headers.get("Api-Version"));
  if (theirs.empty())
    return Error{Reason::InternalError, "ping docker: the answer has no Api-Version"};
  if (isOlder(theirs, options_.oldestVersion))
    return makeFault(
        Reason::Invalid,
        fault::kTooOld,
        "docker speaks API " + theirs + ", and " + options_.oldestVersion +
            " is needed: install Docker 20.10 or newer");
  return isOlder(theirs, options_.newestVersion) ? theirs : options_.newestVersion;
}

Result<std::string> EngineApi::version(const Context& context) {
  auto known = version_.with([](const std::string& version) { return version; });
  if (!known.empty()) return known;
  BERTH_TRY(auto agreed, negotiate(bounded(context, {})));
  version_.with([&](std::string& version) { version = agreed; });
  return agreed;
}

Result<> EngineApi::ping(const Context& context) {
  BERTH_TRY(const auto agreed, negotiate(bounded(context, {})));
  version_.with([&](std::string& version) { version = agreed; });
  return Ok{};
}

void EngineApi::forgetVersionIfRefused(const http::Response& response) {
  if (response.status == 400 && response.body.find("client version") != std::string::npos)
    version_.with([](std::string& version) { version.clear(); });
}

Result<http::Request> EngineApi::request(const Context& context, const ApiCall& call) {
  BERTH_TRY(const auto agreed, version(context));
  http::Request request{
      .method = call.method,
      .target = "/v" + agreed + call.path + query(call.parameters),
      .headers = call.headers,
      .body = call.body};
  if (!call.body.empty()) request.headers.set("Content-Type", call.contentType);
  return request;
}

Result<http::Response> EngineApi::send(
    const Context& context, const ApiCall& call, Duration extra) {
  const auto bounds = bounded(context, extra);
  for (bool again = true;; again = false) {
    BERTH_TRY(const auto wire, request(bounds, call));
    auto answer = client_.send(bounds, wire);
    if (!answer) return engineAway(call.what, std::move(answer).error());
    forgetVersionIfRefused(*answer);
    const bool refused = version_.with([](const std::string& version) { return version.empty(); });
    if (!refused || !again) return answer;
  }
}

Result<http::Response> EngineApi::must(
    const Context& context, const ApiCall& call, Duration extra) {
  BERTH_TRY(auto answer, send(context, call, extra));
  if (answer.status >= 400) return decodeError(call.what, answer.status, answer.body);
  return answer;
}

Result<Json> EngineApi::json(const Context& context, const ApiCall& call) {
  BERTH_TRY(const auto answer, must(context, call));
  auto parsed = parseJson(answer.body, {.maxBytes = std::size_t{64} << 20U});
  if (!parsed)
    return Error{Reason::InternalError, call.what + ": not JSON: " + parsed.error().message};
  return std::move(parsed->document);
}

Result<http::StreamingResponse> EngineApi::streamAny(const Context& context, const ApiCall& call) {
  BERTH_TRY(const auto wire, request(context, call));
  auto answer = client_.sendStreaming(context, wire);
  if (!answer) return engineAway(call.what, std::move(answer).error());
  return answer;
}

Result<http::StreamingResponse> EngineApi::stream(const Context& context, const ApiCall& call) {
  BERTH_TRY(auto answer, streamAny(context, call));
  if (answer.head.status < 400) return answer;
  BERTH_TRY(answer.head.body, readAll(bounded(context, {}), *answer.body));
  forgetVersionIfRefused(answer.head);
  return decodeError(call.what, answer.head.status, answer.head.body);
}

}  // namespace berth::docker
