/// @file
/// FrontDoorFixture: the API with its front door.
#pragma once

#include "controller/api/front_door.hpp"
#include "tests/unit/controller/api/api_fixture.hpp"

namespace berth::api {

class FrontDoorFixture : public ApiFixture {
 protected:
  Answer send(const http::Request& request) {
    const auto response = door_.handle(request);
    Answer answer{.status = response.status, .headers = response.headers, .text = response.body};
    for (const auto piece : response.pieces) answer.text += piece;
    answer.body = Json::parse(answer.text, nullptr, false);
    answer.stream = response.stream;
    return answer;
  }
  Answer call(const std::string& method, const std::string& target, const std::string& body = {}) {
    http::Request request{.method = method, .target = target, .body = body};
    request.headers.set("Authorization", "Bearer let-me-in");
    return send(request);
  }

  FrontDoor door_{{}, [this](const http::Request& request) { return api_.handle(request); }};
};

}  // namespace berth::api
