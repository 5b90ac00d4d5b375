#include <gtest/gtest.h>

#include "cli/exit_codes.hpp"
#include "tests/unit/cli/harness.hpp"

namespace berth::cli {
namespace {

const std::string kList = std::string("GET ") + kDeployments + "?limit=500";

TEST(GetTest, PrintsTheServersTable) {
  Berth berth;
  berth.server.answer(kList, givenTable({"acme", "a-longer-name"}));

  const auto ran = berth.run("get cd");

  EXPECT_EQ(ran.code, kExitOk) << ran.err;
  expectGolden("get-table.txt", ran.out);
  EXPECT_EQ(berth.server.last("GET").accept.substr(0, 32), "application/json;as=Table;v=v1;g");
}

TEST(GetTest, WideAddsColumnsAndKeepsTheOthers) {
  Berth berth;
  berth.server.answer(kList, givenTable({"acme"}));

  expectGolden("get-wide.txt", berth.run("get clientdeployments -owide --show-labels -L tier").out);
}

TEST(GetTest, AllNamespacesShowsThem) {
  Berth berth;
  berth.server.answer(
      "GET /apis/berth.dev/v1alpha1/clientdeployments?labelSelector=a%3Db%2Cc&limit=500",
      givenTable({"acme"}));

  expectGolden("get-all-namespaces.txt", berth.run("get cd -A -l a=b,c").out);
}

TEST(GetTest, SeveralKindsAreDividedAndNamed) {
  Berth berth;
  berth.server.answer(kList, givenTable({"acme"}));
  berth.server.answer("GET /apis/berth.dev/v1alpha1/hosts?limit=500", givenTable({"local"}));

  expectGolden("get-category.txt", berth.run("get berth").out);
}

TEST(GetTest, NothingThereIsNoErrorAndSaidOnStderr) {
  Berth berth;
  berth.server.answer(kList, givenTable({}));

  const auto ran = berth.run("get cd");

  EXPECT_EQ(ran.code, kExitOk);
  EXPECT_EQ(ran.out, "");
  EXPECT_EQ(ran.err, "No resources found in default namespace.\n");
}

TEST(GetTest, ANameThatIsNotThereIsExitThree) {
  Berth berth;
  berth.server.refuse(
      std::string("GET ") + kDeployments + "/x",
      404,
      "NotFound",
      "clientdeployments.berth.dev \"x\" not found");

  const auto ran = berth.run("get cd x");

  EXPECT_EQ(ran.code, kExitNotFound);
  EXPECT_EQ(ran.err, "error: clientdeployments.berth.dev \"x\" not found (NotFound)\n");
  EXPECT_EQ(berth.run("get cd x --ignore-not-found").code, kExitOk);
}

TEST(GetTest, DocumentsLookLikeKubectls) {
  Berth berth;
  auto object = givenDeployment();
  object["metadata"]["managedFields"] = Json::array({{{"manager", "kubectl"}}});
  berth.server.answer(std::string("GET ") + kDeployments + "/acme", object);

  expectGolden("get.json", berth.run("get cd acme -o json").out);
  expectGolden("get.yaml", berth.run("get cd acme -o yaml").out);
  EXPECT_EQ(berth.run("get cd/acme -o name").out, "clientdeployment.berth.dev/acme\n");
  EXPECT_EQ(berth.run("get cd/acme -o jsonpath={.spec.image}").out, "open-webui:1");
  expectGolden(
      "get-columns.txt",
      berth.run("get cd/acme -o custom-columns=NAME:.metadata.name,NODE:.spec.nodeName").out);
}

TEST(GetTest, SeveralDocumentsAreAList) {
  Berth berth;
  berth.server.answer(
      kList, {{"items", Json::array({givenDeployment("b"), givenDeployment("a")})}});

  const auto ran = berth.run("get cd -o json --sort-by .metadata.name");

  expectGolden("get-list.json", ran.out);
}

TEST(GetTest, PagesAreJoined) {
  Berth berth;
  auto first = givenTable({"a"});
  first["metadata"]["continue"] = "next";
  berth.server.answer(kList, first);
  berth.server.answer(kList + "&continue=next", givenTable({"b"}));

  const auto ran = berth.run("get cd --no-headers");

  EXPECT_EQ(ran.out, "a     True   4m5s\nb     True   4m5s\n");
}

TEST(GetTest, WatchPrintsEveryChangeWithOneHeader) {
  Berth berth;
  berth.server.answer(kList, givenTable({"acme"}));
  auto change = givenTable({"acme"});
  change["columnDefinitions"] = nullptr;
  change["rows"][0]["cells"][1] = "False";
  berth.server.answer(
      std::string("GET ") + kDeployments + "?watch=true&resourceVersion=9",
      RestResponse{
          .status = 200,
          .body = dumpJson({{"type", "BOOKMARK"}, {"object", Json::object()}}) + "\n" +
                  dumpJson({{"type", "MODIFIED"}, {"object", change}}) + "\n"});

  expectGolden("get-watch.txt", berth.run("get cd -w --output-watch-events").out);
}

TEST(GetTest, AWatchThatIsTooOldIsAnError) {
  Berth berth;
  berth.server.answer(kList, givenTable({"acme"}));
  berth.server.answer(
      std::string("GET ") + kDeployments + "?watch=true&resourceVersion=9",
      RestResponse{
          .status = 200,
          .body = R"({"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired",)"
                  R"("message":"too old resource version"}})"
                  "\n"});

  const auto ran = berth.run("get cd -w");

  EXPECT_EQ(ran.code, kExitConflict);
  EXPECT_EQ(ran.err, "error: too old resource version (Expired)\n");
}

TEST(GetTest, AnUnknownKindIsCorrected) {
  Berth berth;

  const auto ran = berth.run("get clientdeploymnets");

  EXPECT_EQ(ran.code, kExitUsage);
  EXPECT_EQ(
      ran.err,
      "error: the server doesn't have a resource type \"clientdeploymnets\"\n"
      "hint: did you mean \"clientdeployments\"?\n");
}

TEST(GetTest, ControlCharactersOfACellDoNotReachTheTerminal) {
  Berth berth;
  auto table = givenTable({"acme"});
  table["rows"][0]["cells"][1] = "\x1b[31mred\nsecond line";
  berth.server.answer(kList, table);

  EXPECT_EQ(berth.run("get cd --no-headers").out, "acme   [31mred...   4m5s\n");
}

TEST(GetTest, AServerWithoutTablesGivesNamesAndAges) {
  Berth berth;
  berth.server.answer(kList, {{"items", Json::array({givenDeployment()})}});

  EXPECT_EQ(berth.run("get cd").out, "NAME   AGE\nacme   4m5s\n");
}

}  // namespace
}  // namespace berth::cli
