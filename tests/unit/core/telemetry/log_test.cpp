#include "core/telemetry/log.hpp"

#include <vector>

#include <gmock/gmock.h>

#include "core/json/json.hpp"

namespace berth {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class LogTest : public testing::Test {
 protected:
  Log makeLog(LogFormat format, LogLevel level = LogLevel::Info) {
    return Log({.level = level, .format = format, .sink = [this](std::string_view line) {
                  lines_.emplace_back(line);
                }});
  }

  Json lastDocument() { return Json::parse(lines_.at(lines_.size() - 1)); }

  std::vector<std::string> lines_;
};

TEST_F(LogTest, WritesTheMessageAndItsFieldsAsText) {
  const auto log = makeLog(LogFormat::Text);

  log.info(
      "reconciled", {{"key", "acme/www"}, {"tries", 3}, {"took", std::chrono::milliseconds(250)}});

  EXPECT_THAT(lines_, ElementsAre(EndsWith("Z info  reconciled key=acme/www tries=3 took=0.25")));
}

TEST_F(LogTest, WritesOneDocumentALineAsJson) {
  const auto log = makeLog(LogFormat::JsonLines);

  log.warn("refused", {{"peer", std::string("a \"b\"")}, {"again", true}, {"count", 7U}});

  const auto document = lastDocument();
  EXPECT_EQ(document["level"], "warning");
  EXPECT_EQ(document["message"], "refused");
  EXPECT_EQ(document["peer"], "a \"b\"");
  EXPECT_EQ(document["again"], true);
  EXPECT_EQ(document["count"], 7);
  EXPECT_TRUE(document.contains("time"));
}

TEST_F(LogTest, LeavesOutWhatIsBelowTheLevel) {
  const auto log = makeLog(LogFormat::Text, LogLevel::Warn);

  log.info("noise");
  log.debug("more noise");

  EXPECT_THAT(lines_, IsEmpty());
}

TEST_F(LogTest, KeepsALineOneLineWhateverIsInAField) {
  const auto log = makeLog(LogFormat::Text);

  log.info("said", {{"text", "one\n2026-01-01T00:00:00Z error forged"}});

  EXPECT_THAT(lines_, ElementsAre(Not(HasSubstr("\n"))));
}

TEST_F(LogTest, TakesBytesThatAreNoText) {
  const auto log = makeLog(LogFormat::JsonLines);

  log.info("said", {{"text", std::string("\xff\x00z", 3)}});

  EXPECT_THAT(lastDocument()["text"].get<std::string>(), EndsWith("z"));
}

TEST_F(LogTest, PutsFieldsOfWithInFront) {
  const auto log = makeLog(LogFormat::Text).with({{"controller", "host"}});

  log.error("failed", {{"error", Error{Reason::Timeout, "no answer"}}});

  EXPECT_THAT(
      lines_, ElementsAre(EndsWith(R"(error failed controller=host error="Timeout: no answer")")));
}

TEST_F(LogTest, TakesNoSecretAsAField) {
  EXPECT_FALSE((std::is_constructible_v<LogField, std::string_view, Secret>));
}

TEST_F(LogTest, SaysNothingWhenMadeByDefault) {
  const Log log;

  log.with({{"a", 1}}).error("unheard");

  EXPECT_FALSE(log.enabled(LogLevel::Error));
}

}  // namespace
}  // namespace berth
