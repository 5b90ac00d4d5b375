#include <gmock/gmock.h>

#include "reconcilers/providers/docker/fake_docker.hpp"
#include "reconcilers/providers/docker/wire_answer.hpp"
#include "reconcilers/providers/docker/wire_request.hpp"
#include "tests/support/docker/api_schema.hpp"
#include "tests/support/docker/wire_encode.hpp"

namespace berth::docker {
namespace {

using testing::IsEmpty;

ContainerSpec fullSpec() {
  return {
      .name = "web",
      .image = "tenant:1",
      .command = {"serve"},
      .env = {{"A", "1"}},
      .labels = {{"dev.berth.uid", "u1"}},
      .mounts =
          {{MountType::Volume, "web-data", "/data", false},
           {MountType::Bind, "/etc/hosts", "/etc/hosts", true},
           {MountType::Tmpfs, "", "/tmp", false}},
      .network = "tenants",
      .networkAliases = {"web"},
      .ports = {{8080, "tcp", "127.0.0.1", 18080}},
      .resources =
          {.memoryBytes = 700 << 20,
           .memoryReservationBytes = 600 << 20,
           .memorySwapBytes = 1400 << 20,
           .nanoCpus = 500'000'000,
           .pidsLimit = 512},
      .restart = RestartPolicy::UnlessStopped,
      .log = {"json-file", {{"max-size", "10m"}}},
      .stopTimeoutSeconds = 30,
      .hostname = "web",
      .user = "1000",
      .readOnlyRoot = true,
      .init = true,
      .capDrop = {"ALL"},
      .securityOptions = {"no-new-privileges:true"}};
}

/// What we send, and what the fake claims, by Docker's description of each version.
class WireSchemaTest : public testing::TestWithParam<std::string> {
 protected:
  const support::ApiSchema schema_{GetParam()};
};

TEST_P(WireSchemaTest, OurRequestsAreAsDescribed) {
  EXPECT_THAT(
      schema_.checkRequest("post", "/containers/create", encodeContainer(fullSpec())), IsEmpty());
  EXPECT_THAT(
      schema_.checkRequest("post", "/containers/create", encodeContainer({.image = "a"})),
      IsEmpty());
  EXPECT_THAT(
      schema_.checkRequest(
          "post",
          "/containers/{id}/update",
          encodeUpdate(fullSpec().resources, RestartPolicy::OnFailure)),
      IsEmpty());
  EXPECT_THAT(
      schema_.checkRequest(
          "post", "/volumes/create", encodeVolume({.name = "v", .labels = {{"a", "1"}}})),
      IsEmpty());
  EXPECT_THAT(
      schema_.checkRequest(
          "post",
          "/networks/create",
          encodeNetwork({.name = "n", .subnet = "10.9.0.0/24"}, GetParam())),
      IsEmpty());
  EXPECT_THAT(
      schema_.checkRequest(
          "post",
          "/containers/{id}/exec",
          encodeExec(
              {.command = {"a"}, .env = {{"A", "1"}}, .user = "1", .workingDirectory = "/"})),
      IsEmpty());
}

TEST_P(WireSchemaTest, AMisspelledMemberIsFound) {
  auto body = encodeContainer(fullSpec());
  body["HostConfig"]["Memmory"] = 1;
  body["Env"] = "A=1";

  EXPECT_THAT(
      schema_.checkRequest("post", "/containers/create", body),
      testing::UnorderedElementsAre(
          "body.Env is not of type array", "body.HostConfig.Memmory is unknown"));
}

TEST_P(WireSchemaTest, TheFakesContainersAreAsDescribedAndComeBackWhole) {
  const FakeClock clock;
  FakeDocker fake(clock);
  fake.addImage("tenant:1");
  auto docker = fake.roles();
  ASSERT_TRUE(docker.networks.create({}, {.name = "tenants"}));
  ASSERT_TRUE(docker.containers.create({}, fullSpec()));
  ASSERT_TRUE(docker.containers.start({}, "web"));
  const auto state = docker.reader.inspect({}, "web").value();

  const auto answer = support::encodeState(state);

  EXPECT_THAT(schema_.checkAnswer("get", "/containers/{id}/json", "200", answer), IsEmpty());
  const auto back = decodeContainer(answer);
  ASSERT_TRUE(back);
  EXPECT_EQ(support::encodeState(*back)["HostConfig"], answer["HostConfig"]);
  EXPECT_EQ(back->env, state.env);
  EXPECT_EQ(back->ports, state.ports);
  EXPECT_EQ(back->networks, state.networks);
  EXPECT_EQ(back->startedAt, state.startedAt);
  EXPECT_EQ(back->status, state.status);
}

TEST_P(WireSchemaTest, WhatElseTheFakeHasIsAsDescribed) {
  const FakeClock clock;
  FakeDocker fake(clock);
  fake.addImage("tenant:1");
  auto docker = fake.roles();
  ASSERT_TRUE(docker.containers.create({}, fullSpec()));
  const auto summaries = docker.reader.list({}, {}).value();
  const auto volume = docker.volumes.inspect({}, "web-data").value();
  const auto network = docker.networks.inspect({}, "bridge").value();
  const auto image = docker.images.inspect({}, "tenant:1").value();
  const auto info = docker.engine.info({}).value();

  EXPECT_THAT(
      schema_.checkAnswer(
          "get", "/containers/json", "200", Json::array({support::encodeSummary(summaries.at(0))})),
      IsEmpty());
  EXPECT_THAT(
      schema_.checkAnswer("get", "/volumes/{name}", "200", support::encodeVolume(volume)),
      IsEmpty());
  EXPECT_THAT(
      schema_.checkAnswer("get", "/networks/{id}", "200", support::encodeNetwork(network)),
      IsEmpty());
  EXPECT_THAT(
      schema_.checkAnswer("get", "/images/{name}/json", "200", support::encodeImage(image)),
      IsEmpty());
  EXPECT_THAT(schema_.checkAnswer("get", "/info", "200", support::encodeInfo(info)), IsEmpty());
  EXPECT_EQ(decodeInfo(support::encodeInfo(info))->memoryBytes, info.memoryBytes);
  EXPECT_EQ(decodeVolume(support::encodeVolume(volume))->mountpoint, volume.mountpoint);
  EXPECT_EQ(decodeImage(support::encodeImage(image))->digests, image.digests);
}

INSTANTIATE_TEST_SUITE_P(Versions, WireSchemaTest, testing::Values("1.41", "1.44", "1.48"));

}  // namespace
}  // namespace berth::docker
