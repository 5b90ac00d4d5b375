// The engine's client against engines that are old, new, slow, gone or mad.
#include "reconcilers/providers/docker/http_docker.hpp"

#include <atomic>
#include <filesystem>
#include <future>
#include <mutex>
#include <unistd.h>

#include <gmock/gmock.h>

#include "core/base/guarded.hpp"
#include "core/http/server.hpp"
#include "core/http/transports.hpp"
#include "reconcilers/providers/docker/fault.hpp"
#include "tests/support/eventually.hpp"

namespace berth::docker {
namespace {

using support::eventually;
using testing::ElementsAre;
using testing::HasSubstr;

/// An engine that answers as it is told.
class HttpDockerTest : public testing::Test {
 protected:
  HttpDockerTest() {
    std::string pattern = std::filesystem::temp_directory_path() / "berth-engine-XXXXXX";
    BERTH_ASSERT(mkdtemp(pattern.data()) != nullptr);
    folder_ = pattern;
    server_.emplace(
        http::ServerOptions{.unixPath = socket()},
        [this](const http::Request& request) { return serve(request); });
    EXPECT_TRUE(server_->start());
    client_.emplace(http::makeUnixTransport(socket(), clock_), clock_);
  }
  ~HttpDockerTest() override {
    client_.reset();
    server_.reset();
    std::filesystem::remove_all(folder_);
  }

  http::Response serve(const http::Request& request) {
    const auto handler = script_.with([&](Script& script) {
      if (request.target == "/_ping")
        return http::Handler([version = script.version](const http::Request&) {
          return http::Response{.headers = {{"Api-Version", version}}, .body = "OK"};
        });
      script.requests.push_back(request);
      return script.handler;
    });
    return handler(request);
  }
  void version(std::string text) {
    script_.with([&](Script& script) { script.version = std::move(text); });
  }
  void answers(http::Handler handler) {
    script_.with([&](Script& script) { script.handler = std::move(handler); });
  }
  void answers(int status, std::string body) {
    answers([=](const http::Request&) { return http::Response{.status = status, .body = body}; });
  }
  std::vector<std::string> targets() {
    return script_.with([](Script& script) {
      std::vector<std::string> targets;
      for (const auto& request : script.requests) targets.push_back(request.target);
      return targets;
    });
  }
  std::string socket() { return folder_ + "/docker.sock"; }
  Docker docker() { return client_->roles(); }
  Context within(std::chrono::milliseconds time) { return {.deadline = clock_.now() + time}; }

  struct Script {
    std::string version = "1.41";
    http::Handler handler = [](const http::Request&) { return http::Response{}; };
    std::vector<http::Request> requests;
  };

  SystemClock clock_;
  std::string folder_;
  Guarded<Script> script_;
  std::optional<http::Server> server_;
  std::optional<HttpDocker> client_;
};

TEST_F(HttpDockerTest, SpeaksTheOlderOfBothVersions) {
  answers(204, "");

  ASSERT_TRUE(docker().containers.start({}, "web"));
  version("1.55");
  ASSERT_TRUE(docker().engine.ping({}));
  ASSERT_TRUE(docker().containers.start({}, "web"));

  EXPECT_THAT(targets(), ElementsAre("/v1.41/containers/web/start", "/v1.48/containers/web/start"));
}

TEST_F(HttpDockerTest, RefusesAnEngineThatIsTooOld) {
  version("1.39");

  const auto result = docker().containers.start({}, "web");

  EXPECT_EQ(result.error().reason, Reason::Invalid);
  EXPECT_TRUE(isFault(result.error(), fault::kTooOld));
  EXPECT_THAT(result.error().message, HasSubstr("install Docker 20.10 or newer"));
  EXPECT_THAT(targets(), ElementsAre());
}

TEST_F(HttpDockerTest, AgreesAgainWhenTheEngineWasReplacedByAnOlderOne) {
  version("1.48");
  ASSERT_TRUE(docker().engine.ping({}));
  version("1.42");
  answers([](const http::Request& request) {
    if (request.target.starts_with("/v1.42")) return http::Response{.status = 204};
    return http::Response{
        .status = 400,
        .body = R"({"message":"client version 1.48 is too new. Maximum supported is 1.42"})"};
  });

  EXPECT_TRUE(docker().containers.start({}, "web"));
}

TEST_F(HttpDockerTest, AnAnswerThatIsNotJsonIsAnErrorAndNotAnAbsence) {
  for (const auto* body : {"", "<html>", "{\"Id\":", "[]", "{}", "null"}) {
    answers(200, body);
    const auto result = docker().reader.inspect({}, "web");
    ASSERT_FALSE(result) << body;
    EXPECT_EQ(result.error().reason, Reason::InternalError) << body;
  }
  answers(200, "{\"a\":1}");
  EXPECT_FALSE(docker().reader.list({}, {}));
}

TEST_F(HttpDockerTest, AnEngineThatDoesNotAnswerInTimeMayHaveActed) {
  std::promise<void> released;
  answers([done = released.get_future().share()](const http::Request&) {
    done.wait();
    return http::Response{.status = 204};
  });

  const auto result = docker().containers.start(within(std::chrono::milliseconds(100)), "web");
  released.set_value();

  EXPECT_EQ(result.error().reason, Reason::Timeout);
  EXPECT_TRUE(isFault(result.error(), fault::kEngineAway));
}

TEST_F(HttpDockerTest, NothingHasHappenedWhereThereIsNoSocket) {
  HttpDocker nobody(http::makeUnixTransport(folder_ + "/nobody.sock", clock_), clock_);

  const auto result = nobody.roles().containers.start({}, "web");

  EXPECT_EQ(result.error().reason, Reason::ServiceUnavailable);
  EXPECT_TRUE(isFault(result.error(), fault::kEngineAway));
}

TEST_F(HttpDockerTest, FindsTheErrorInAPullThatBeganWith200) {
  answers(
      200,
      "{\"status\":\"Downloading\",\"id\":\"a\",\"progressDetail\":{\"current\":99,\"total\":100}}"
      "\n{\"errorDetail\":{\"message\":\"no space left on device\"},\"error\":\"x\"}\n");

  const auto result = docker().images.pull({}, {.image = "tenant:1"});

  EXPECT_TRUE(isFault(result.error(), fault::kDiskFull));
}

TEST_F(HttpDockerTest, PullsOneTagAndShowsItsPapers) {
  answers([](const http::Request& request) {
    const bool pull = request.method == "POST";
    return http::Response{.body = pull ? "" : R"({"Id":"sha256:1"})"};
  });
  const RegistryAuth auth{"me", Secret("secret"), "registry.example.org"};

  ASSERT_TRUE(docker().images.pull({}, {.image = "registry.example.org/tenant", .auth = auth}));

  const auto request = script_.with([](Script& script) { return script.requests.at(0); });
  EXPECT_EQ(
      request.target, "/v1.41/images/create?fromImage=registry.example.org%2Ftenant&tag=latest");
  EXPECT_EQ(
      request.headers.get("X-Registry-Auth"),
      "eyJwYXNzd29yZCI6InNlY3JldCIsInNlcnZlcmFkZHJlc3MiOiJyZWdpc3RyeS5leGFtcGxlLm9yZyIsInVzZXJu"
      "YW1lIjoibWUifQ==");
}

class HttpEventsTest : public HttpDockerTest {
 protected:
  HttpEventsTest() {
    answers([this](const http::Request&) {
      return http::Response{.stream = [this](std::shared_ptr<http::StreamWriter> writer) {
        writer_.with([&](auto& held) { held = std::move(writer); });
      }};
    });
  }
  void send(const std::string& text) {
    EXPECT_TRUE(eventually([&] { return writer_.with([](auto& held) { return bool(held); }); }));
    writer_.with([&](auto& held) { held->write(std::make_shared<const std::string>(text)); });
  }

  Guarded<std::shared_ptr<http::StreamWriter>> writer_;
};

TEST_F(HttpEventsTest, GivesEventsAsTheyComeInPieces) {
  std::atomic<int> wakes = 0;
  const auto stream = docker().engine.events({}, [&] { ++wakes; });
  ASSERT_TRUE(stream);

  send("{\"Action\":\"die\",\"Actor\":{\"ID\":\"1f\"},");
  send("\"timeNano\":5}\n");

  std::vector<EngineEvent> events;
  EXPECT_TRUE(eventually([&] {
    events = (*stream)->poll().value();
    return !events.empty();
  }));
  EXPECT_EQ(events.at(0).action, "die");
  EXPECT_GE(wakes, 1);
}

TEST_F(HttpEventsTest, EndsForGoodWhenTheStreamIsCutOrMad) {
  for (const auto* last : {"no json\n", "{}\n", ""}) {
    std::atomic<int> wakes = 0;
    const auto stream = docker().engine.events({}, [&] { ++wakes; });
    ASSERT_TRUE(stream);
    send(last);
    writer_.with([](auto& held) { std::exchange(held, nullptr)->close(); });

    EXPECT_TRUE(eventually([&] { return !(*stream)->poll(); })) << last;
    EXPECT_FALSE((*stream)->poll());
    EXPECT_TRUE(eventually([&] { return wakes > 0; }));
  }
}

TEST_F(HttpEventsTest, IsLetGoOfWithoutWaitingForAnEvent) {
  auto stream = docker().engine.events({}, nullptr);
  ASSERT_TRUE(stream);
  const auto before = clock_.now();

  stream->reset();

  EXPECT_LT(clock_.now() - before, std::chrono::seconds(2));
}

}  // namespace
}  // namespace berth::docker
