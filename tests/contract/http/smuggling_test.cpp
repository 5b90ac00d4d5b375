// C18: never more requests than were sent, by ourselves and behind a proxy.
#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <utility>

#include "core/base/guarded.hpp"
#include "tests/contract/http/server_fixture.hpp"
#include "tests/contract/http/smuggling_probes.hpp"
#include "tests/support/child_program.hpp"

namespace berth::http::testing {
namespace {

using ::testing::EndsWith;
using ::testing::IsEmpty;
using ::testing::StartsWith;
using namespace std::chrono_literals;

std::size_t countOf(const std::string& text, std::string_view part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

/// A server that keeps what it was asked for.
class SmugglingTest : public ServerTest {
 protected:
  SmugglingTest() {
    handler_ = [this](const Request& request) {
      handled_.with([&](auto& handled) { ++handled[request.target]; });
      return Response{.body = "answer to " + request.target};
    };
  }
  ~SmugglingTest() override { server_.reset(); }

  /// What was handled since the last call, and how often.
  std::map<std::string, int> takeHandled() {
    return handled_.with([](auto& handled) { return std::exchange(handled, {}); });
  }

  Guarded<std::map<std::string, int>> handled_;
};

TEST_F(SmugglingTest, EveryProbeIsRefusedOrHandledOnce) {
  start();
  const auto probes = smugglingProbes();
  ASSERT_GE(probes.size(), 58U);
  for (const auto& probe : probes) {
    SCOPED_TRACE(probe.name);
    RawClient client(port_);
    client.send(probe.bytes);

    const auto answer = client.readAll();

    EXPECT_EQ(countOf(answer, "HTTP/1.1 "), 1U) << answer;
    const auto handled = takeHandled();
    if (probe.sound) {
      EXPECT_EQ(handled, (std::map<std::string, int>{{"/probe-" + probe.name, 1}}));
      EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 "));
    } else {
      EXPECT_THAT(handled, IsEmpty());
      EXPECT_THAT(answer, StartsWith("HTTP/1.1 400 "));
    }
  }
}

TEST_F(SmugglingTest, NoProbeIsUnderstoodOtherwiseWhenItComesByteByByte) {
  start();
  for (const auto& probe : smugglingProbes()) {
    SCOPED_TRACE(probe.name);
    RawClient client(port_);
    for (const char byte : probe.bytes) client.send({&byte, 1});

    EXPECT_EQ(countOf(client.readAll(), "HTTP/1.1 "), 1U);
    EXPECT_EQ(takeHandled().size(), probe.sound ? 1U : 0U);
  }
}

/// nginx in front of a server, with connections to it that many clients share.
class Nginx {
 public:
  explicit Nginx(std::uint16_t upstream) {
    std::ofstream(folder_ / "nginx.conf")
        << "daemon off; pid " << path("pid") << "; error_log " << path("error.log") << " info;\n"
        << "events { worker_connections 1024; }\n"
        << "http { log_format brief '$request_uri $upstream_status';\n"
        << "access_log " << path("access.log") << " brief;\n"
        << "client_header_timeout 1s; client_body_timeout 1s; keepalive_timeout 1s;\n"
        << "client_body_temp_path " << path("body") << "; proxy_temp_path " << path("proxy")
        << ";\n"
        << "fastcgi_temp_path " << path("f") << "; uwsgi_temp_path " << path("u")
        << "; scgi_temp_path " << path("s") << ";\n"
        << "upstream berth { server 127.0.0.1:" << upstream << "; keepalive 2; }\n"
        << "server { listen unix:" << path("socket") << ";\n"
        << "location / { proxy_pass http://berth; proxy_http_version 1.1; proxy_buffering off;\n"
        << "proxy_request_buffering off; proxy_set_header Connection \"\"; } } }\n";
    const support::ChildProgram::Options quiet{.output = path("output")};
    program_.emplace(
        std::vector<std::string>{
            "/usr/sbin/nginx", "-e", path("error.log"), "-c", path("nginx.conf")},
        quiet);
  }
  ~Nginx() {
    program_.reset();
    std::filesystem::remove_all(folder_);
  }
  Nginx(const Nginx&) = delete;
  Nginx& operator=(const Nginx&) = delete;

  RawClient connect() {
    const auto transport = makeUnixTransport(path("socket"), systemClock());
    const auto end = systemClock().now() + 20s;
    while (true) {
      auto stream = transport->connect(within(1s));
      if (stream) return RawClient(*std::move(stream));
      if (!program_->running() || systemClock().now() > end)
        throw std::runtime_error("nginx does not run (apt: nginx): " + read("error.log"));
      static_cast<void>(waitFor(-1, 0, {.deadline = systemClock().now() + 10ms}, systemClock()));
    }
  }

  /// What it passed on, and how often; ends it.
  std::map<std::string, int> finish() {
    program_->signal(SIGQUIT);
    program_->wait();
    std::map<std::string, int> passed;
    std::istringstream lines(read("access.log"));
    std::string uri;
    std::string status;
    while (lines >> uri >> status)
      if (status != "-") ++passed[uri];
    return passed;
  }

 private:
  static std::filesystem::path makeFolder() {
    auto pattern = (std::filesystem::temp_directory_path() / "berth-nginx-XXXXXX").string();
    return ::mkdtemp(pattern.data());
  }
  [[nodiscard]] std::string path(const char* name) const { return (folder_ / name).string(); }
  [[nodiscard]] std::string read(const char* name) const {
    std::ostringstream text;
    text << std::ifstream(folder_ / name).rdbuf();
    return text.str();
  }

  std::filesystem::path folder_ = makeFolder();
  std::optional<support::ChildProgram> program_;
};

TEST_F(SmugglingTest, BehindAProxyNothingIsHandledThatTheProxyDidNotPassOn) {
  start();
  Nginx nginx(port_);
  const auto probes = smugglingProbes();
  std::vector<RawClient> attackers;
  std::vector<RawClient> victims;

  for (const auto& probe : probes) {
    attackers.push_back(nginx.connect());
    attackers.back().send(probe.bytes);
    const auto name = std::to_string(victims.size());
    victims.push_back(nginx.connect());
    victims.back().send(
        "GET /victim-" + name + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  }

  for (std::size_t i = 0; i < victims.size(); ++i)
    EXPECT_THAT(victims[i].readAll(), EndsWith("answer to /victim-" + std::to_string(i)));
  for (auto& attacker : attackers) attacker.readAll();
  const auto passed = nginx.finish();
  const auto handled = takeHandled();
  EXPECT_GT(handled.size(), probes.size());
  for (const auto& [target, count] : handled) {
    const auto found = passed.find(target);
    EXPECT_LE(count, found == passed.end() ? 0 : found->second) << target;
  }
}

}  // namespace
}  // namespace berth::http::testing
