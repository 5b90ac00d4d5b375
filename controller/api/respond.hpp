/// @file
/// Answers: objects and documents in the form that was asked for.
#pragma once

#include "controller/api/negotiation.hpp"
#include "controller/api/registry.hpp"
#include "controller/api/status.hpp"
#include "controller/store/store.hpp"
#include "core/base/clock.hpp"
#include "core/http/http.hpp"

namespace berth::api {

/// What an answer about objects of a kind is made with.
struct Answer {
  const ServedKind& kind;
  Negotiated wanted;
  Time now;                                // for ages in tables
  std::string includeObject = "Metadata";  // in table rows: Metadata, Object, None
};

http::Response textResponse(int status, std::string text);
http::Response documentResponse(int status, const Json& document, const Negotiated& wanted = {});
/// The same of compact JSON.
http::Response jsonResponse(int status, std::string json, const Negotiated& wanted = {});

/// The stored bytes as they are, or the table or metadata of the one object.
http::Response objectResponse(
    int status, const store::StoredObjectPtr& object, const Answer& answer);

struct ListPage {
  store::Revision revision = 0;
  std::vector<store::StoredObjectPtr> objects;
  std::string continueToken;
  std::optional<std::size_t> remaining;
};
/// The objects' stored bytes, one behind the other, without a copy.
http::Response listResponse(ListPage page, const Answer& answer);

http::Response errorResponse(const Error& error, const StatusDetails& details);

/// `Warning: 299 - "unknown field \"spec.bogus\""`, one header each.
void addWarnings(http::Response& response, const std::vector<std::string>& warnings);

}  // namespace berth::api
