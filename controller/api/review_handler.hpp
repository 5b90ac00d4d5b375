/// @file
/// POST of a kind that is not stored: the answer is the document with its status.
#pragma once

#include "controller/api/services.hpp"

namespace berth::api {

Result<http::Response> answerReview(Services& services, const Call& call, const ServedKind& kind);

}  // namespace berth::api
