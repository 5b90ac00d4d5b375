#include "tests/contract/docker/registry.hpp"

#include <arpa/inet.h>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sys/socket.h>
#include <unistd.h>

#include "core/crypto/digest.hpp"
#include "core/crypto/encoding.hpp"
#include "core/http/client.hpp"
#include "core/http/transports.hpp"
#include "core/json/json.hpp"
#include "tests/support/docker/docker_engine.hpp"
#include "tests/support/eventually.hpp"

namespace berth::docker {
namespace {

namespace fs = std::filesystem;

/// A port that is free now.
int freePort() {
  const int probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  BERTH_ASSERT(bind(probe, reinterpret_cast<sockaddr*>(&address), size) == 0);
  getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size);
  close(probe);
  return ntohs(address.sin_port);
}

std::string digestOf(const std::string& bytes) { return "sha256:" + toHex(sha256(bytes)); }

}  // namespace

Registry::Registry() : port_(freePort()) {
  std::string pattern = fs::temp_directory_path() / "berth-registry-XXXXXX";
  BERTH_ASSERT(mkdtemp(pattern.data()) != nullptr);
  folder_ = pattern;
  std::ofstream(folder_ + "/config.yml")
      << "version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: " << folder_
      << "/data\nhttp:\n  addr: 127.0.0.1:" << port_ << "\n";
  program_.emplace(
      std::vector<std::string>{"/usr/bin/docker-registry", "serve", folder_ + "/config.yml"},
      support::ChildProgram::Options{.output = folder_ + "/log"});
  http::Client client(
      http::makeTcpTransport("127.0.0.1", static_cast<std::uint16_t>(port_), clock_), clock_);
  BERTH_ASSERT(support::eventually(
      [&] { return !program_->running() || client.send({}, {.target = "/v2/"}).has_value(); }));
  BERTH_ASSERT(program_->running());
}

Registry::~Registry() {
  program_.reset();
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

std::string Registry::upload(const std::string& repository, const std::string& bytes) const {
  http::Client client(
      http::makeTcpTransport("127.0.0.1", static_cast<std::uint16_t>(port_), clock_), clock_);
  const auto begun =
      client.send({}, {.method = "POST", .target = "/v2/" + repository + "/blobs/uploads/"});
  BERTH_ASSERT(begun && begun->status == 202);
  const std::string place(begun->headers.get("Location"));
  const auto path = place.substr(place.find("/v2/"));
  const auto digest = digestOf(bytes);
  const auto done = client.send(
      {},
      {.method = "PUT",
       .target = path + "&digest=" + http::percentEncode(digest),
       .headers = {{"Content-Type", "application/octet-stream"}},
       .body = bytes});
  BERTH_ASSERT(done && done->status == 201);
  return digest;
}

std::string Registry::put(
    const std::string& repository, const std::string& tag, const std::string& content) const {
  constexpr const char* kManifest = "application/vnd.docker.distribution.manifest.v2+json";
  const auto layer = support::tarOf("content", content);
  const auto layerDigest = upload(repository, layer);
  const auto config = dumpJson(
      {{"architecture", "amd64"},
       {"os", "linux"},
       {"config", Json::object()},
       {"rootfs", {{"type", "layers"}, {"diff_ids", {layerDigest}}}}});
  const auto configDigest = upload(repository, config);
  const Json manifest = {
      {"schemaVersion", 2},
      {"mediaType", kManifest},
      {"config",
       {{"mediaType", "application/vnd.docker.container.image.v1+json"},
        {"size", config.size()},
        {"digest", configDigest}}},
      {"layers",
       Json::array(
           {{{"mediaType", "application/vnd.docker.image.rootfs.diff.tar"},
             {"size", layer.size()},
             {"digest", layerDigest}}})}};
  http::Client client(
      http::makeTcpTransport("127.0.0.1", static_cast<std::uint16_t>(port_), clock_), clock_);
  const auto done = client.send(
      {},
      {.method = "PUT",
       .target = "/v2/" + repository + "/manifests/" + tag,
       .headers = {{"Content-Type", kManifest}},
       .body = dumpJson(manifest)});
  BERTH_ASSERT(done && done->status == 201);
  return "127.0.0.1:" + std::to_string(port_) + "/" + repository + ":" + tag;
}

void Registry::corrupt() const {
  for (const auto& entry : fs::recursive_directory_iterator(folder_ + "/data"))
    if (entry.is_regular_file() && entry.path().filename() == "data" &&
        entry.file_size() > 500'000) {
      std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
      file.seekp(100'000);
      file << "spoiled";
    }
}

}  // namespace berth::docker
