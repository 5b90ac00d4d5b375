#include "cli/session.hpp"

#include <array>
#include <charconv>
#include <ostream>

#include "cli/exit_codes.hpp"

namespace berth::cli {

namespace {

/// The unit that `text` begins with, taken off it; none is seconds.
std::optional<Duration> takeUnit(std::string_view& text) {
  constexpr std::array<std::pair<std::string_view, Duration>, 4> kUnits{
      {{"ms", std::chrono::milliseconds(1)},
       {"h", std::chrono::hours(1)},
       {"m", std::chrono::minutes(1)},
       {"s", std::chrono::seconds(1)}}};
  for (const auto& [name, unit] : kUnits) {
    if (!text.starts_with(name)) continue;
    text.remove_prefix(name.size());
    return unit;
  }
  if (text.empty()) return std::chrono::seconds(1);
  return std::nullopt;
}

}  // namespace

void GlobalFlags::addTo(FlagSet& flags) {
  flags.add("kubeconfig", connection.kubeconfig, "FILE", "the kubeconfig to use");
  flags.add("context", connection.context, "NAME", "the kubeconfig's context to use");
  flags.add("cluster", connection.cluster, "NAME", "the kubeconfig's cluster to use");
  flags.add("user", connection.user, "NAME", "the kubeconfig's user to use");
  flags.add("server,s", connection.server, "URL", "address of the API server");
  flags.add("token", connection.token, "TOKEN", "bearer token");
  flags.add("certificate-authority", connection.authority, "FILE", "the authority to trust");
  flags.add(
      "insecure-skip-tls-verify",
      connection.skipVerification,
      "do not check the server's certificate");
  flags.add("namespace,n", namespaceName, "NAME", "the namespace of this request");
  flags.add(
      "request-timeout",
      requestTimeout,
      "TIME",
      "how long to wait for one answer: 30s, 5m; 0 means for ever");
  flags.add("color", color, "WHEN", "auto, always or never");
  flags.add("v,v", verbosity, "LEVEL", "1 shows the requests, 8 their bodies");
  flags.add("help,h", help, "show this help");
}

Result<Kubeconfig> Session::kubeconfig() {
  return Kubeconfig::load(kubeconfigFiles(flags_.connection, world_.environment));
}

Result<Connection> Session::connection() {
  if (connection_) return *connection_;
  auto config = kubeconfig();
  if (!config && flags_.connection.server.empty()) return std::move(config).error();
  const auto known = config.has_value() ? *std::move(config) : Kubeconfig();
  BERTH_TRY(connection_, known.connection(flags_.connection));
  return *connection_;
}

Result<std::string> Session::namespaceName() {
  if (!flags_.namespaceName.empty()) return flags_.namespaceName;
  BERTH_TRY(const auto found, connection());
  return found.namespaceName;
}

Result<ApiClient*> Session::api() {
  if (api_) return api_.get();
  BERTH_TRY(const auto found, connection());
  BERTH_TRY(auto patience, parseTimeout(flags_.requestTimeout));
  if (patience == Duration::zero()) patience = std::chrono::hours(24);
  BERTH_TRY(transport_, world_.connect(found, patience));
  api_ = std::make_unique<ApiClient>(*transport_, world_.clock, world_.err, flags_.verbosity);
  return api_.get();
}

Result<const Discovery*> Session::discovery() {
  BERTH_TRY(auto* server, api());
  return server->discovery();
}

bool Session::colors() const {
  if (flags_.color == "always") return true;
  if (flags_.color == "never" || !world_.environment("NO_COLOR").empty()) return false;
  if (!world_.environment("CLICOLOR_FORCE").empty()) return true;
  return world_.terminal && world_.environment("TERM") != "dumb";
}

int Session::fail(const Error& error) {
  const char* on = colors() ? "\x1b[31m" : "";
  const char* off = colors() ? "\x1b[0m" : "";
  world_.err << on << "error: " << off << error.message << '\n';
  for (const auto& cause : error.causes)
    world_.err << "  * " << (cause.field.empty() ? "" : cause.field + ": ") << cause.message
               << '\n';
  return exitCodeOf(error.reason);
}

Result<Duration> parseTimeout(const std::string& text) {
  const bool negative = text.starts_with('-');
  std::string_view rest = std::string_view(text).substr(negative ? 1 : 0);
  const auto bad = usageError("not a duration: \"" + text + "\"", "write it as 30s, 5m or 1h30m");
  if (rest.empty()) return bad;
  Duration total{};
  while (!rest.empty()) {
    constexpr std::int64_t kMost = 1'000'000'000;
    std::int64_t count = 0;
    const auto [next, problem] = std::from_chars(rest.data(), rest.data() + rest.size(), count);
    if (problem != std::errc() || count < 0 || count > kMost) return bad;
    rest.remove_prefix(static_cast<std::size_t>(next - rest.data()));
    const auto unit = takeUnit(rest);
    if (!unit) return bad;
    total += count * *unit;
  }
  return negative ? -total : total;
}

}  // namespace berth::cli
