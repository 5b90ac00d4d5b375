/// @file
/// GET /audit?after=SEQ&limit=N: the audit log, page by page.
#pragma once

#include "controller/api/services.hpp"

namespace berth::api {

Result<http::Response> answerAudit(const Services& services, const Call& call);

}  // namespace berth::api
