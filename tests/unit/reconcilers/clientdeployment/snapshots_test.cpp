#include "reconcilers/clientdeployment/snapshots.hpp"

#include <fstream>

#include <gtest/gtest.h>
#include <stdlib.h>

#include "reconcilers/clientdeployment/tar_check.hpp"
#include "reconcilers/providers/docker/fake_docker.hpp"

namespace berth::clientdeployment {
namespace {

/// A tar of what a container has mounted, with one row.
std::string givenTar() {
  FakeClock clock;
  docker::FakeDocker fake(clock);
  fake.addImage("app:1");
  docker::ContainerSpec spec{.name = "web", .image = "app:1"};
  spec.mounts = {{docker::MountType::Volume, "data", "/data"}};
  const auto id = *fake.roles().containers.create({}, spec);
  std::string tar;
  const auto read = fake.roles().io.readArchive({}, id, "/data", [&](std::string_view bytes) {
    tar += bytes;
    return Result<>(Ok{});
  });
  EXPECT_TRUE(read);
  return tar;
}

TarSource sourceOf(std::string bytes) {
  return [bytes = std::move(bytes)](const docker::ByteSink& sink) -> Result<> {
    for (std::size_t at = 0; at < bytes.size(); at += 100)
      BERTH_CHECK(sink(std::string_view(bytes).substr(at, 100)));
    return Ok{};
  };
}

Result<> checkTar(const std::string& bytes) {
  TarCheck check;
  BERTH_CHECK(check.feed(bytes));
  return check.finish();
}

TEST(TarCheckTest, TakesAWholeTar) { EXPECT_TRUE(checkTar(givenTar())); }

TEST(TarCheckTest, RefusesEveryTarThatWasCutOff) {
  const auto tar = givenTar();
  for (std::size_t size = 0; size < tar.size(); size += 64)
    EXPECT_FALSE(checkTar(tar.substr(0, size))) << size;
}

TEST(TarCheckTest, RefusesAHeaderWithAWrongSum) {
  auto tar = givenTar();
  tar[0] = 'x';
  EXPECT_FALSE(checkTar(tar));
}

TEST(TarCheckTest, RefusesWhatIsNoTar) { EXPECT_FALSE(checkTar(std::string(4096, 'x'))); }

class FileSnapshotsTest : public testing::Test {
 protected:
  FileSnapshotsTest() {
    std::string path = testing::TempDir() + "berth-snapshots-XXXXXX";
    root_ = mkdtemp(path.data());
  }
  ~FileSnapshotsTest() override { std::filesystem::remove_all(root_); }

  std::filesystem::path root_;
  ObjectMeta meta_{.name = "chat", .namespaceName = "acme", .uid = "uid-1"};
};

TEST_F(FileSnapshotsTest, KeepsTheBytesForTheOwnerOnly) {
  FileSnapshots snapshots(root_);
  EXPECT_EQ(snapshots.find(meta_).value(), "");

  const auto path = snapshots.write(meta_, sourceOf(givenTar()));

  ASSERT_TRUE(path) << path.error().message;
  EXPECT_EQ(snapshots.find(meta_).value(), *path);
  EXPECT_EQ(std::filesystem::status(*path).permissions(), std::filesystem::perms(0600));
  std::ifstream file(*path, std::ios::binary);
  const std::string kept{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(kept, givenTar());
}

TEST_F(FileSnapshotsTest, KeepsNothingOfAStreamThatBreaksOff) {
  FileSnapshots snapshots(root_);
  const auto tar = givenTar();

  EXPECT_FALSE(snapshots.write(meta_, sourceOf(tar.substr(0, 600))));
  EXPECT_FALSE(snapshots.write(meta_, [](const docker::ByteSink&) -> Result<> {
    return Error{Reason::Timeout, "no answer"};
  }));

  EXPECT_EQ(snapshots.find(meta_).value(), "");
  EXPECT_TRUE(std::filesystem::is_empty(root_ / "acme" / "chat"));
}

TEST_F(FileSnapshotsTest, TellsLivesApart) {
  FileSnapshots snapshots(root_);
  ASSERT_TRUE(snapshots.write(meta_, sourceOf(givenTar())));
  meta_.uid = "uid-2";
  EXPECT_EQ(snapshots.find(meta_).value(), "");
}

}  // namespace
}  // namespace berth::clientdeployment
