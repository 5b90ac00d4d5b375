/// @file
/// ApiClient: documents over a RestTransport.
///
/// Turns the server's Status documents into Errors with the server's words, prints
/// its warnings, and follows watches.  One thread.
#pragma once

#include <functional>
#include <iosfwd>
#include <optional>

#include "cli/discovery.hpp"
#include "cli/rest_transport.hpp"
#include "core/base/clock.hpp"
#include "core/json/json.hpp"

namespace berth::cli {

inline constexpr const char* kTableAccept =
    "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";
inline constexpr const char* kMergePatch = "application/merge-patch+json";

class ApiClient {
 public:
  /// `verbosity` above 0 prints every exchange on `log`; above 7 the bodies too.
  ApiClient(RestTransport& transport, const Clock& clock, std::ostream& log, int verbosity)
      : transport_(transport), clock_(clock), log_(log), verbosity_(verbosity) {}

  /// The answer's document.
  Result<Json> call(const RestRequest& request);
  /// The answer's bytes.
  Result<std::string> callRaw(const RestRequest& request);
  /// All pages of a list as one; `items` (or a Table's `rows`) are joined.
  Result<Json> list(RestRequest request);

  /// Hands each event ({"type", "object"}) to `onEvent` until it returns false or
  /// the server ends the stream.  An ERROR event is an Error (Expired: list again).
  using EventHandler = std::function<bool(const Json& event)>;
  Result<> watch(const RestRequest& request, const EventHandler& onEvent);
  /// Hands on the bytes of a stream that is no watch.
  Result<> stream(const RestRequest& request, const RestTransport::BytesHandler& onBytes);

  /// What the server serves; asked once.
  Result<const Discovery*> discovery();

 private:
  Result<RestResponse> accept(
      const RestRequest& request, Result<RestResponse> response, Time begun);

  RestTransport& transport_;
  const Clock& clock_;
  std::ostream& log_;
  int verbosity_;
  std::optional<Discovery> discovery_;
};

/// The Error that a Status document (or another body of a failed answer) speaks of.
Error errorOf(int status, const std::string& body);

}  // namespace berth::cli
