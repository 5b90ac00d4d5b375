/// @file
/// Health, version and metrics: what probes and dashboards ask for.
#pragma once

#include "controller/api/services.hpp"

namespace berth::api {

/// /livez and /healthz: the process answers.  /readyz: it can serve, too.
http::Response answerHealth(const Services& services, const Call& call);
http::Response answerVersion(const Services& services, const Call& call);
http::Response answerMetrics(const Services& services);

}  // namespace berth::api
