#include <gmock/gmock.h>

#include "reconcilers/providers/docker/fault.hpp"
#include "reconcilers/providers/docker/wire_answer.hpp"
#include "reconcilers/providers/docker/wire_error.hpp"
#include "reconcilers/providers/docker/wire_request.hpp"
#include "reconcilers/providers/docker/wire_stream.hpp"

namespace berth::docker {
namespace {

struct ErrorCase {
  int status;
  std::string words;
  Reason reason;
  std::string_view fault;
};

class WireErrorTest : public testing::TestWithParam<ErrorCase> {};

TEST_P(WireErrorTest, TellsWhatAPersonCanPutRight) {
  const auto& given = GetParam();

  const auto error = decodeError("start web", given.status, dumpJson({{"message", given.words}}));

  EXPECT_EQ(error.reason, given.reason);
  EXPECT_EQ(error.causes.empty() ? "" : error.causes[0].reason, given.fault);
  EXPECT_EQ(error.message, "start web: " + given.words);
}

// The words are those of real engines.
INSTANTIATE_TEST_SUITE_P(
    Words,
    WireErrorTest,
    testing::Values(
        ErrorCase{
            500,
            "driver failed: Bind for 127.0.0.1:80 failed: port is already allocated",
            Reason::Conflict,
            fault::kPortTaken},
        ErrorCase{
            500,
            "listen tcp4 127.0.0.1:80: bind: address already in use",
            Reason::Conflict,
            fault::kPortTaken},
        ErrorCase{
            500,
            "mkdir /var/lib/docker/x: no space left on device",
            Reason::ServiceUnavailable,
            fault::kDiskFull},
        ErrorCase{404, "No such image: a:1", Reason::NotFound, fault::kImageMissing},
        ErrorCase{404, "No such container: web", Reason::NotFound, ""},
        ErrorCase{
            409,
            R"(Conflict. The name "/web" is already in use by container "1f")",
            Reason::AlreadyExists,
            fault::kNameTaken},
        ErrorCase{
            409,
            "removal of container web is already in progress",
            Reason::Conflict,
            fault::kRemoving},
        ErrorCase{409, "Container 1f is not running", Reason::Conflict, fault::kNotRunning},
        ErrorCase{
            409, "You cannot remove a running container 1f", Reason::Conflict, fault::kRunning},
        ErrorCase{409, "remove v: volume is in use - [1f]", Reason::Conflict, fault::kInUse},
        ErrorCase{
            403,
            "error while removing network: network n has active endpoints",
            Reason::Conflict,
            fault::kInUse},
        ErrorCase{
            400,
            "OCI runtime create failed: container_linux.go:380: starting container process caused: "
            "exec: \"/x\": stat /x: no such file or directory: unknown",
            Reason::Invalid,
            fault::kCannotRun},
        ErrorCase{
            500,
            "transport: dial unix /run/containerd.sock: connect: no such file or directory",
            Reason::ServiceUnavailable,
            ""},
        ErrorCase{
            403,
            "endpoint with name web already exists in network tenants",
            Reason::Conflict,
            fault::kInUse},
        ErrorCase{
            500,
            "cannot remove container \"/web\": unable to remove filesystem: device busy",
            Reason::ServiceUnavailable,
            ""},
        ErrorCase{
            409,
            "cannot remove container \"/web\": container is running: stop the container first",
            Reason::Conflict,
            fault::kRunning},
        ErrorCase{
            400,
            "client version 1.48 is too new. Maximum supported API version is 1.41",
            Reason::Invalid,
            fault::kTooOld},
        ErrorCase{400, "Minimum memory limit allowed is 6MB", Reason::Invalid, ""},
        ErrorCase{500, "something else", Reason::ServiceUnavailable, ""}));

TEST(WireErrorWordsTest, TakesWordsThatAreNotJson) {
  EXPECT_EQ(
      decodeError("ping", 400, "client version 1.11 is too old\n").message,
      "ping: client version 1.11 is too old");
}

struct PullCase {
  std::string words;
  Reason reason;
  std::string_view fault;
};

class PullErrorTest : public testing::TestWithParam<PullCase> {};

TEST_P(PullErrorTest, TellsWhetherTheImageOrTheWayToItIsBad) {
  const auto error = decodePullError("pull a", GetParam().words);

  EXPECT_EQ(error.reason, GetParam().reason);
  EXPECT_TRUE(isFault(error, GetParam().fault)) << error.causes.at(0).reason;
}

INSTANTIATE_TEST_SUITE_P(
    Words,
    PullErrorTest,
    testing::Values(
        PullCase{
            "manifest for a:9 not found: manifest unknown", Reason::NotFound, fault::kImageUnknown},
        PullCase{
            "pull access denied for a, repository does not exist or may require 'docker login'",
            Reason::Forbidden,
            fault::kImageDenied},
        PullCase{
            "Get \"http://127.0.0.1:1/v2/\": dial tcp 127.0.0.1:1: connect: connection refused",
            Reason::ServiceUnavailable,
            fault::kPullFailed},
        PullCase{"unexpected EOF", Reason::ServiceUnavailable, fault::kPullFailed},
        PullCase{
            "write /x: no space left on device", Reason::ServiceUnavailable, fault::kDiskFull}));

TEST(WireStreamTest, DividesLinesWhereverTheyAreCut) {
  const std::string text = "{\"a\":1}\r\n\n{\"a\":2}\n";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    LineReader reader;
    auto all = reader.feed(text.substr(0, cut)).value();
    const auto rest = reader.feed(text.substr(cut)).value();
    all.insert(all.end(), rest.begin(), rest.end());
    EXPECT_THAT(all, testing::ElementsAre(Json{{"a", 1}}, Json{{"a", 2}})) << cut;
  }
}

TEST(WireStreamTest, RefusesALineThatIsNotJsonOrHasNoEnd) {
  EXPECT_FALSE(LineReader().feed("no\n"));
  EXPECT_FALSE(LineReader().feed(std::string(2 << 20, 'x')));
}

TEST(WireStreamTest, TakesFramesApartWhereverTheyAreCut) {
  const std::string text =
      std::string("\1\0\0\0\0\0\0\3", 8) + "out" + std::string("\2\0\0\0\0\0\0\3", 8) + "err";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    FrameReader reader;
    std::string out;
    std::string err;
    const LogSink sink = [&](Output output, std::string_view bytes) {
      (output == Output::Stderr ? err : out) += bytes;
      return true;
    };
    ASSERT_TRUE(reader.feed(text.substr(0, cut), sink).value());
    ASSERT_TRUE(reader.feed(text.substr(cut), sink).value());
    EXPECT_EQ(out + "|" + err, "out|err") << cut;
  }
}

TEST(WireStreamTest, RefusesWhatIsNotAFrame) {
  EXPECT_FALSE(FrameReader().feed("HTTP/1.1 200", [](Output, std::string_view) { return true; }));
}

TEST(WireStreamTest, ATerminalHasNoFrames) {
  std::string out;

  ASSERT_TRUE(FrameReader(true).feed("plain", [&](Output, std::string_view bytes) {
    out += bytes;
    return true;
  }));

  EXPECT_EQ(out, "plain");
}

TEST(WireStreamTest, StopsWhenTheSinkHasEnough) {
  const auto more = FrameReader().feed(
      std::string("\1\0\0\0\0\0\0\3", 8) + "out", [](Output, std::string_view) { return false; });

  EXPECT_FALSE(more.value());
}

TEST(WireStreamTest, AddsUpTheLayersOfAPull) {
  PullReader reader;
  const auto feed = [&](const std::string& line) { return reader.feed(parseJson(line)->document); };
  ASSERT_TRUE(feed(R"({"status":"Pulling from a","id":"1"})"));
  ASSERT_TRUE(feed(R"({"status":"Already exists","id":"aa"})"));
  ASSERT_TRUE(
      feed(R"({"status":"Downloading","id":"bb","progressDetail":{"current":30,"total":100}})"));

  EXPECT_EQ(reader.progress().layers, 2);
  EXPECT_EQ(reader.progress().layersDone, 1);
  EXPECT_EQ(reader.progress().bytesDone, 30);
  ASSERT_TRUE(feed(R"({"status":"Pull complete","id":"bb","progressDetail":{}})"));
  EXPECT_EQ(reader.progress().bytesDone, reader.progress().bytes);
}

TEST(WireStreamTest, FindsTheErrorInAPullThatBeganWell) {
  const auto line = parseJson(R"({"errorDetail":{"message":"unexpected EOF"},"error":"old"})");

  EXPECT_EQ(PullReader().feed(line->document).error().message, "unexpected EOF");
}

TEST(WireAnswerTest, HalfAnAnswerIsAnError) {
  const Json whole = {
      {"Id", "1"},
      {"Name", "/web"},
      {"Image", "sha256:1"},
      {"State", {{"Status", "running"}}},
      {"Config", Json::object()},
      {"HostConfig", Json::object()}};
  ASSERT_TRUE(decodeContainer(whole));
  for (const auto& [name, value] : whole.items()) {
    auto half = whole;
    half.erase(name);
    EXPECT_FALSE(decodeContainer(half)) << name;
  }
  auto odd = whole;
  odd["State"]["Status"] = "dancing";
  EXPECT_FALSE(decodeContainer(odd));
  EXPECT_FALSE(decodeContainers(Json::object()));
  EXPECT_FALSE(decodeVolumes(Json::object()));
}

TEST(WireAnswerTest, NullIsAnEmptyList) {
  EXPECT_TRUE(decodeVolumes({{"Volumes", nullptr}})->empty());
}

TEST(WireAnswerTest, ReadsAnEventWithoutTheOldFields) {
  const auto event = decodeEvent(
      {{"Action", "die"},
       {"Actor", {{"ID", "1f"}, {"Attributes", {{"exitCode", "137"}}}}},
       {"timeNano", 1'700'000'000'000'000'001}});

  ASSERT_TRUE(event);
  EXPECT_EQ(event->containerId, "1f");
  EXPECT_EQ(event->attribute("exitCode"), "137");
  EXPECT_EQ(event->at.time_since_epoch().count(), 1'700'000'000'000'000'001);
}

TEST(WireAnswerTest, LeavesThePageCacheOutOfTheMemory) {
  const Json v1 = {
      {"read", "2026-01-01T00:00:00Z"},
      {"memory_stats", {{"usage", 100}, {"limit", 500}, {"stats", {{"total_inactive_file", 40}}}}}};
  const Json v2 = {
      {"read", "2026-01-01T00:00:00Z"},
      {"memory_stats", {{"usage", 100}, {"stats", {{"inactive_file", 30}}}}}};

  EXPECT_EQ(decodeStats(v1)->memoryBytes, 60);
  EXPECT_EQ(decodeStats(v2)->memoryBytes, 70);
}

TEST(WireRequestTest, ComparesVersionsAsNumbers) {
  EXPECT_TRUE(isOlder("1.9", "1.41"));
  EXPECT_FALSE(isOlder("1.41", "1.41"));
  EXPECT_TRUE(isOlder("1.48", "2.0"));
}

TEST(WireRequestTest, AsksForUniqueNetworkNamesOnlyWhereItMust) {
  EXPECT_TRUE(encodeNetwork({.name = "n"}, "1.43").contains("CheckDuplicate"));
  EXPECT_FALSE(encodeNetwork({.name = "n"}, "1.44").contains("CheckDuplicate"));
}

TEST(WireRequestTest, FiltersByLabels) {
  EXPECT_EQ(labelFilter({{"a", "1"}, {"b", ""}}), R"({"label":["a=1","b"]})");
  EXPECT_EQ(query({{"all", "1"}, {"none", ""}, {"name", "a b"}}), "?all=1&name=a%20b");
}

}  // namespace
}  // namespace berth::docker
