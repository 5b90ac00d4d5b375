/// @file
/// EngineApi: calls of a Docker Engine API over HTTP, in the version that both ends
/// know.  Only for http_*.cpp.  Thread-safe.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/base/guarded.hpp"
#include "core/http/client.hpp"
#include "core/json/json.hpp"
#include "reconcilers/providers/docker/http_docker.hpp"

namespace berth::docker {

using Parameters = std::vector<std::pair<std::string, std::string>>;

/// One call.  `what` is for people: "start web".
struct ApiCall {
  std::string what;
  std::string method = "GET";
  std::string path;  // without version and query
  Parameters parameters = {};
  std::string body = {};
  std::string contentType = "application/json";
  http::Headers headers = {};
};

class EngineApi {
 public:
  EngineApi(std::unique_ptr<http::Transport> transport, const Clock& clock, HttpOptions options);

  /// The answer, whatever its status; an Error when there is none.  The time is
  /// bounded by callTimeout also when the context's is not, longer by `extra`.
  Result<http::Response> send(const Context& context, const ApiCall& call, Duration extra = {});
  /// The answer below 400; others are Errors with the engine's words.
  Result<http::Response> must(const Context& context, const ApiCall& call, Duration extra = {});
  /// The document of such an answer.
  Result<Json> json(const Context& context, const ApiCall& call);
  /// An answer below 400 whose body goes on; not bounded by callTimeout.
  Result<http::StreamingResponse> stream(const Context& context, const ApiCall& call);
  /// The answer whatever its status, with a body that goes on.
  Result<http::StreamingResponse> streamAny(const Context& context, const ApiCall& call);

  /// Agrees on a version, once; Invalid with kTooOld when there is none.
  Result<std::string> version(const Context& context);
  Result<> ping(const Context& context);
  [[nodiscard]] const Clock& clock() const { return clock_; }

 private:
  Result<http::Request> request(const Context& context, const ApiCall& call);
  Result<std::string> negotiate(const Context& context);
  [[nodiscard]] Context bounded(const Context& context, Duration extra) const;
  void forgetVersionIfRefused(const http::Response& response);

  const Clock& clock_;
  HttpOptions options_;
  http::Client client_;
  Guarded<std::string> version_;
};

/// "/containers/web/start": the parts are encoded.
std::string apiPath(std::initializer_list<std::string_view> parts);
/// The rest of a body, at most `most` bytes.
Result<std::string> readAll(
    const Context& context, http::BodyReader& body, std::size_t most = std::size_t{1} << 20U);
/// The same Error as what an absent engine causes.
Error engineAway(std::string_view what, Error error);

}  // namespace berth::docker
