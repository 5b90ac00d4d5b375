/// @file
/// What handlers work with, and one request as they see it.
#pragma once

#include "controller/api/api.hpp"
#include "controller/api/authentication.hpp"
#include "controller/api/negotiation.hpp"
#include "controller/api/object_service.hpp"
#include "controller/api/registry.hpp"
#include "controller/api/request_info.hpp"
#include "controller/api/watch_pump.hpp"

namespace berth::api {

struct Services {
  const ApiOptions& options;
  const ApiDependencies& dependencies;
  const Registry& registry;
  ObjectService& objects;
  WatchPump& watches;
};

struct Call {
  const http::Request& request;
  const http::Target& target;
  const RequestInfo& info;
  const User& user;
  Context context;
};

/// The form wanted of an answer: Accept and `pretty`.
Result<Negotiated> wantedOf(const Call& call);

}  // namespace berth::api
