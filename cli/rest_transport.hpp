/// @file
/// RestTransport: one exchange with the API server.
///
/// RestClient is the real one; tests hand in canned answers.  An Error means that
/// there is no answer (ServiceUnavailable: nothing has happened; Timeout: it may
/// have); an answer of whatever status is a value.  One thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/clock.hpp"
#include "core/base/result.hpp"

namespace berth::cli {

using Query = std::vector<std::pair<std::string, std::string>>;

struct RestRequest {
  std::string method = "GET";
  std::string path;  // "/apis/berth.dev/v1alpha1/hosts"; segments already percent-encoded
  Query query = {};  // not yet encoded
  std::string accept = "application/json";
  std::string contentType = {};
  std::string body = {};
  std::optional<Duration> patience = std::nullopt;  // silence that ends the call
};

struct RestResponse {
  int status = 0;
  std::string contentType = {};
  std::string body = {};
  std::vector<std::string> warnings = {};  // the texts of Warning headers
};

class RestTransport {
 public:
  virtual ~RestTransport() = default;

  virtual Result<RestResponse> send(const RestRequest& request) = 0;

  /// Called with pieces of a body as they come; false ends the stream.
  using BytesHandler = std::function<bool(std::string_view bytes)>;
  /// Hands the body of a 2xx answer to `onBytes` and returns it with an empty
  /// body; any other answer comes back whole, and `onBytes` is not called.
  virtual Result<RestResponse> stream(const RestRequest& request, const BytesHandler& onBytes) = 0;
};

/// "/apis/berth.dev/v1alpha1/hosts?limit=500": the request's path and query as
/// they go over the wire.
std::string requestTarget(const RestRequest& request);
/// Percent-encodes everything but RFC 3986's unreserved characters.
std::string percentEncode(std::string_view text);

}  // namespace berth::cli
