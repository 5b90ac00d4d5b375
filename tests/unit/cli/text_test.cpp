#include <gtest/gtest.h>

#include "cli/describe_text.hpp"
#include "cli/exit_codes.hpp"
#include "cli/explain_text.hpp"
#include "cli/jsonpath.hpp"
#include "cli/suggest.hpp"
#include "cli/tab_writer.hpp"
#include "tests/unit/cli/harness.hpp"

namespace berth::cli {
namespace {

TEST(TabWriterTest, AlignsNeighborsOnly) {
  TabWriter writer;

  writer.write("a\tb\nlonger\tb\nno cell\nx\ty\n");

  EXPECT_EQ(writer.flush(), "a       b\nlonger  b\nno cell\nx  y\n");
}

TEST(TabWriterTest, CountsCharactersNotBytes) {
  TabWriter writer;

  writer.write("grün\tx\nabcd\tx\n");

  EXPECT_EQ(writer.flush(), "grün  x\nabcd  x\n");
}

struct PathCase {
  const char* path;
  const char* text;
};

class JsonPathTest : public testing::TestWithParam<PathCase> {};

TEST_P(JsonPathTest, Renders) {
  const auto document = parseJson(R"({
    "name": "n", "dotted.key": "d", "empty": [], "flag": true,
    "items": [{"a": 1, "s": "x", "c": [{"type": "Ready", "status": "True"}]},
              {"a": 2, "s": "y", "c": [{"type": "Other", "status": "No"}]},
              {"a": 3, "s": "z"}]})");
  ASSERT_TRUE(document);

  const auto parsed = JsonPathTemplate::parse(GetParam().path);

  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(parsed->render(document->document), GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(
    Templates,
    JsonPathTest,
    testing::Values(
        PathCase{"{.name}", "n"},
        PathCase{".name", "n"},
        PathCase{"{$.name}", "n"},
        PathCase{"{.items[*].a}", "1 2 3"},
        PathCase{"{.items[0].s}", "x"},
        PathCase{"{.items[-1].s}", "z"},
        PathCase{"{.items[0:2].s}", "x y"},
        PathCase{"{.items[1:].s}", "y z"},
        PathCase{"{.items[0,2].s}", "x z"},
        PathCase{"{.items[?(@.a>1)].s}", "y z"},
        PathCase{"{.items[?(@.s==\"y\")].a}", "2"},
        PathCase{"{.items[?(@.s=='y')].a}", "2"},
        PathCase{"{.items[?(@.c)].s}", "x y"},
        PathCase{"{.items[*].c[?(@.type==\"Ready\")].status}", "True"},
        PathCase{"{.dotted\\.key}", "d"},
        PathCase{"{['dotted.key']}", "d"},
        PathCase{"{['name','flag']}", "n true"},
        PathCase{"{..status}", "True No"},
        PathCase{"{.absent.deeper}", ""},
        PathCase{"{.empty}", "[]"},
        PathCase{"{.items[0].c[0]}", R"({"status":"True","type":"Ready"})"},
        PathCase{"name={.name}\tflag={.flag}", "name=n\tflag=true"},
        PathCase{"{range .items[*]}{.s}={.a}{\"\\n\"}{end}", "x=1\ny=2\nz=3\n"}));

TEST(JsonPathErrorTest, SaysWhatIsWrong) {
  for (const char* text : {"{.a", "{range .a}{.b}", "{.a[1}", "{end}", "{.a[x]}", "{.a[?(@.b==)]}"})
    EXPECT_FALSE(JsonPathTemplate::parse(text)) << text;
}

TEST(SuggestTest, FindsWhatIsNear) {
  const std::vector<std::string> known{"get", "delete", "describe"};

  EXPECT_EQ(nearest("gte", known), "get");
  EXPECT_EQ(nearest("describ", known), "describe");
  EXPECT_EQ(nearest("xyz", known), "");
  EXPECT_EQ(editDistance("kitten", "sitting"), 3U);
}

TEST(DescribeTest, LooksLikeKubectls) {
  auto object = givenDeployment();
  object["metadata"]["annotations"] = {
      {"note", "first line\nsecond line"},
      {"kubectl.kubernetes.io/last-applied-configuration", "{}"}};
  object["spec"]["env"] = Json::array({{{"name", "A"}, {"value", "1"}}, {{"name", "B"}}});
  object["spec"]["args"] = {"x", "y"};
  object["status"]["apiURL"] = "http://x";
  const Json events = Json::array(
      {{{"type", "Normal"},
        {"reason", "Started"},
        {"count", 3},
        {"firstTimestamp", "2026-01-02T03:00:00Z"},
        {"lastTimestamp", "2026-01-02T03:04:00Z"},
        {"source", {{"component", "clientdeployment"}}},
        {"message", "container started"}}});

  expectGolden("describe.txt", describeText(object, events, *parseRfc3339("2026-01-02T03:04:05Z")));
}

TEST(DescribeTest, NeverShowsTheValueOfASecret) {
  const Json secret{
      {"apiVersion", "v1"},
      {"kind", "Secret"},
      {"type", "Opaque"},
      {"metadata", {{"name", "key"}, {"namespace", "default"}}},
      {"data", {{"password", "aHVudGVyMg=="}}}};

  const auto text = describeText(secret, Json::array(), Time{});

  EXPECT_EQ(text.find("hunter2"), std::string::npos);
  EXPECT_EQ(text.find("aHVudGVyMg"), std::string::npos);
  EXPECT_NE(text.find("password:  7 bytes"), std::string::npos) << text;
}

TEST(DescribeTest, LabelsOfFields) {
  EXPECT_EQ(fieldLabel("apiVersion"), "API Version");
  EXPECT_EQ(fieldLabel("specHash"), "Spec Hash");
  EXPECT_EQ(fieldLabel("dockerURLPath"), "Docker URL Path");
  EXPECT_EQ(fieldLabel("berth.dev/x"), "berth.dev/x");
}

Json givenSchemas() {
  return parseJson(R"({
    "dev.berth.v1alpha1.Host": {
      "type": "object",
      "description": "Host is a machine with a container engine on which tenants run, whatever else it does.",
      "x-kubernetes-group-version-kind": [{"group": "berth.dev", "version": "v1alpha1", "kind": "Host"}],
      "properties": {
        "metadata": {"allOf": [{"$ref": "#/components/schemas/io.k8s.ObjectMeta"}], "description": "Standard."},
        "spec": {"type": "object", "required": ["address"], "description": "What is wanted.",
          "properties": {
            "address": {"type": "string", "description": "Where."},
            "mode": {"type": "string", "enum": ["Local", "SSH"], "description": "How."},
            "taints": {"type": "array", "items": {"type": "object", "properties": {"key": {"type": "string"}}}},
            "labels": {"type": "object", "additionalProperties": {"type": "string"}}}}}},
    "io.k8s.ObjectMeta": {"type": "object", "description": "Metadata.",
      "properties": {"name": {"type": "string", "description": "Name."}}}})")
      ->document;
}

TEST(ExplainTest, LooksLikeKubectls) {
  const ExplainedKind host{"berth.dev", "berth.dev/v1alpha1", "Host"};

  expectGolden("explain-kind.txt", *explainText(givenSchemas(), host, {}, false));
  expectGolden("explain-field.txt", *explainText(givenSchemas(), host, {"spec"}, false));
  expectGolden("explain-leaf.txt", *explainText(givenSchemas(), host, {"spec", "mode"}, false));
  expectGolden("explain-recursive.txt", *explainText(givenSchemas(), host, {}, true));
}

TEST(ExplainTest, CorrectsAFieldThatIsNotThere) {
  const ExplainedKind host{"berth.dev", "berth.dev/v1alpha1", "Host"};

  const auto text = explainText(givenSchemas(), host, {"spec", "adress"}, false);

  ASSERT_FALSE(text);
  EXPECT_EQ(
      text.error().message, "field \"adress\" does not exist\nhint: did you mean \"address\"?");
}

TEST(CompletionTest, NeedsNoServerForVerbsAndFlags) {
  Berth berth;
  berth.server.failNext({Reason::ServiceUnavailable, "no server"});

  EXPECT_EQ(berth.run("version --client").code, kExitOk);
  EXPECT_TRUE(berth.server.requests().empty());
}

TEST(HelpTest, EveryCommandHasOne) {
  Berth berth;
  for (const char* word :
       {"get",
        "describe",
        "apply",
        "diff",
        "create",
        "delete",
        "wait",
        "logs",
        "events",
        "patch",
        "label",
        "annotate",
        "edit",
        "explain",
        "api-resources",
        "version",
        "completion"}) {
    const auto ran = berth.run(std::string(word) + " --help");

    EXPECT_EQ(ran.code, kExitOk) << word;
    EXPECT_EQ(ran.out.rfind(std::string("berth ") + word + "\n", 0), 0U) << ran.out;
  }
  EXPECT_TRUE(berth.server.requests().empty());
}

TEST(HelpTest, TheOverviewListsTheExitCodes) {
  Berth berth;

  expectGolden("help.txt", berth.run("--help").out);
}

TEST(HelpTest, TheReferencePageIsUpToDate) {
  expectGolden("../../../docs/reference/cli.md", referencePage());
}

struct UsageCase {
  const char* words;
  const char* message;
};

class UsageTest : public testing::TestWithParam<UsageCase> {};

TEST_P(UsageTest, IsExitSixtyFourWithAHint) {
  Berth berth;

  const auto ran = berth.run(GetParam().words);

  EXPECT_EQ(ran.code, kExitUsage) << ran.err;
  EXPECT_NE(ran.err.find(GetParam().message), std::string::npos) << ran.err;
}

INSTANTIATE_TEST_SUITE_P(
    Words,
    UsageTest,
    testing::Values(
        UsageCase{"gte", "did you mean \"get\"?"},
        UsageCase{"get", "no kind was named"},
        UsageCase{"get cd --outptu yaml", "did you mean --output?"},
        UsageCase{"get cd -o xml", "unknown output format: xml"},
        UsageCase{"get cd,hosts a", "names cannot follow several kinds"},
        UsageCase{"get cd a -A", "a name needs one namespace"},
        UsageCase{"apply", "nothing to apply"},
        UsageCase{"apply -f x --dry-run=maybe", "is not none, client or server"},
        UsageCase{"wait cd/a", "--for is missing"},
        UsageCase{"wait cd/a --for=condition=Ready --timeout=soon", "not a duration"},
        UsageCase{"delete cd a --cascade=sideways", "is not background, foreground or orphan"},
        UsageCase{"completion powershell", "bash, zsh or fish"},
        UsageCase{"patch cd a --type=odd -p {}", "is not merge, json or strategic"},
        UsageCase{"label cd a", "nothing to change"}));

}  // namespace
}  // namespace berth::cli
