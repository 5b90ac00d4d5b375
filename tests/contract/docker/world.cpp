#include "tests/contract/docker/world.hpp"

#include <signal.h>

#include "reconcilers/providers/docker/fake_docker.hpp"
#include "tests/support/docker/docker_engine.hpp"

namespace berth::docker {
namespace {

class FakeEngineWorld final : public DockerWorld {
 public:
  FakeEngineWorld() {
    fake_.addImage("berth-tenant:1");
    fake_.addImage("broken:1");
    fake_.world([](FakeWorld& world) { world.images["broken:1"].cannotRun = true; });
  }
  Docker roles() override { return fake_.roles(); }
  std::string image() override { return "berth-tenant:1"; }
  std::string brokenImage() override { return "broken:1"; }
  void crash(const std::string& id) override { fake_.crash(id, 137); }
  void setAway(bool away) override { fake_.setAway(away); }

 private:
  FakeClock clock_;
  FakeDocker fake_{clock_};
};

class RealEngineWorld final : public DockerWorld {
 public:
  RealEngineWorld() {
    engine_.importProgram(BERTH_TENANT, "berth-tenant:1");
    const auto tar = berth::support::tarOf("nothing", "");
    const auto broken = roles().images.importTar(
        {},
        "broken:1",
        {"ENTRYPOINT [\"/missing\"]"},
        [tar, given = false]() mutable -> Result<std::string> {
          return std::exchange(given, true) ? std::string() : tar;
        });
    BERTH_ASSERT(broken.has_value());
  }
  Docker roles() override { return engine_.roles(); }
  std::string image() override { return "berth-tenant:1"; }
  std::string brokenImage() override { return "broken:1"; }
  void crash(const std::string& id) override {
    const auto state = roles().reader.inspect({}, id);
    ::kill(static_cast<pid_t>(state->pid), SIGKILL);
  }
  void setAway(bool away) override { away ? engine_.stop() : engine_.start(); }

 private:
  berth::support::DockerEngine engine_;
};

std::unique_ptr<DockerWorld>& realEngine() {
  static std::unique_ptr<DockerWorld> engine;
  return engine;
}

class StopsTheRealEngine final : public testing::Environment {
 public:
  void TearDown() override { realEngine().reset(); }
};

const auto* const kEnvironment = testing::AddGlobalTestEnvironment(new StopsTheRealEngine);

}  // namespace

DockerWorld& fakeWorld() {
  static FakeEngineWorld world;
  return world;
}

DockerWorld& realWorld() {
  if (!realEngine()) realEngine() = std::make_unique<RealEngineWorld>();
  return *realEngine();
}

DockerContract::DockerContract() : world_(GetParam()()), docker_(world_.roles()) {
  static int number = 0;
  prefix_ = "t" + std::to_string(++number) + "-";
}

DockerContract::~DockerContract() {
  for (const auto& container : docker_.reader.list({}, {}).value_or({}))
    EXPECT_THAT(docker_.containers.remove({}, container.id, true), Succeeds());
  for (const auto& volume : docker_.volumes.list({}, {}).value_or({}))
    EXPECT_THAT(docker_.volumes.remove({}, volume.name), Succeeds());
  for (const auto& network : docker_.networks.list({}, {}).value_or({})) {
    if (!network.name.starts_with(prefix_)) continue;
    EXPECT_THAT(docker_.networks.remove({}, network.id), Succeeds());
  }
}

ContainerSpec DockerContract::spec(const std::string& part) {
  ContainerSpec spec;
  spec.name = name(part);
  spec.image = world_.image();
  return spec;
}

std::string DockerContract::givenCreated(const ContainerSpec& spec) {
  const auto id = docker_.containers.create({}, spec);
  EXPECT_THAT(id, Succeeds());
  return id.value_or("");
}

std::string DockerContract::givenRunning(const ContainerSpec& spec) {
  auto id = givenCreated(spec);
  EXPECT_THAT(docker_.containers.start({}, id), Succeeds());
  return id;
}

ContainerState DockerContract::state(const std::string& id) {
  const auto state = docker_.reader.inspect({}, id);
  EXPECT_THAT(state, Succeeds());
  return state.value_or(ContainerState{});
}

}  // namespace berth::docker
