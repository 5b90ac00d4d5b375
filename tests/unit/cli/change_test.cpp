#include <fstream>

#include <gtest/gtest.h>

#include "cli/exit_codes.hpp"
#include "tests/unit/cli/harness.hpp"

namespace berth::cli {
namespace {

const std::string kObject = std::string(kDeployments) + "/acme";
const std::string kByName =
    std::string("GET ") + kDeployments + "?fieldSelector=metadata.name%3Dacme";

Json listOf(const std::vector<Json>& items) {
  return {{"metadata", {{"resourceVersion", "9"}}}, {"items", items}};
}

Json withCondition(const std::string& type, const std::string& status, int generation = 2) {
  auto object = givenDeployment();
  object["status"]["conditions"] = Json::array(
      {{{"type", type},
        {"status", status},
        {"reason", "ImageNotFound"},
        {"message", "no such image"},
        {"observedGeneration", generation}}});
  return object;
}

TEST(WaitTest, EndsWhenTheConditionIsMet) {
  Berth berth;
  berth.server.answer(kByName, listOf({withCondition("Ready", "False")}));
  berth.server.answer(
      kByName + "&watch=true&resourceVersion=9&timeoutSeconds=30",
      RestResponse{
          .status = 200,
          .body =
              dumpJson({{"type", "MODIFIED"}, {"object", withCondition("Ready", "True")}}) + "\n"});

  const auto ran = berth.run("wait cd/acme --for=condition=ready");

  EXPECT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_EQ(ran.out, "clientdeployment.berth.dev/acme condition met\n");
}

TEST(WaitTest, DoesNotBelieveAConditionOfAnEarlierGeneration) {
  Berth berth;
  berth.server.answer(kByName, listOf({withCondition("Ready", "True", 1)}));

  const auto ran = berth.run("wait cd acme --for=condition=Ready --timeout=0s");

  EXPECT_EQ(ran.code, kExitTimedOut);
  EXPECT_EQ(
      ran.err,
      "error: timed out waiting for the condition on clientdeployments/acme\n"
      "hint: berth describe clientdeployments/acme\n");
}

TEST(WaitTest, GivesUpOnAnObjectThatHasStalled) {
  Berth berth;
  berth.server.answer(kByName, listOf({withCondition("Stalled", "True")}));

  const auto ran = berth.run("wait cd/acme --for=condition=Ready");

  EXPECT_EQ(ran.code, kExitStalled);
  EXPECT_EQ(
      ran.err,
      "error: clientdeployment.berth.dev/acme has stalled: ImageNotFound: no such image\n");
}

TEST(WaitTest, ForDeleteIsMetByAnObjectThatIsNotThere) {
  Berth berth;
  berth.server.answer(kByName, listOf({}));

  EXPECT_EQ(berth.run("wait cd/acme --for=delete").code, kExitOk);
  EXPECT_EQ(berth.run("wait cd/acme --for=condition=Ready").code, kExitNotFound);
}

TEST(WaitTest, ComparesAJsonPath) {
  Berth berth;
  berth.server.answer(kByName, listOf({givenDeployment()}));

  EXPECT_EQ(berth.run("wait cd/acme --for=jsonpath={.spec.image}=open-webui:1").code, kExitOk);
  EXPECT_EQ(
      berth.run("wait cd/acme --timeout=0 --for=jsonpath={.spec.image}=other").code, kExitTimedOut);
}

TEST(DeleteTest, WaitsUntilThatLifeOfTheObjectIsGone) {
  Berth berth;
  auto reborn = givenDeployment();
  reborn["metadata"]["uid"] = "another";
  berth.server.answer("DELETE " + kObject, givenDeployment());
  berth.server.answer(kByName, listOf({reborn}));

  const auto ran = berth.run("delete cd acme");

  EXPECT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_EQ(ran.out, "clientdeployment.berth.dev \"acme\" deleted\n");
  EXPECT_EQ(berth.server.last("DELETE").body, R"({"propagationPolicy":"Background"})");
}

TEST(DeleteTest, SaysWhatHoldsTheObjectWhenTimeIsUp) {
  Berth berth;
  auto held = givenDeployment();
  held["metadata"]["finalizers"] = {"berth.dev/cleanup"};
  berth.server.answer("DELETE " + kObject, held);
  berth.server.answer(kByName, listOf({held}));
  berth.server.answer(
      kByName + "&watch=true&resourceVersion=9&timeoutSeconds=1",
      RestResponse{.status = 500, .body = "the watch is not to be used"});

  const auto ran = berth.run("delete cd acme --timeout=1ms");

  EXPECT_NE(ran.code, kExitOk);
}

TEST(DeleteTest, WithoutANameNothingIsDeleted) {
  Berth berth;

  const auto ran = berth.run("delete cd");

  EXPECT_EQ(ran.code, kExitUsage);
  for (const auto& request : berth.server.requests()) EXPECT_EQ(request.method, "GET");
}

TEST(DeleteTest, AnAbsentObjectMayBeIgnored) {
  Berth berth;

  EXPECT_EQ(berth.run("delete cd acme").code, kExitNotFound);
  EXPECT_EQ(berth.run("delete cd acme --ignore-not-found").code, kExitOk);
}

TEST(PatchTest, TakesYamlAndSaysWhetherItChanged) {
  Berth berth;
  berth.server.answer("GET " + kObject, givenDeployment());
  auto changed = givenDeployment();
  changed["metadata"]["resourceVersion"] = "8";
  berth.server.answer("PATCH " + kObject + "?fieldManager=kubectl-patch", changed);
  berth.server.answer("PATCH " + kObject + "?fieldManager=kubectl-patch", givenDeployment());

  const std::vector<std::string> words{"patch", "cd", "acme", "-p", R"({"spec":{"image":"x"}})"};

  EXPECT_EQ(berth.run(words).out, "clientdeployment.berth.dev/acme patched\n");
  EXPECT_EQ(berth.run(words).out, "clientdeployment.berth.dev/acme patched (no change)\n");
}

TEST(LabelTest, SetsAndRemovesInOnePatch) {
  Berth berth;
  berth.server.answer("GET " + kObject, givenDeployment());
  berth.server.answer("PATCH " + kObject + "?fieldManager=kubectl-label", givenDeployment());

  const auto ran = berth.run("label cd acme a=b tier-");

  EXPECT_EQ(ran.out, "clientdeployment.berth.dev/acme labeled\n") << ran.err;
  EXPECT_EQ(berth.server.last("PATCH").body, R"({"metadata":{"labels":{"a":"b","tier":null}}})");
}

TEST(LabelTest, DoesNotOverwriteUnasked) {
  Berth berth;
  berth.server.answer("GET " + kObject, givenDeployment());

  const auto ran = berth.run("label cd acme tier=tin");

  EXPECT_EQ(ran.code, kExitConflict);
  EXPECT_EQ(
      ran.err,
      "error: clientdeployment.berth.dev/acme: \"tier\" already has the value gold\n"
      "hint: --overwrite changes it\n");
}

TEST(EditTest, SendsWhatTheEditorChanged) {
  Berth berth;
  berth.server.answer("GET " + kObject, givenDeployment());
  berth.server.answer(
      "PATCH " + kObject + "?fieldManager=kubectl-edit&fieldValidation=Strict", givenDeployment());
  berth.environment["EDITOR"] = "ed -s";
  berth.program = [](const std::vector<std::string>& command) -> Result<int> {
    EXPECT_EQ(command.size(), 3U);
    auto object = givenDeployment();
    object["spec"]["image"] = "open-webui:2";
    std::ofstream(command.back()) << dumpJson(object);
    return 0;
  };

  const auto ran = berth.run("edit cd acme");

  EXPECT_EQ(ran.out, "clientdeployment.berth.dev/acme edited\n") << ran.err;
  EXPECT_EQ(berth.server.last("PATCH").body, R"({"spec":{"image":"open-webui:2"}})");
}

TEST(EditTest, AnUntouchedFileChangesNothing) {
  Berth berth;
  berth.server.answer("GET " + kObject, givenDeployment());
  berth.program = [](const std::vector<std::string>&) -> Result<int> { return 0; };

  const auto ran = berth.run("edit cd acme");

  EXPECT_EQ(ran.code, kExitOk);
  EXPECT_EQ(ran.err, "Edit cancelled, no changes made.\n");
}

TEST(DiffTest, ComparesWhatIsWithWhatWouldBe) {
  Berth berth;
  berth.server.answer(
      "POST " + std::string(kDeployments) + "?dryRun=All&fieldManager=kubectl-client-side-apply",
      givenDeployment());
  berth.program = [](const std::vector<std::string>& command) -> Result<int> {
    EXPECT_EQ(command.size(), 5U);
    EXPECT_EQ(command[0], "diff");
    return 1;
  };

  EXPECT_EQ(berth.run("diff -f -", dumpJson(givenDeployment())).code, 1);
}

TEST(DiffTest, AnErrorIsAboveOne) {
  Berth berth;

  EXPECT_GT(berth.run("diff -f -", "{").code, 1);
}

}  // namespace
}  // namespace berth::cli
