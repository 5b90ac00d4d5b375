#include "controller/api/facade/facade.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "controller/api/facade/rows.hpp"
#include "controller/api/respond.hpp"

namespace berth::api::facade {
namespace {

constexpr const char* kGroup = "/apis/berth.dev/v1alpha1/";

struct Reply {
  int status = 200;
  Json body;

  [[nodiscard]] bool good() const { return status < 400; }
};

http::Response respond(int status, const Json& body) { return documentResponse(status, body); }

/// As FastAPI has it.
http::Response fail(int status, const std::string& detail) {
  return respond(status, {{"detail", detail}});
}
http::Response fail(const Reply& reply) {
  return fail(reply.status, stringAt(reply.body, "message"));
}

/// One request to the facade.
class Session {
 public:
  Session(const http::Request& request, const http::Target& target, const Inner& inner)
      : request_(request), target_(target), inner_(inner) {}

  [[nodiscard]] const std::string& method() const { return request_.method; }
  [[nodiscard]] std::string param(const std::string& name) const { return target_.param(name); }

  /// The body as an object; Invalid for anything else.
  [[nodiscard]] Result<Json> body() const {
    if (request_.body.empty()) return Json::object();
    BERTH_TRY(auto parsed, parseJson(request_.body));
    if (!parsed.document.is_object()) return Error{Reason::Invalid, "the body is not an object"};
    return std::move(parsed.document);
  }

  /// Asks the API, as whoever asks us.
  Reply call(const std::string& method, const std::string& target, const Json& body = {}) const {
    http::Request asked = request_;
    asked.method = method;
    asked.target = target;
    asked.body = body.is_null() ? std::string() : dumpJson(body);
    asked.headers = {};
    static constexpr std::array kOurs{
        "accept",
        "accept-encoding",
        "content-type",
        "content-length",
        "transfer-encoding",
        "if-none-match",
        "upgrade"};
    for (const auto& [name, value] : request_.headers.all()) {
      const http::Headers one{{name, value}};
      const auto is = [&](const char* ours) { return one.has(ours); };
      if (std::ranges::none_of(kOurs, is)) asked.headers.add(name, value);
    }
    asked.headers.set(
        "Content-Type", method == "PATCH" ? "application/merge-patch+json" : "application/json");
    const auto response = inner_(asked);
    std::string text = response.body;
    for (const auto piece : response.pieces) text += piece;
    auto parsed = parseJson(text, {.maxBytes = std::string::npos});
    return {response.status, parsed ? std::move(parsed->document) : Json()};
  }

 private:
  const http::Request& request_;
  const http::Target& target_;
  const Inner& inner_;
};

/// What an id names: "acme" or "NAMESPACE:acme".
std::string namespacedPath(const std::string& plural, std::string_view id) {
  const auto colon = id.find(':');
  const bool named = colon != std::string_view::npos;
  const auto space = named ? id.substr(0, colon) : std::string_view("default");
  const auto name = named ? id.substr(colon + 1) : id;
  return kGroup + ("namespaces/" + http::percentEncode(space)) + "/" + plural +
         (name.empty() ? "" : "/" + http::percentEncode(name));
}

std::string hostPath(std::string_view id) {
  return std::string(kGroup) + "hosts/" + http::percentEncode(id);
}

using Row = Json (*)(const Json&);

http::Response oneRow(const Reply& reply, Row row) {
  if (!reply.good()) return fail(reply);
  return respond(reply.status, row(reply.body));
}

/// {"hosts": [...], "count": 2}
http::Response rowsOf(const Reply& reply, const char* name, Row row) {
  if (!reply.good()) return fail(reply);
  Json rows = Json::array();
  for (const auto& item : reply.body["items"]) rows.push_back(row(item));
  const auto count = rows.size();
  return respond(200, {{name, std::move(rows)}, {"count", count}});
}

http::Response removed(const Reply& reply, const std::string& id) {
  if (!reply.good()) return fail(reply);
  // The object itself comes back while finalizers still keep it.
  const bool gone = stringAt(reply.body, "kind") == "Status";
  return respond(gone ? 200 : 202, {{"id", id}, {"status", gone ? "deleted" : "deleting"}});
}

/// With the words of a failure to understand the request.
http::Response notUnderstood(const Error& error) {
  return fail(error.reason == Reason::Invalid ? 422 : 400, error.message);
}

http::Response hosts(const Session& session) {
  if (session.method() == "GET")
    return rowsOf(session.call("GET", std::string(kGroup) + "hosts"), "hosts", hostRow);
  if (session.method() != "POST") return fail(405, "Method Not Allowed");
  const auto body = session.body();
  const auto spec = body ? hostSpec(*body) : body;
  if (!spec) return notUnderstood(spec.error());
  return oneRow(
      session.call(
          "POST",
          std::string(kGroup) + "hosts?fieldValidation=Strict",
          {{"metadata", {{"name", body->value("hostname", Json())}}}, {"spec", *spec}}),
      hostRow);
}

http::Response host(const Session& session, const std::string& id) {
  if (session.method() == "GET") return oneRow(session.call("GET", hostPath(id)), hostRow);
  if (session.method() == "DELETE") return removed(session.call("DELETE", hostPath(id)), id);
  if (session.method() != "PUT") return fail(405, "Method Not Allowed");
  const auto body = session.body();
  const auto spec = body ? hostSpec(*body) : body;
  if (!spec) return notUnderstood(spec.error());
  return oneRow(
      session.call("PATCH", hostPath(id) + "?fieldValidation=Strict", {{"spec", *spec}}), hostRow);
}

http::Response deployments(const Session& session) {
  if (session.method() == "GET")
    return rowsOf(
        session.call("GET", std::string(kGroup) + "clientdeployments"),
        "deployments",
        deploymentRow);
  if (session.method() != "POST") return fail(405, "Method Not Allowed");
  const auto body = session.body();
  const auto spec = body ? deploymentSpec(*body) : body;
  if (!spec) return notUnderstood(spec.error());
  return oneRow(
      session.call(
          "POST",
          namespacedPath("clientdeployments", {}) + "?fieldValidation=Strict",
          {{"metadata", {{"name", body->value("client_name", Json())}}}, {"spec", *spec}}),
      deploymentRow);
}

http::Response changeDeployment(
    const Session& session, const std::string& id, const Result<Json>& spec) {
  if (!spec) return notUnderstood(spec.error());
  return oneRow(
      session.call(
          "PATCH",
          namespacedPath("clientdeployments", id) + "?fieldValidation=Strict",
          {{"spec", *spec}}),
      deploymentRow);
}

http::Response deployment(const Session& session, const std::string& id) {
  const auto path = namespacedPath("clientdeployments", id);
  if (session.method() == "GET") return oneRow(session.call("GET", path), deploymentRow);
  if (session.method() == "DELETE") return removed(session.call("DELETE", path), id);
  if (session.method() != "PUT") return fail(405, "Method Not Allowed");
  const auto body = session.body();
  return changeDeployment(session, id, body ? deploymentSpec(*body) : body);
}

/// The deployment of a client, by the client's name.
Reply findByClient(const Session& session, const std::string& client) {
  auto all = session.call("GET", std::string(kGroup) + "clientdeployments");
  if (!all.good()) return all;
  for (auto& item : all.body["items"])
    if (deploymentRow(item)["client_name"] == client) return {200, std::move(item)};
  return {404, {{"message", "no client " + client}}};
}

/// The cached row of a client: "deployment.acme" is the only form of key there ever was.
http::Response state(const Session& session, const std::string& key) {
  constexpr std::string_view kPrefix = "deployment.";
  if (!key.starts_with(kPrefix)) return fail(404, "no state " + key);
  const auto found = findByClient(session, key.substr(kPrefix.size()));
  if (!found.good()) return fail(found);
  if (session.method() == "GET")
    return respond(200, {{"key", key}, {"value", deploymentRow(found.body)}, {"cached", false}});
  if (session.method() != "PUT") return fail(405, "Method Not Allowed");
  const auto body = session.body();
  if (!body) return notUnderstood(body.error());
  const auto value = body->value("value", Json::object());
  if (!value.is_object()) return fail(422, "value: is not an object");
  for (const auto* name : {"sync_enabled", "sync_interval"})
    if (value.contains(name)) return fail(501, std::string(name) + ": declare a SyncPolicy");
  auto changed = changeDeployment(session, idOf(found.body), deploymentSpec(value));
  if (changed.status >= 400) return changed;
  return respond(200, {{"success", true}, {"key", key}});
}

http::Response trigger(const Session& session, const std::string& client, bool full) {
  if (session.method() != "POST") return fail(405, "Method Not Allowed");
  const auto found = findByClient(session, client);
  if (!found.good()) return fail(found);
  const auto space = stringAt(found.body, "metadata.namespace");
  const auto made = session.call(
      "POST",
      namespacedPath("syncjobs", space + ":"),
      {{"metadata", {{"generateName", stringAt(found.body, "metadata.name") + "-"}}},
       {"spec",
        {{"deploymentRef", {{"name", stringAt(found.body, "metadata.name")}}},
         {"trigger", "API"},
         {"mode", full ? "Full" : "Auto"}}}});
  if (!made.good()) return fail(made);
  return respond(
      202,
      {{"status", "queued"},
       {"client", client},
       {"full_sync", full},
       {"job_id", idOf(made.body)},
       {"queued_at", *findPath(made.body, "metadata.creationTimestamp")}});
}

http::Response triggerNamed(const Session& session) {
  const auto body = session.body();
  if (!body) return notUnderstood(body.error());
  return trigger(session, stringAt(*body, "client_name"), body->value("full_sync", Json()) == true);
}

http::Response conflicts(const Session& session) {
  if (session.method() != "GET") return fail(405, "Method Not Allowed");
  auto all = session.call("GET", std::string(kGroup) + "syncconflicts");
  if (!all.good()) return fail(all);
  const auto client = session.param("client_name");
  std::size_t limit = 100;
  const auto text = session.param("limit");
  std::from_chars(text.data(), text.data() + text.size(), limit);
  Json rows = Json::array();
  for (const auto& item : all.body["items"]) {
    auto row = conflictRow(item);
    if (rows.size() < limit && (client.empty() || row["client_name"] == client))
      rows.push_back(std::move(row));
  }
  const auto count = rows.size();
  return respond(200, {{"conflicts", std::move(rows)}, {"count", count}});
}

http::Response resolve(const Session& session, const std::string& id) {
  if (session.method() != "POST") return fail(405, "Method Not Allowed");
  const auto body = session.body();
  const auto made = body ? resolution(*body) : body;
  if (!made) return notUnderstood(made.error());
  return oneRow(
      session.call(
          "PATCH", namespacedPath("syncconflicts", id), {{"spec", {{"resolution", *made}}}}),
      conflictRow);
}

http::Response clusterStatus(const Session& session) {
  if (session.method() != "GET") return fail(405, "Method Not Allowed");
  auto nodes = session.call("GET", std::string(kGroup) + "hosts");
  if (!nodes.good()) return fail(nodes);
  Json rows = Json::array();
  for (const auto& item : nodes.body["items"]) rows.push_back(hostRow(item));
  return respond(200, {{"cluster_name", "berth"}, {"nodes", std::move(rows)}});
}

http::Response health(const Session& session) {
  const auto ready = session.call("GET", "/readyz");
  return respond(ready.good() ? 200 : 503, {{"status", ready.good() ? "healthy" : "unhealthy"}});
}

std::vector<std::string> segmentsOf(const std::string& path) {
  std::vector<std::string> segments;
  for (std::size_t start = 1; start <= path.size();) {
    const auto end = std::min(path.find('/', start), path.size());
    segments.push_back(path.substr(start, end - start));
    start = end + 1;
  }
  return segments;
}

std::optional<http::Response> answerSync(
    const Session& session, const std::vector<std::string>& parts) {
  const auto& what = parts[2];
  if (parts.size() == 3 && what == "status")
    return rowsOf(session.call("GET", std::string(kGroup) + "syncjobs"), "jobs", jobRow);
  if (parts.size() == 3 && what == "conflicts") return conflicts(session);
  if (parts.size() == 4 && what == "trigger") return trigger(session, parts[3], false);
  if (parts.size() == 4 && what == "resolve") return resolve(session, parts[3]);
  return std::nullopt;
}

std::optional<http::Response> answerFirstPhase(
    const Session& session, const std::vector<std::string>& parts) {
  const auto& what = parts[2];
  if (parts.size() == 4 && what == "state") return state(session, parts[3]);
  if (parts.size() == 4 && what == "sync" && parts[3] == "trigger") return triggerNamed(session);
  if (parts.size() == 4 && what == "cluster" && parts[3] == "status") return clusterStatus(session);
  if (parts.size() == 3 && what == "conflicts") return conflicts(session);
  return std::nullopt;
}

}  // namespace

bool isMine(std::string_view target) {
  const auto path = target.substr(0, target.find('?'));
  if (path == "/health") return true;
  static constexpr std::array<std::string_view, 7> kFirsts{
      "/api/hosts",
      "/api/deployments",
      "/api/sync/",
      "/api/v1/state/",
      "/api/v1/sync/",
      "/api/v1/cluster/",
      "/api/v1/conflicts"};
  return std::ranges::any_of(kFirsts, [&](auto first) { return path.starts_with(first); });
}

std::optional<http::Response> answer(
    const http::Request& request, const http::Target& target, const Inner& inner) {
  const Session session(request, target, inner);
  if (target.path == "/health") return health(session);
  if (!target.path.starts_with("/api/")) return std::nullopt;
  const auto parts = segmentsOf(target.path);
  if (parts.size() < 2 || parts.size() > 4) return std::nullopt;
  if (parts[1] == "hosts" && parts.size() == 2) return hosts(session);
  if (parts[1] == "hosts" && parts.size() == 3) return host(session, parts[2]);
  if (parts[1] == "deployments" && parts.size() == 2) return deployments(session);
  if (parts[1] == "deployments" && parts.size() == 3) return deployment(session, parts[2]);
  if (parts[1] == "deployments" && parts.size() == 4 && parts[3] == "configure-dns")
    return fail(501, "declare a DNSProvider, and spec.dns of the deployment");
  if (parts[1] == "sync" && parts.size() > 2) return answerSync(session, parts);
  if (parts[1] == "v1" && parts.size() > 2) return answerFirstPhase(session, parts);
  return std::nullopt;
}

}  // namespace berth::api::facade
