#include "cli/kubeconfig.hpp"

#include <filesystem>
#include <sstream>

#include "cli/exit_codes.hpp"
#include "cli/files.hpp"
#include "cli/suggest.hpp"
#include "core/yaml/yaml.hpp"

namespace berth::cli {

namespace {

/// The bytes of `name`-data, or of the file that `name` names.
Result<std::string> inlineOrFile(const Json& entry, const std::string& name) {
  if (const auto data = stringAt(entry, name + "-data"); !data.empty()) {
    auto bytes = decodeBase64(data);
    if (bytes.empty()) return Error{Reason::Invalid, "kubeconfig: " + name + "-data is not base64"};
    return bytes;
  }
  const auto file = stringAt(entry, name);
  if (file.empty()) return std::string();
  const auto path = std::filesystem::path(stringAt(entry, "folder")) / file;
  return readFile(path.string());
}

void addEntries(Json& entries, const Json& list, const char* member, const std::string& folder) {
  if (!list.is_array()) return;
  for (const auto& item : list) {
    const auto name = stringAt(item, "name");
    if (name.empty() || entries.contains(name)) continue;
    auto entry = item.contains(member) && item[member].is_object() ? item[member] : Json::object();
    entry["folder"] = folder;
    entries[name] = std::move(entry);
  }
}

Result<Json> findEntry(const Json& entries, const std::string& name, const std::string& what) {
  if (const auto found = entries.find(name); found != entries.end()) return *found;
  std::vector<std::string> known;
  for (const auto& [key, value] : entries.items()) known.push_back(key);
  const auto meant = nearest(name, known);
  return withHint(
      Error{Reason::NotFound, "kubeconfig: no " + what + " \"" + name + "\""},
      meant.empty() ? "" : "did you mean \"" + meant + "\"?");
}

Result<> addCluster(Connection& connection, const Json& cluster) {
  connection.server = stringAt(cluster, "server");
  const auto* skip = findPath(cluster, "insecure-skip-tls-verify");
  connection.skipVerification = skip != nullptr && skip->is_boolean() && skip->get<bool>();
  BERTH_TRY(connection.authority, inlineOrFile(cluster, "certificate-authority"));
  return Ok{};
}

Result<> addUser(Connection& connection, const Json& user) {
  auto token = stringAt(user, "token");
  if (const auto file = stringAt(user, "tokenFile"); token.empty() && !file.empty()) {
    BERTH_TRY(token, readFile((std::filesystem::path(stringAt(user, "folder")) / file).string()));
    token.erase(token.find_last_not_of("\r\n ") + 1);
  }
  connection.token = Secret(token);
  BERTH_TRY(connection.clientCertificate, inlineOrFile(user, "client-certificate"));
  BERTH_TRY(auto key, inlineOrFile(user, "client-key"));
  connection.clientKey = Secret(std::move(key));
  return Ok{};
}

}  // namespace

std::vector<std::string> kubeconfigFiles(
    const ConnectionFlags& flags, const std::function<std::string(const char*)>& environment) {
  if (!flags.kubeconfig.empty()) return {flags.kubeconfig};
  std::vector<std::string> files;
  std::istringstream list(environment("KUBECONFIG"));
  for (std::string file; std::getline(list, file, ':');)
    if (!file.empty()) files.push_back(file);
  if (files.empty()) files.push_back(environment("HOME") + "/.kube/config");
  return files;
}

Result<Kubeconfig> Kubeconfig::load(const std::vector<std::string>& files) {
  Kubeconfig config;
  std::string absent;
  bool any = false;
  for (const auto& file : files) {
    auto text = readFile(file);
    if (!text && text.error().reason == Reason::NotFound) {
      absent += (absent.empty() ? "" : ", ") + file;
      continue;
    }
    if (!text) return std::move(text).error();
    auto merged = config.merge(*text, std::filesystem::path(file).parent_path().string());
    if (!merged) return during(file, std::move(merged).error());
    any = true;
  }
  if (!any)
    return withHint(
        Error{Reason::NotFound, "kubeconfig: no such file: " + absent},
        "berth-controller writes one into its data folder: --kubeconfig DIR/kubeconfig, or "
        "KUBECONFIG");
  return config;
}

Result<> Kubeconfig::merge(std::string_view text, const std::string& folder) {
  BERTH_TRY(auto documents, parseYaml(text));
  for (const auto& entry : documents) {
    const auto& document = entry.document;
    if (!document.is_object()) return Error{Reason::Invalid, "not a kubeconfig"};
    if (current_.empty()) current_ = stringAt(document, "current-context");
    addEntries(clusters_, document.value("clusters", Json()), "cluster", folder);
    addEntries(users_, document.value("users", Json()), "user", folder);
    addEntries(contexts_, document.value("contexts", Json()), "context", folder);
  }
  return Ok{};
}

std::vector<std::string> Kubeconfig::contexts() const {
  std::vector<std::string> names;
  for (const auto& [name, value] : contexts_.items()) names.push_back(name);
  return names;
}

Result<Connection> Kubeconfig::connection(const ConnectionFlags& flags) const {
  Connection connection;
  Json context = Json::object();
  if (const auto& name = flags.context.empty() ? current_ : flags.context; !name.empty()) {
    BERTH_TRY(context, findEntry(contexts_, name, "context"));
  }
  const auto cluster = flags.cluster.empty() ? stringAt(context, "cluster") : flags.cluster;
  const auto user = flags.user.empty() ? stringAt(context, "user") : flags.user;
  if (!cluster.empty()) {
    BERTH_TRY(auto entry, findEntry(clusters_, cluster, "cluster"));
    BERTH_CHECK(addCluster(connection, entry));
  }
  if (!user.empty()) {
    BERTH_TRY(auto entry, findEntry(users_, user, "user"));
    BERTH_CHECK(addUser(connection, entry));
  }
  if (const auto space = stringAt(context, "namespace"); !space.empty())
    connection.namespaceName = space;
  if (!flags.server.empty()) connection.server = flags.server;
  if (!flags.token.empty()) connection.token = Secret(flags.token);
  if (flags.skipVerification) connection.skipVerification = true;
  if (!flags.authority.empty()) {
    BERTH_TRY(connection.authority, readFile(flags.authority));
  }
  if (connection.server.empty())
    return withHint(
        Error{Reason::NotFound, "kubeconfig: no server is configured"},
        "give --server https://HOST:PORT, or a kubeconfig with a current-context");
  return connection;
}

}  // namespace berth::cli
