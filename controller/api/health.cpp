#include "controller/api/health.hpp"

#include "controller/api/respond.hpp"

namespace berth::api {
namespace {

/// "v1.32.0" → {"1", "32"}.
std::pair<std::string, std::string> majorAndMinor(const std::string& version) {
  const auto start = version.starts_with('v') ? std::size_t{1} : std::size_t{0};
  const auto dot = version.find('.', start);
  if (dot == std::string::npos) return {version.substr(start), ""};
  const auto end = version.find('.', dot + 1);
  return {version.substr(start, dot - start), version.substr(dot + 1, end - dot - 1)};
}

}  // namespace

http::Response answerHealth(const Services& services, const Call& call) {
  std::vector<HealthCheck> checks{{"ping", [] { return true; }}};
  if (call.info.path == "/readyz") {
    checks.push_back({"watch-hub", [&] { return services.dependencies.hub.synced(); }});
    for (const auto& check : services.dependencies.readiness) checks.push_back(check);
  }
  bool healthy = true;
  std::string report;
  for (const auto& check : checks) {
    const bool well = check.check();
    healthy = healthy && well;
    report += (well ? "[+]" : "[-]") + check.name + (well ? " ok\n" : " failed: reason withheld\n");
  }
  report += call.info.path.substr(1) + (healthy ? " check passed\n" : " check failed\n");
  if (!healthy) return textResponse(500, std::move(report));
  return textResponse(200, isTrue(call.target, "verbose") ? std::move(report) : "ok");
}

http::Response answerVersion(const Services& services, const Call&) {
  const auto& version = services.options.kubernetesVersion;
  const auto [major, minor] = majorAndMinor(version);
  return documentResponse(
      200,
      {{"major", major},
       {"minor", minor},
       {"gitVersion", version + "+berth." + services.options.berthVersion},
       {"gitCommit", ""},
       {"gitTreeState", "clean"},
       {"buildDate", "1970-01-01T00:00:00Z"},
       {"goVersion", ""},
       {"compiler", "gcc"},
       {"platform", "linux/amd64"}});
}

http::Response answerMetrics(const Services& services) {
  const auto& metrics = services.dependencies.metricsText;
  auto response = textResponse(200, metrics ? metrics() : std::string());
  response.headers.set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
  return response;
}

}  // namespace berth::api
