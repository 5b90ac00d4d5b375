// What only a real engine can show: bytes that go in and out, and registries.
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>

#include "core/base/random.hpp"
#include "reconcilers/providers/docker/http_docker.hpp"
#include "tests/contract/docker/registry.hpp"
#include "tests/contract/docker/world.hpp"
#include "tests/support/docker/docker_engine.hpp"
#include "tests/support/eventually.hpp"

namespace berth::docker {
namespace {

using support::eventually;
using testing::HasSubstr;

ByteSource once(std::string bytes) {
  return [bytes = std::move(bytes), given = false]() mutable -> Result<std::string> {
    return std::exchange(given, true) ? std::string() : bytes;
  };
}

class RealEngineTest : public DockerContract {
 protected:
  std::string logsOf(const std::string& id, const LogOptions& options, Time deadline) {
    std::string text;
    const auto done =
        docker_.io.logs({.deadline = deadline}, id, options, [&](Output, std::string_view bytes) {
          text += bytes;
          return text.find("startup complete") == std::string::npos;
        });
    EXPECT_THAT(done, Succeeds());
    return text;
  }

  SystemClock clock_;
};

TEST_P(RealEngineTest, FollowsALogUntilTheSinkHasEnough) {
  auto wanted = spec();
  wanted.env = {{"BERTH_TENANT_START_DELAY", "1"}};
  const auto id = givenRunning(wanted);

  const auto text = logsOf(id, {.follow = true}, clock_.now() + std::chrono::seconds(30));

  EXPECT_THAT(text, HasSubstr("Running migrations"));
  EXPECT_THAT(text, HasSubstr("Application startup complete."));
}

TEST_P(RealEngineTest, TellsTheTailOfALog) {
  const auto id = givenRunning(spec());
  logsOf(id, {.follow = true}, clock_.now() + std::chrono::seconds(30));
  ASSERT_THAT(docker_.containers.stop({}, id, std::chrono::seconds(10)), Succeeds());

  std::string text;
  ASSERT_THAT(
      docker_.io.logs(
          {},
          id,
          {.tail = 1},
          [&](Output, std::string_view bytes) {
            text += bytes;
            return true;
          }),
      Succeeds());

  EXPECT_EQ(text, "INFO:     Finished server process\n");
}

TEST_P(RealEngineTest, ALogThatIsFollowedEndsAtTheDeadline) {
  const auto id = givenRunning(spec());

  const auto result = docker_.io.logs(
      {.deadline = clock_.now() + std::chrono::milliseconds(300)},
      id,
      {.follow = true},
      [](Output, std::string_view) { return true; });

  EXPECT_THAT(result, FailsWith(Reason::Timeout, ""));
}

TEST_P(RealEngineTest, RunsACommandAndTellsItsOutputAndEnd) {
  const auto id = givenRunning(spec());

  const auto result = docker_.io.exec(
      {}, id, {.command = {"/berth-tenant"}, .env = {{"DATA_DIR", "/other"}, {"PORT", "8080"}}});

  ASSERT_THAT(result, Succeeds());
  EXPECT_EQ(result->exitCode, 1);
  EXPECT_THAT(result->out, HasSubstr("Running migrations"));
  EXPECT_THAT(result->err, HasSubstr("Address already in use"));
}

TEST_P(RealEngineTest, AMissingCommandIsAResult) {
  const auto id = givenRunning(spec());

  const auto result = docker_.io.exec({}, id, {.command = {"/missing"}});

  ASSERT_THAT(result, Succeeds());
  EXPECT_GE(result->exitCode, 126);
}

TEST_P(RealEngineTest, RunsNothingInWhatIsStopped) {
  const auto id = givenCreated(spec());

  EXPECT_THAT(
      docker_.io.exec({}, id, {.command = {"/berth-tenant"}}),
      FailsWith(Reason::Conflict, fault::kNotRunning));
}

TEST_P(RealEngineTest, CarriesFilesInAndOutOfAStoppedContainer) {
  const auto id = givenCreated(spec());
  const std::string content(300'000, 'x');
  std::string tar;

  ASSERT_THAT(
      docker_.io.writeArchive({}, id, "/", once(support::tarOf("file", content, 0644))),
      Succeeds());
  const auto read = docker_.io.readArchive({}, id, "/file", [&](std::string_view bytes) {
    tar += bytes;
    return Result<>(Ok{});
  });

  ASSERT_THAT(read, Succeeds());
  EXPECT_THAT(tar, HasSubstr(content));
  EXPECT_THAT(
      docker_.io.readArchive({}, id, "/missing", [](std::string_view) { return Result<>(Ok{}); }),
      FailsWith(Reason::NotFound, ""));
}

TEST_P(RealEngineTest, HasTheFiguresOfWhatRuns) {
  auto wanted = spec();
  wanted.resources.memoryBytes = 64 << 20;
  const auto id = givenRunning(wanted);

  const auto stats = docker_.io.stats({}, id);

  ASSERT_THAT(stats, Succeeds());
  EXPECT_EQ(stats->memoryLimitBytes, 64 << 20);
  EXPECT_GT(stats->memoryBytes, 0);
  EXPECT_GT(stats->cpu.count(), 0);
}

TEST_P(RealEngineTest, ABindOfWhatIsNotThereCannotRun) {
  auto wanted = spec();
  wanted.mounts = {{MountType::Bind, "/nowhere/at/all", "/data", false}};

  EXPECT_THAT(docker_.containers.create({}, wanted), FailsWith(Reason::Invalid, fault::kCannotRun));
}

TEST_P(RealEngineTest, APullTellsItsProgressAndItsDigestIsTheRegistrys) {
  const Registry registry;
  const auto image = registry.put("tenant", "1", std::string(3'000'000, 'a'));
  PullProgress last;

  const auto pulled = docker_.images.pull(
      {}, {.image = image, .progress = [&](const PullProgress& now) { last = now; }});

  ASSERT_THAT(pulled, Succeeds());
  EXPECT_EQ(last.layers, 1);
  EXPECT_EQ(last.layersDone, 1);
  const auto digest = docker_.images.remoteDigest({}, image, {});
  ASSERT_THAT(digest, Succeeds());
  EXPECT_THAT(pulled->digests, testing::ElementsAre(testing::EndsWith("@" + *digest)));
  const auto pinned = image.substr(0, image.rfind(':')) + "@" + *digest;
  EXPECT_EQ(docker_.images.pull({}, {.image = pinned}).value().id, pulled->id);
  EXPECT_THAT(docker_.images.remove({}, pulled->id), Succeeds());
}

TEST_P(RealEngineTest, ATagThatTheRegistryDoesNotHaveIsUnknown) {
  const Registry registry;
  const auto image = registry.put("tenant", "1", "a");
  const auto missing = image.substr(0, image.rfind(':')) + ":9";

  EXPECT_THAT(
      docker_.images.pull({}, {.image = missing}),
      FailsWith(Reason::NotFound, fault::kImageUnknown));
  EXPECT_THAT(
      docker_.images.remoteDigest({}, missing, {}),
      FailsWith(Reason::NotFound, fault::kImageUnknown));
}

TEST_P(RealEngineTest, APullThatGoesWrongAfterItBeganWellFails) {
  const Registry registry;
  const auto image = registry.put("tenant", "1", std::string(1'000'000, 'b'));
  registry.corrupt();

  EXPECT_THAT(
      docker_.images.pull({}, {.image = image}),
      FailsWith(Reason::ServiceUnavailable, fault::kPullFailed));
}

TEST_P(RealEngineTest, ARegistryThatDoesNotAnswerFailsThePull) {
  EXPECT_THAT(
      docker_.images.pull({}, {.image = "127.0.0.1:1/tenant:1"}),
      FailsWith(Reason::ServiceUnavailable, fault::kPullFailed));
}

INSTANTIATE_TEST_SUITE_P(Real, RealEngineTest, testing::Values(&realWorld));

}  // namespace
}  // namespace berth::docker
