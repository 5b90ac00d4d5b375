/// @file
/// What browsers add to a request: the origin of the page that makes it, and a token in
/// a WebSocket's handshake, where a page can set no header of its own.
///
/// A page of another origin changes nothing and opens no WebSocket unless its origin is
/// allowed: a browser would show a client certificate on its behalf (C4, C5).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/http/http.hpp"

namespace berth::api {

/// Forbidden when the page may not do this.  Who sends no Origin is no browser.
Result<> checkOrigin(const http::Request& request, const std::vector<std::string>& allowed);

bool asksForWebSocket(const http::Request& request);

struct WebSocketRequest {
  http::Request request;  // with the token where others have it
  std::string protocol;   // to be named in the answer; "" when none was offered
};
/// Takes the token out of the offered subprotocols, as kube-apiserver does:
/// `base64url.bearer.authorization.k8s.io.TOKEN, v1`.  BadRequest when it is no token or
/// when nothing else is offered: a browser takes an answer only if it names one.
Result<WebSocketRequest> readWebSocket(const http::Request& request);

}  // namespace berth::api
