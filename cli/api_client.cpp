#include "cli/api_client.hpp"

#include <array>
#include <ostream>

#include "cli/exit_codes.hpp"

namespace berth::cli {

namespace {

constexpr const char* kDiscoveryAccept =
    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,"
    "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";
constexpr std::size_t kLargestAnswer = std::size_t{512} * 1024 * 1024;

Reason reasonOf(int status, const std::string& name) {
  constexpr std::array kReasons{
      Reason::BadRequest,
      Reason::Unauthorized,
      Reason::Forbidden,
      Reason::NotFound,
      Reason::MethodNotAllowed,
      Reason::NotAcceptable,
      Reason::AlreadyExists,
      Reason::Conflict,
      Reason::Expired,
      Reason::Invalid,
      Reason::UnsupportedMediaType,
      Reason::RequestEntityTooLarge,
      Reason::TooManyRequests,
      Reason::Timeout,
      Reason::ServiceUnavailable,
      Reason::InternalError};
  for (const auto reason : kReasons)
    if (toString(reason) == name) return reason;
  switch (status) {
    case 401:
      return Reason::Unauthorized;
    case 403:
      return Reason::Forbidden;
    case 404:
      return Reason::NotFound;
    case 409:
      return Reason::Conflict;
    case 410:
      return Reason::Expired;
    case 429:
      return Reason::TooManyRequests;
    case 503:
      return Reason::ServiceUnavailable;
    case 504:
      return Reason::Timeout;
    default:
      return status >= 500 ? Reason::InternalError : Reason::Invalid;
  }
}

Error errorOfStatus(int code, const Json& status) {
  const auto name = stringAt(status, "reason");
  auto reason = reasonOf(code, name);
  if (reason == Reason::BadRequest) reason = Reason::Invalid;  // ours means the command line
  Error error{reason, stringAt(status, "message")};
  if (!name.empty()) error.message += " (" + name + ")";
  const auto* causes = findPath(status, "details.causes");
  if (causes == nullptr || !causes->is_array() || name != "Invalid") return error;
  for (const auto& cause : *causes)
    error.causes.push_back(
        {stringAt(cause, "reason"), stringAt(cause, "message"), stringAt(cause, "field")});
  return error;
}

Result<Json> parseAnswer(const std::string& body) {
  auto parsed = parseJson(body, {.maxBytes = kLargestAnswer, .maxDepth = 200});
  if (!parsed) return Error{Reason::InternalError, "the server's answer is not JSON"};
  return std::move(parsed->document);
}

}  // namespace

Error errorOf(int status, const std::string& body) {
  const auto parsed = parseJson(body);
  if (parsed && stringAt(parsed->document, "kind") == "Status")
    return errorOfStatus(status, parsed->document);
  auto line = body.substr(0, body.find('\n')).substr(0, 200);
  return {
      reasonOf(status, ""),
      "the server answered " + std::to_string(status) + (line.empty() ? "" : ": " + line)};
}

Result<RestResponse> ApiClient::accept(
    const RestRequest& request, Result<RestResponse> response, Time begun) {
  if (verbosity_ > 0) {
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(clock_.now() - begun);
    log_ << request.method << ' ' << requestTarget(request) << ' '
         << (response ? std::to_string(response->status) : "no answer") << ' ' << took.count()
         << "ms\n";
    if (verbosity_ > 7 && response) log_ << request.body << '\n' << response->body << '\n';
  }
  if (!response) {
    if (response.error().reason != Reason::ServiceUnavailable) return std::move(response).error();
    return withHint(
        std::move(response).error(), "is berth-controller running, and is this its kubeconfig?");
  }
  for (const auto& warning : response->warnings) log_ << "Warning: " << warning << '\n';
  if (response->status / 100 == 2) return response;
  auto error = errorOf(response->status, response->body);
  if (error.reason == Reason::Unauthorized)
    error = withHint(std::move(error), "check the token or certificate in the kubeconfig");
  return error;
}

Result<std::string> ApiClient::callRaw(const RestRequest& request) {
  const auto begun = clock_.now();
  BERTH_TRY(auto response, accept(request, transport_.send(request), begun));
  return std::move(response.body);
}

Result<Json> ApiClient::call(const RestRequest& request) {
  BERTH_TRY(const auto body, callRaw(request));
  return parseAnswer(body);
}

Result<Json> ApiClient::list(RestRequest request) {
  BERTH_TRY(auto whole, call(request));
  const char* member = whole.contains("rows") ? "rows" : "items";
  const auto query = request.query;
  for (auto next = stringAt(whole, "metadata.continue"); !next.empty();) {
    request.query = query;
    request.query.emplace_back("continue", next);
    BERTH_TRY(auto page, call(request));
    for (auto& item : page[member]) whole[member].push_back(std::move(item));
    next = stringAt(page, "metadata.continue");
  }
  if (whole.contains("metadata")) {
    whole["metadata"].erase("continue");
    whole["metadata"].erase("remainingItemCount");
  }
  return whole;
}

Result<> ApiClient::stream(const RestRequest& request, const RestTransport::BytesHandler& onBytes) {
  const auto begun = clock_.now();
  auto response = accept(request, transport_.stream(request, onBytes), begun);
  if (!response) return std::move(response).error();
  return Ok{};
}

Result<> ApiClient::watch(const RestRequest& request, const EventHandler& onEvent) {
  std::string pending;
  std::optional<Error> failure;
  const auto onLine = [&](const std::string& line) {
    auto event = parseAnswer(line);
    if (event && stringAt(*event, "type") == "ERROR") {
      const auto& status = (*event)["object"];
      failure = errorOfStatus(static_cast<int>(integerAt(status, "code", 500)), status);
      return false;
    }
    if (!event) failure = std::move(event).error();
    return !failure && onEvent(*event);
  };
  BERTH_CHECK(stream(request, [&](std::string_view bytes) {
    pending += bytes;
    std::size_t begin = 0;
    for (auto end = pending.find('\n'); end != std::string::npos; end = pending.find('\n', begin)) {
      const auto line = pending.substr(begin, end - begin);
      begin = end + 1;
      if (line.find_first_not_of(" \r") != std::string::npos && !onLine(line)) return false;
    }
    pending.erase(0, begin);
    return true;
  }));
  if (failure) return *std::move(failure);
  return Ok{};
}

Result<const Discovery*> ApiClient::discovery() {
  if (discovery_) return &*discovery_;
  Discovery found;
  for (const char* root : {"/api", "/apis"}) {
    BERTH_TRY(const auto answer, call({.path = root, .accept = kDiscoveryAccept}));
    if (stringAt(answer, "kind") == "APIGroupDiscoveryList") {
      found.addAggregated(answer);
      continue;
    }
    std::vector<std::string> paths;
    for (const auto& version : answer.value("versions", Json::array()))
      if (version.is_string()) paths.push_back("/api/" + version.get<std::string>());
    for (const auto& group : answer.value("groups", Json::array()))
      for (const auto& version : group.value("versions", Json::array()))
        paths.push_back("/apis/" + stringAt(version, "groupVersion"));
    for (const auto& path : paths) {
      BERTH_TRY(const auto resources, call({.path = path}));
      found.addResourceList(resources);
    }
  }
  discovery_ = std::move(found);
  return &*discovery_;
}

}  // namespace berth::cli
