#include "core/options/options.hpp"

#include <map>
#include <unistd.h>

#include <gmock/gmock.h>

#include "core/crypto/private_file.hpp"

namespace berth {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct SampleOptions {
  std::string dataDir;
  std::vector<std::string> roles = {"api", "sync"};
  Duration resync = std::chrono::minutes(10);
  int workers = 16;
  bool dryRun = false;

  static constexpr auto kOptions = std::tuple{
      option("data-dir", &SampleOptions::dataDir, "Folder of all that it keeps."),
      option("roles", &SampleOptions::roles, "What this process does."),
      option("resync", &SampleOptions::resync, "How often all is looked at again."),
      option("workers", &SampleOptions::workers, "Threads that answer."),
      option("dry-run", &SampleOptions::dryRun, "Change nothing.")};
};

class OptionsTest : public testing::Test {
 protected:
  ~OptionsTest() override { ::unlink(config_.c_str()); }

  Result<std::optional<std::string>> load(const std::vector<std::string>& arguments) {
    const auto variable = [this](const std::string& name) {
      const auto found = environment_.find(name);
      return found == environment_.end() ? std::nullopt : std::optional(found->second);
    };
    return loadOptions(
        {"berth-sample", "Shows options.", "1.2.3"}, optionSpecs(options_), arguments, variable);
  }

  std::string failure(const std::vector<std::string>& arguments) {
    const auto loaded = load(arguments);
    return loaded ? "" : loaded.error().message;
  }

  std::string configFile(const std::string& text) {
    EXPECT_TRUE(writePrivateFile(config_, text));
    return config_;
  }

  std::string config_ = testing::TempDir() + "berth-options-" + std::to_string(::getpid());
  std::map<std::string, std::string> environment_;
  SampleOptions options_;
};

TEST_F(OptionsTest, KeepsTheDefaultsWhenNothingIsSaid) {
  ASSERT_TRUE(load({}));

  EXPECT_THAT(options_.roles, ElementsAre("api", "sync"));
  EXPECT_EQ(options_.workers, 16);
}

TEST_F(OptionsTest, ReadsEveryTypeFromFlags) {
  ASSERT_TRUE(load(
      {"--data-dir",
       "/a b",
       "--roles=api,reconcilers",
       "--resync=1m30s",
       "--workers",
       "4",
       "--dry-run"}));

  EXPECT_EQ(options_.dataDir, "/a b");
  EXPECT_THAT(options_.roles, ElementsAre("api", "reconcilers"));
  EXPECT_EQ(options_.resync, std::chrono::seconds(90));
  EXPECT_EQ(options_.workers, 4);
  EXPECT_TRUE(options_.dryRun);
}

TEST_F(OptionsTest, TakesAFlagWithAValueAndAListGivenTwice) {
  options_.dryRun = true;

  ASSERT_TRUE(load({"--dry-run=false", "--roles", "api", "--roles", "sync"}));

  EXPECT_FALSE(options_.dryRun);
  EXPECT_THAT(options_.roles, ElementsAre("api", "sync"));
}

TEST_F(OptionsTest, LetsAFlagWinOverTheEnvironment) {
  environment_ = {{"BERTH_DATA_DIR", "/env"}, {"BERTH_WORKERS", "2"}, {"BERTH_DRY_RUN", "true"}};

  ASSERT_TRUE(load({"--workers=3"}));

  EXPECT_EQ(options_.dataDir, "/env");
  EXPECT_EQ(options_.workers, 3);
  EXPECT_TRUE(options_.dryRun);
}

TEST_F(OptionsTest, SaysWhatIsWrongAndWhere) {
  EXPECT_THAT(failure({"--workers=many"}), HasSubstr("--workers: \"many\" is not a whole number"));
  EXPECT_THAT(failure({"--workers=99999999999"}), HasSubstr("out of range"));
  EXPECT_THAT(failure({"--resync=soon"}), HasSubstr("--resync: "));
  EXPECT_THAT(failure({"--dry-run=maybe"}), HasSubstr("neither true nor false"));
  EXPECT_THAT(failure({"--data-dir"}), HasSubstr("--data-dir"));
  EXPECT_THAT(failure({"stray"}), HasSubstr("stray"));
  environment_ = {{"BERTH_WORKERS", "x"}};
  EXPECT_THAT(failure({}), HasSubstr("BERTH_WORKERS: "));
}

TEST_F(OptionsTest, RefusesAnUnknownFlagAndNamesTheNearest) {
  EXPECT_THAT(
      failure({"--data-dri=/x"}), HasSubstr("unknown option --data-dri, did you mean --data-dir?"));
}

TEST_F(OptionsTest, LetsTheEnvironmentWinOverTheFile) {
  const auto config = configFile("dataDir: /file\nroles: [api]\nworkers: 5\nresync: 1h\n");
  environment_ = {{"BERTH_WORKERS", "6"}};

  ASSERT_TRUE(load({"--config", config, "--resync=2h"}));

  EXPECT_EQ(options_.dataDir, "/file");
  EXPECT_THAT(options_.roles, ElementsAre("api"));
  EXPECT_EQ(options_.workers, 6);
  EXPECT_EQ(options_.resync, std::chrono::hours(2));
}

TEST_F(OptionsTest, FindsTheFileByItsVariableToo) {
  environment_ = {{"BERTH_CONFIG", configFile("dryRun: true\n")}};

  ASSERT_TRUE(load({}));

  EXPECT_TRUE(options_.dryRun);
}

TEST_F(OptionsTest, SaysWhatIsWrongInTheFile) {
  const auto failureOf = [this](const std::string& text) {
    return failure({"--config=" + configFile(text)});
  };

  EXPECT_THAT(failureOf("dataDri: /x\n"), HasSubstr("dataDri, did you mean dataDir?"));
  EXPECT_THAT(failureOf("workers: many\n"), HasSubstr("workers: \"many\" is not a whole number"));
  EXPECT_THAT(failureOf("workers: {a: 1}\n"), HasSubstr("workers: neither a scalar nor a list"));
  EXPECT_THAT(failureOf("- a\n"), HasSubstr("not one map"));
  EXPECT_THAT(failureOf("workers: 1\nworkers: 2\n"), HasSubstr("workers is there twice"));
  EXPECT_THAT(failureOf("a: [\n"), HasSubstr("config "));
  EXPECT_THAT(failure({"--config=/nonexistent"}), HasSubstr("/nonexistent"));
}

TEST_F(OptionsTest, TakesAnEmptyFile) {
  EXPECT_TRUE(load({"--config=" + configFile("# nothing\n")}));
}

TEST_F(OptionsTest, PrintsHelpWithDefaultsAndVariables) {
  const auto loaded = load({"--help"});

  ASSERT_TRUE(loaded);
  ASSERT_TRUE(*loaded);
  EXPECT_THAT(**loaded, HasSubstr("--data-dir TEXT"));
  EXPECT_THAT(**loaded, HasSubstr("Folder of all that it keeps. [$BERTH_DATA_DIR]"));
  EXPECT_THAT(**loaded, HasSubstr("LIST=api,sync"));
  EXPECT_THAT(**loaded, HasSubstr("DURATION=10m"));
}

TEST_F(OptionsTest, PrintsItsVersion) {
  EXPECT_EQ(load({"--version"}).value().value_or(""), "berth-sample 1.2.3\n");
}

}  // namespace
}  // namespace berth
