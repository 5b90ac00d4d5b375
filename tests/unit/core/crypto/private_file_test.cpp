#include "core/crypto/private_file.hpp"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <sys/stat.h>

#include <gmock/gmock.h>

namespace berth {
namespace {

class PrivateFileTest : public testing::Test {
 protected:
  PrivateFileTest() { folder_ = ::mkdtemp(folderName_.data()); }
  ~PrivateFileTest() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) { return folder_ + "/" + name; }

  std::string folderName_ = testing::TempDir() + "berth-XXXXXX";
  std::string folder_;
};

TEST_F(PrivateFileTest, IsForItsOwnerOnly) {
  ASSERT_TRUE(writePrivateFile(path("key"), "secret"));

  struct stat info {};
  ASSERT_EQ(::stat(path("key").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
  EXPECT_EQ(readFile(path("key")).value(), "secret");
}

TEST_F(PrivateFileTest, TakesThePlaceOfWhatWasThere) {
  ASSERT_TRUE(writePrivateFile(path("key"), "a longer old text"));
  ASSERT_TRUE(writePrivateFile(path("key"), "new"));

  EXPECT_EQ(readFile(path("key")).value(), "new");
  EXPECT_FALSE(std::filesystem::exists(path("key.new")));
}

TEST_F(PrivateFileTest, SaysWhatIsMissing) {
  EXPECT_EQ(readFile(path("none")).error().reason, Reason::NotFound);
  EXPECT_FALSE(writePrivateFile(path("no/folder"), "x"));
}

TEST_F(PrivateFileTest, IsMadeByOneOfSeveralOnly) {
  ASSERT_TRUE(createPrivateFile(path("key"), "first"));

  const auto second = createPrivateFile(path("key"), "second");

  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().reason, Reason::AlreadyExists);
  EXPECT_EQ(readFile(path("key")).value(), "first");
  struct stat info {};
  ASSERT_EQ(::stat(path("key").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
}

}  // namespace
}  // namespace berth
