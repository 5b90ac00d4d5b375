#include <gtest/gtest.h>

#include "cli/exit_codes.hpp"
#include "cli/three_way_merge.hpp"
#include "tests/unit/cli/harness.hpp"

namespace berth::cli {
namespace {

const std::string kObject = std::string(kDeployments) + "/acme";
const std::string kWriter = "?fieldManager=kubectl-client-side-apply&fieldValidation=Strict";

Json givenManifest() {
  return {
      {"apiVersion", "berth.dev/v1alpha1"},
      {"kind", "ClientDeployment"},
      {"metadata", {{"name", "acme"}}},
      {"spec", {{"image", "open-webui:1"}}}};
}

/// What the server has after `manifest` was applied.
Json givenApplied(Json manifest) {
  manifest["metadata"]["namespace"] = "default";
  auto live = withLastApplied(manifest);
  live["metadata"]["resourceVersion"] = "7";
  live["spec"]["memory"] = "700Mi";  // a default
  return live;
}

TEST(ApplyTest, CreatesWithTheAnnotationOfKubectl) {
  Berth berth;
  berth.server.answer("POST " + std::string(kDeployments) + kWriter, givenDeployment(), 201);

  const auto ran = berth.run("apply -f -", dumpJson(givenManifest()));

  EXPECT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_EQ(ran.out, "clientdeployment.berth.dev/acme created\n");
  const auto sent = parseJson(berth.server.last("POST").body)->document;
  EXPECT_EQ(
      sent["metadata"]["annotations"][kLastApplied],
      R"({"apiVersion":"berth.dev/v1alpha1","kind":"ClientDeployment","metadata":{"annotations":{},)"
      R"("name":"acme","namespace":"default"},"spec":{"image":"open-webui:1"}})"
      "\n");
}

TEST(ApplyTest, SendsNothingWhenNothingDiffers) {
  Berth berth;
  berth.server.answer("GET " + kObject, givenApplied(givenManifest()));

  const auto ran = berth.run("apply -f -", dumpJson(givenManifest()));

  EXPECT_EQ(ran.out, "clientdeployment.berth.dev/acme unchanged\n");
  for (const auto& request : berth.server.requests()) EXPECT_EQ(request.method, "GET");
}

TEST(ApplyTest, PatchesWhatDiffersAndRemovesWhatLeftTheManifest) {
  Berth berth;
  auto before = givenManifest();
  before["spec"]["domain"] = "acme.example.org";
  berth.server.answer("GET " + kObject, givenApplied(before));
  berth.server.answer("PATCH " + kObject + kWriter, givenDeployment());
  auto manifest = givenManifest();
  manifest["spec"]["image"] = "open-webui:2";

  const auto ran = berth.run("apply -f -", dumpJson(manifest));

  EXPECT_EQ(ran.out, "clientdeployment.berth.dev/acme configured\n");
  const auto request = berth.server.last("PATCH");
  EXPECT_EQ(request.contentType, "application/merge-patch+json");
  const auto patch = parseJson(request.body)->document;
  EXPECT_EQ(patch["spec"], Json({{"image", "open-webui:2"}, {"domain", nullptr}}));
}

TEST(ApplyTest, TriesAgainAfterAConflict) {
  Berth berth;
  auto before = givenManifest();
  before["spec"]["image"] = "open-webui:0";
  berth.server.answer("GET " + kObject, givenApplied(before));
  berth.server.refuse("PATCH " + kObject + kWriter, 409, "Conflict", "modified");
  berth.server.answer("PATCH " + kObject + kWriter, givenDeployment());

  EXPECT_EQ(berth.run("apply -f -", dumpJson(givenManifest())).code, kExitOk);
}

TEST(ApplyTest, DryRunOfTheClientSendsNothing) {
  Berth berth;

  const auto ran = berth.run("apply --dry-run=client -f -", dumpJson(givenManifest()));

  EXPECT_EQ(ran.out, "clientdeployment.berth.dev/acme created (dry run)\n");
  for (const auto& request : berth.server.requests()) EXPECT_EQ(request.method, "GET");
}

TEST(ApplyTest, DryRunOfTheServerAsksIt) {
  Berth berth;
  berth.server.answer(
      "POST " + std::string(kDeployments) + kWriter + "&dryRun=All", givenDeployment(), 201);

  const auto ran = berth.run("apply --dry-run=server -f -", dumpJson(givenManifest()));

  EXPECT_EQ(ran.out, "clientdeployment.berth.dev/acme created (server dry run)\n");
}

TEST(ApplyTest, ShowsEveryFieldThatTheServerRefuses) {
  Berth berth;
  const Json causes = Json::array(
      {{{"field", "spec.tier"}, {"message", "Unsupported value: \"tin\""}},
       {{"field", "spec.replicas"}, {"message", "Invalid value: 1000"}}});
  berth.server.answer(
      "POST " + std::string(kDeployments) + kWriter,
      {{"kind", "Status"},
       {"reason", "Invalid"},
       {"message", "ClientDeployment.berth.dev \"acme\" is invalid"},
       {"details", {{"causes", causes}}}},
      422);

  const auto ran = berth.run("apply -f -", dumpJson(givenManifest()));

  EXPECT_EQ(ran.code, kExitError);
  expectGolden("apply-invalid.txt", ran.err);
}

TEST(ApplyTest, GoesOnAfterAnObjectThatFails) {
  Berth berth;
  auto wrong = givenManifest();
  wrong["kind"] = "ClientDeploymnet";
  const Json list{{"kind", "List"}, {"items", {wrong, givenManifest()}}};
  berth.server.answer("POST " + std::string(kDeployments) + kWriter, givenDeployment(), 201);

  const auto ran = berth.run("apply -f -", dumpJson(list));

  EXPECT_EQ(ran.code, kExitError);
  EXPECT_EQ(ran.out, "clientdeployment.berth.dev/acme created\n");
  EXPECT_EQ(
      ran.err,
      "error: stdin:1: no matches for kind \"ClientDeploymnet\" in version \"berth.dev/v1alpha1\"\n"
      "hint: did you mean kind: ClientDeployment?\n");
}

TEST(ApplyTest, AnUnreachableServerIsExitSixtyNine) {
  Berth berth;
  berth.server.failNext({Reason::ServiceUnavailable, "https://fake: connection refused"});

  const auto ran = berth.run("apply -f -", dumpJson(givenManifest()));

  EXPECT_EQ(ran.code, kExitUnreachable);
}

TEST(ApplyTest, RefusesADocumentWithoutAKind) {
  Berth berth;

  const auto ran = berth.run("apply -f -", R"({"metadata":{"name":"x"},"apiVersion":"v1"})");

  EXPECT_EQ(ran.err, "error: stdin:1: kind: required\n");
  EXPECT_EQ(ran.code, kExitError);
}

TEST(ThreeWayMergeTest, KeepsWhatOthersSet) {
  const Json last{{"spec", {{"a", 1}, {"gone", {{"deep", 1}}}}}};
  const Json manifest{{"spec", {{"a", 2}}}};
  const Json live{{"spec", {{"a", 1}, {"gone", {{"deep", 1}}}, {"others", 3}}}};

  EXPECT_EQ(threeWayMerge(last, manifest, live), Json({{"spec", {{"a", 2}, {"gone", nullptr}}}}));
}

TEST(ThreeWayMergeTest, ReplacesListsWhole) {
  const Json live{{"list", {1, 2}}};

  EXPECT_EQ(threeWayMerge(Json::object(), {{"list", {1, 3}}}, live), Json({{"list", {1, 3}}}));
}

TEST(ThreeWayMergeTest, IsEmptyWhenNothingIsToBeDone) {
  const Json manifest{{"spec", {{"a", 1}}}};
  const Json live{{"spec", {{"a", 1}, {"b", 2}}}};

  EXPECT_EQ(threeWayMerge(manifest, manifest, live), Json::object());
}

}  // namespace
}  // namespace berth::cli
