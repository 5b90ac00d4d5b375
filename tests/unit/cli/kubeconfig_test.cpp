#include "cli/kubeconfig.hpp"

#include <gtest/gtest.h>

#include "cli/files.hpp"
#include "cli/session.hpp"
#include "tests/unit/cli/harness.hpp"

namespace berth::cli {
namespace {

std::string givenConfig(const std::string& context, const std::string& server) {
  return dumpJson(
      {{"apiVersion", "v1"},
       {"kind", "Config"},
       {"current-context", context},
       {"clusters",
        Json::array(
            {{{"name", context},
              {"cluster",
               {{"server", server}, {"certificate-authority-data", encodeBase64("PEM")}}}}})},
       {"users", Json::array({{{"name", "me"}, {"user", {{"token", "hunter2"}}}}})},
       {"contexts",
        Json::array(
            {{{"name", context},
              {"context", {{"cluster", context}, {"user", "me"}, {"namespace", "acme"}}}}})}});
}

TEST(KubeconfigTest, GivesTheConnectionOfTheCurrentContext) {
  Kubeconfig config;
  ASSERT_TRUE(config.merge(givenConfig("one", "https://one"), ""));

  const auto connection = config.connection({});

  ASSERT_TRUE(connection);
  EXPECT_EQ(connection->server, "https://one");
  EXPECT_EQ(connection->authority, "PEM");
  EXPECT_EQ(connection->token.reveal(), "hunter2");
  EXPECT_EQ(connection->namespaceName, "acme");
}

TEST(KubeconfigTest, OfSeveralFilesTheFirstWins) {
  Kubeconfig config;
  ASSERT_TRUE(config.merge(givenConfig("one", "https://one"), ""));
  ASSERT_TRUE(config.merge(givenConfig("two", "https://two"), ""));

  EXPECT_EQ(config.connection({})->server, "https://one");
  EXPECT_EQ(config.connection({.context = "two"})->server, "https://two");
  EXPECT_EQ(config.contexts(), (std::vector<std::string>{"one", "two"}));
}

TEST(KubeconfigTest, FlagsAreAboveTheFile) {
  Kubeconfig config;
  ASSERT_TRUE(config.merge(givenConfig("one", "https://one"), ""));

  const auto connection =
      config.connection({.server = "https://flag", .token = "t", .skipVerification = true});

  EXPECT_EQ(connection->server, "https://flag");
  EXPECT_EQ(connection->token.reveal(), "t");
  EXPECT_TRUE(connection->skipVerification);
}

TEST(KubeconfigTest, AMissingContextIsNamedAndCorrected) {
  Kubeconfig config;
  ASSERT_TRUE(config.merge(givenConfig("production", "https://one"), ""));

  const auto connection = config.connection({.context = "prodcution"});

  ASSERT_FALSE(connection);
  EXPECT_EQ(
      connection.error().message,
      "kubeconfig: no context \"prodcution\"\nhint: did you mean \"production\"?");
}

TEST(KubeconfigTest, FilesComeFromTheFlagThenTheEnvironmentThenHome) {
  const auto environment = [](const char* name) {
    return std::string(name) == "HOME" ? std::string("/home/me") : std::string("/a::/b");
  };
  const auto bare = [](const char* name) {
    return std::string(name) == "HOME" ? std::string("/home/me") : std::string();
  };

  EXPECT_EQ(kubeconfigFiles({.kubeconfig = "/f"}, environment), std::vector<std::string>{"/f"});
  EXPECT_EQ(kubeconfigFiles({}, environment), (std::vector<std::string>{"/a", "/b"}));
  EXPECT_EQ(kubeconfigFiles({}, bare), std::vector<std::string>{"/home/me/.kube/config"});
}

TEST(Base64Test, GoesThereAndBack) {
  for (const char* text : {"", "a", "ab", "abc", "abcd"})
    EXPECT_EQ(decodeBase64(encodeBase64(text)), text);
  EXPECT_EQ(encodeBase64("hunter2"), "aHVudGVyMg==");
  EXPECT_EQ(decodeBase64("!"), "");
}

TEST(TimeoutTest, TakesGosDurations) {
  EXPECT_EQ(*parseTimeout("1h30m"), std::chrono::minutes(90));
  EXPECT_EQ(*parseTimeout("500ms"), std::chrono::milliseconds(500));
  EXPECT_EQ(*parseTimeout("5"), std::chrono::seconds(5));
  EXPECT_EQ(*parseTimeout("-1s"), std::chrono::seconds(-1));
  EXPECT_FALSE(parseTimeout("soon"));
  EXPECT_FALSE(parseTimeout(""));
}

}  // namespace
}  // namespace berth::cli
