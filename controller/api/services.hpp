/// @file
/// What handlers work with, and one request as they see it.
#pragma once

#include "controller/api/api.hpp"
#include "controller/api/authorization.hpp"
#include "controller/api/gate.hpp"
#include "controller/api/live_registry.hpp"
#include "controller/api/negotiation.hpp"
#include "controller/api/object_service.hpp"
#include "controller/api/request_info.hpp"
#include "controller/api/watch_pump.hpp"

namespace berth::api {

struct Call;

/// From a document that was sent, sound by its schema, to the one that is the answer.
using Review = std::function<Result<Json>(const Call& call, Json document)>;
/// By resource: "selfsubjectreviews.authentication.k8s.io".
using Reviews = std::map<std::string, Review>;

struct Services {
  const ApiOptions& options;
  const ApiDependencies& dependencies;
  LiveRegistry& registry;
  ObjectService& objects;
  WatchPump& watches;
  const Authorizer& authorizer;
  const Reviews& reviews;
  Gate& gate;
  AccessTokens& accessTokens;
  const Authenticator& authenticator;
};

struct Call {
  const http::Request& request;
  const http::Target& target;
  const RequestInfo& info;
  const User& user;
  const std::string& id;  // of the request
  Context context;
  const User& caller;  // who really asks: another than `user` who acts as somebody else
};

/// The form wanted of an answer: Accept and `pretty`.
Result<Negotiated> wantedOf(const Call& call);

}  // namespace berth::api
