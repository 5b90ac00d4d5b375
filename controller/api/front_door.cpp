#include "controller/api/front_door.hpp"

#include "controller/api/facade/facade.hpp"
#include "controller/api/origin.hpp"
#include "controller/api/respond.hpp"

namespace berth::api {

http::Response FrontDoor::handle(const http::Request& request) const {
  if (const auto checked = checkOrigin(request, allowedOrigins_); !checked)
    return errorResponse(checked.error(), {});
  if (asksForWebSocket(request)) {
    const auto socket = readWebSocket(request);
    if (!socket) return errorResponse(socket.error(), {});
    auto response = inner_(socket->request);
    if (response.stream && !socket->protocol.empty())
      response.headers.set("Sec-WebSocket-Protocol", socket->protocol);
    return response;
  }
  if (facade::isMine(request.target)) {
    const auto target = http::parseTarget(request.target);
    if (!target) return errorResponse(target.error(), {});
    if (auto answered = facade::answer(request, *target, inner_)) return *std::move(answered);
  }
  return inner_(request);
}

}  // namespace berth::api
