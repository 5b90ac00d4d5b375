#include "tests/unit/cli/harness.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

namespace berth::cli {

namespace {

Json resource(
    const std::string& plural,
    const std::string& kind,
    const std::string& shortName,
    bool namespaced) {
  return {
      {"resource", plural},
      {"responseKind", {{"group", "berth.dev"}, {"version", "v1alpha1"}, {"kind", kind}}},
      {"scope", namespaced ? "Namespaced" : "Cluster"},
      {"singularResource", plural.substr(0, plural.size() - 1)},
      {"shortNames", shortName.empty() ? Json::array() : Json::array({shortName})},
      {"categories", Json::array({"berth"})},
      {"verbs", {"create", "delete", "get", "list", "patch", "update", "watch"}}};
}

Json group(const std::string& name, const std::string& version, const Json& resources) {
  const Json versions = Json::array({{{"version", version}, {"resources", resources}}});
  return {
      {"kind", "APIGroupDiscoveryList"},
      {"items", Json::array({{{"metadata", {{"name", name}}}, {"versions", versions}}})}};
}

class Forwarder final : public RestTransport {
 public:
  explicit Forwarder(CannedServer& server) : server_(server) {}
  Result<RestResponse> send(const RestRequest& request) override { return server_.handle(request); }
  Result<RestResponse> stream(const RestRequest& request, const BytesHandler& onBytes) override {
    BERTH_TRY(auto response, server_.handle(request));
    if (response.status / 100 != 2) return response;
    const auto body = std::exchange(response.body, {});
    constexpr std::size_t kPiece = 7;  // lines never come in one piece
    for (std::size_t i = 0; i < body.size(); i += kPiece)
      if (!onBytes(body.substr(i, kPiece))) break;
    return response;
  }

 private:
  CannedServer& server_;
};

}  // namespace

CannedServer::CannedServer() {
  auto plain = [](const char* plural, const char* kind, bool namespaced) {
    auto entry = resource(plural, kind, "", namespaced);
    entry["categories"] = Json::array();
    return entry;
  };
  answer(
      "GET /api",
      group(
          "",
          "v1",
          {plain("secrets", "Secret", true),
           plain("events", "Event", true),
           plain("namespaces", "Namespace", false)}));
  answer(
      "GET /apis",
      group(
          "berth.dev",
          "v1alpha1",
          {resource("clientdeployments", "ClientDeployment", "cd", true),
           resource("hosts", "Host", "ho", false)}));
}

void CannedServer::answer(const std::string& request, RestResponse response) {
  answers_[request].push_back(std::move(response));
}

void CannedServer::answer(const std::string& request, const Json& document, int status) {
  answer(request, RestResponse{.status = status, .body = dumpJson(document)});
}

void CannedServer::refuse(
    const std::string& request, int code, const std::string& reason, const std::string& message) {
  answer(
      request,
      {{"kind", "Status"}, {"message", message}, {"reason", reason}, {"code", code}},
      code);
}

Result<RestResponse> CannedServer::handle(const RestRequest& request) {
  requests_.push_back(request);
  if (failure_) return *std::exchange(failure_, {});
  const auto found = answers_.find(request.method + " " + requestTarget(request));
  if (found == answers_.end())
    return RestResponse{
        .status = 404,
        .body = R"({"kind":"Status","reason":"NotFound","code":404,"message":"not found: )" +
                requestTarget(request) + "\"}"};
  auto& list = found->second;
  auto response = list.front();
  if (list.size() > 1) list.erase(list.begin());
  return response;
}

RestRequest CannedServer::last(const std::string& method) const {
  for (auto at = requests_.rbegin(); at != requests_.rend(); ++at)
    if (at->method == method) return *at;
  ADD_FAILURE() << "no " << method << " was sent";
  return {};
}

Ran Berth::run(const std::string& words, const std::string& in) {
  std::istringstream stream(words);
  return run(std::vector<std::string>(std::istream_iterator<std::string>(stream), {}), in);
}

Ran Berth::run(const std::vector<std::string>& words, const std::string& in) {
  std::istringstream input(in);
  std::ostringstream out;
  std::ostringstream err;
  World world{
      .in = input,
      .out = out,
      .err = err,
      .clock = clock,
      .environment = [this](const char* name) { return environment[name]; },
      .connect = [this](const Connection&, Duration) -> Result<std::unique_ptr<RestTransport>> {
        return std::unique_ptr<RestTransport>(std::make_unique<Forwarder>(server));
      },
      .runProgram = program};
  std::vector<std::string> all{"--server", "https://fake", "--kubeconfig", "/none"};
  all.insert(all.end(), words.begin(), words.end());
  Ran ran{.code = runBerth(world, "berth", all)};
  ran.out = out.str();
  ran.err = err.str();
  return ran;
}

void expectGolden(const std::string& name, const std::string& text) {
  const auto path = std::string(BERTH_TESTDATA) + "/" + name;
  if (std::getenv("BERTH_ACCEPT") != nullptr) {  // NOLINT(concurrency-mt-unsafe)
    std::ofstream(path, std::ios::binary) << text;
    return;
  }
  std::ifstream file(path, std::ios::binary);
  const std::string golden((std::istreambuf_iterator<char>(file)), {});
  EXPECT_EQ(golden, text) << "BERTH_ACCEPT=1 rewrites " << path;
}

Json givenDeployment(const std::string& name) {
  return {
      {"apiVersion", "berth.dev/v1alpha1"},
      {"kind", "ClientDeployment"},
      {"metadata",
       {{"name", name},
        {"namespace", "default"},
        {"uid", "uid-of-" + name},
        {"resourceVersion", "7"},
        {"generation", 2},
        {"creationTimestamp", "2026-01-02T03:00:00Z"},
        {"labels", {{"tier", "gold"}}}}},
      {"spec", {{"image", "open-webui:1"}, {"domain", name + ".example.org"}}}};
}

Json givenTable(const std::vector<std::string>& names) {
  Json table{
      {"kind", "Table"},
      {"metadata", {{"resourceVersion", "9"}}},
      {"columnDefinitions",
       Json::array(
           {{{"name", "Name"}, {"priority", 0}},
            {{"name", "Ready"}, {"priority", 0}},
            {{"name", "Image"}, {"priority", 1}},
            {{"name", "Age"}, {"priority", 0}}})},
      {"rows", Json::array()}};
  for (const auto& name : names)
    table["rows"].push_back(
        {{"cells", {name, "True", "open-webui:1", "4m5s"}}, {"object", givenDeployment(name)}});
  return table;
}

}  // namespace berth::cli
