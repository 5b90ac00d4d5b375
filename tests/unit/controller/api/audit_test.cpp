#include "controller/api/audit.hpp"

#include "core/crypto/digest.hpp"
#include "tests/unit/controller/api/api_fixture.hpp"

namespace berth::api {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class AuditTest : public ApiFixture {
 protected:
  AuditTest() { start_ = page().head.seq; }

  AuditPage page(std::int64_t after = 0) { return *store_.readAudit({}, after, 10'000); }

  /// Those since the test began.
  std::vector<Json> records() {
    std::vector<Json> all;
    for (const auto& entry : page(start_).entries) all.push_back(Json::parse(entry.record));
    return all;
  }

  /// "allow create hosts.berth.dev a", with the code of what failed.
  std::vector<std::string> summary() {
    std::vector<std::string> lines;
    for (const auto& record : records()) {
      auto line = stringAt(record, "decision") + " " + stringAt(record, "verb") + " " +
                  stringAt(record, "resource");
      if (record.contains("subresource")) line += "/" + stringAt(record, "subresource");
      line += " " + stringAt(record, "name");
      if (record.contains("code")) line += " " + record["code"].dump();
      lines.push_back(line);
    }
    return lines;
  }

  Answer callAs(const std::string& token, const std::string& method, const std::string& target) {
    return call(method, target, host("x").dump(), {{"Authorization", "Bearer " + token}});
  }

  static Json secret(const std::string& value) {
    return {
        {"apiVersion", "v1"},
        {"kind", "Secret"},
        {"metadata",
         {{"name", "s"},
          {"annotations", {{"kubectl.kubernetes.io/last-applied-configuration", value}}}}},
        {"stringData", {{"password", value}}}};
  }

  static inline const std::string kSecrets = "/api/v1/namespaces/default/secrets";
  std::int64_t start_ = 0;
};

TEST_F(AuditTest, EveryChangeLeavesOneRecordOfItsVerb) {
  createHost("a");
  auto object = call("GET", kHosts + "/a").body;
  object["metadata"]["labels"]["tier"] = "x";
  call("PUT", kHosts + "/a", object.dump());
  patch(kHosts + "/a", {{"metadata", {{"labels", {{"tier", "y"}}}}}});
  patch(kHosts + "/a/status", {{"status", {{"observedGeneration", 1}}}});
  call("DELETE", kHosts + "/a");

  EXPECT_THAT(
      summary(),
      ElementsAre(
          "allow create hosts.berth.dev a",
          "allow update hosts.berth.dev a",
          "allow patch hosts.berth.dev a",
          "allow patch hosts.berth.dev/status a",
          "allow delete hosts.berth.dev a"));
}

TEST_F(AuditTest, ARecordSaysWhoFromWhereAndWhat) {
  http::Request request{.method = "POST", .target = kHosts, .body = host("a").dump()};
  request.headers.set("Authorization", "Bearer let-me-in");
  request.remoteAddress = "192.0.2.7";
  const auto answer = send(request);

  ASSERT_EQ(answer.status, 201) << answer.text;
  const auto entry = page(start_).entries.at(0);
  const auto record = Json::parse(entry.record);
  EXPECT_EQ(record["user"], "admin");
  EXPECT_EQ(record["groups"], Json({"system:masters", "system:authenticated"}));
  EXPECT_EQ(record["address"], "192.0.2.7");
  EXPECT_EQ(record["request"], std::string(answer.headers.get("Audit-Id")));
  EXPECT_EQ(record["uid"], answer.at("metadata.uid"));
  EXPECT_EQ(std::to_string(entry.revision), answer.at("metadata.resourceVersion"));
  EXPECT_EQ(stringAt(record, "diff").size(), 64);
  EXPECT_EQ(dumpJson(record), entry.record);
}

TEST_F(AuditTest, WhatChangesNothingLeavesNoRecord) {
  createHost("a");
  patch(kHosts + "/a", Json::object());
  patch(kHosts + "/a?dryRun=All", {{"metadata", {{"labels", {{"tier", "y"}}}}}});
  call("DELETE", kHosts + "/a?dryRun=All");
  call("DELETE", kHosts + "/b?dryRun=All");
  call("GET", kHosts + "/a");

  EXPECT_THAT(summary(), ElementsAre("allow create hosts.berth.dev a"));
}

TEST_F(AuditTest, ACollectionThatIsDeletedLeavesARecordForEachObject) {
  createHost("a");
  createHost("b");
  start_ = page().head.seq;
  const auto answer = call("DELETE", kHosts);

  ASSERT_EQ(answer.status, 200) << answer.text;
  EXPECT_THAT(
      summary(),
      testing::UnorderedElementsAre(
          "allow deletecollection hosts.berth.dev a", "allow deletecollection hosts.berth.dev b"));
}

TEST_F(AuditTest, WhatFailsLeavesARecordWithItsCode) {
  createHost("a");
  createHost("a");
  call("DELETE", kHosts + "/b");

  EXPECT_THAT(
      summary(),
      ElementsAre(
          "allow create hosts.berth.dev a",
          "allow create hosts.berth.dev  409",
          "allow delete hosts.berth.dev b 404"));
}

TEST_F(AuditTest, WhatIsDeniedLeavesARecord) {
  callAs("just-looking", "DELETE", kHosts + "/a");
  callAs("just-looking", "GET", kSecrets + "/s");
  callAs("nobody-has-this", "GET", kHosts);

  EXPECT_THAT(
      summary(),
      ElementsAre(
          "deny delete hosts.berth.dev a 403",
          "deny get secrets s 403",
          "deny list hosts.berth.dev  401"));
  EXPECT_EQ(records()[0]["user"], "viewer");
  EXPECT_EQ(records()[2]["user"], "system:anonymous");
}

TEST_F(AuditTest, ReadingWithoutACredentialLeavesNoRecord) {
  send({.method = "GET", .target = kHosts});

  EXPECT_THAT(summary(), IsEmpty());
}

TEST_F(AuditTest, AFloodOfRefusalsIsCountedAndNotKept) {
  for (int i = 0; i < 500; ++i) callAs("just-looking", "DELETE", kHosts + "/a");
  EXPECT_EQ(records().size(), 60);
  callAs("nobody-has-this", "DELETE", kHosts + "/a");
  EXPECT_EQ(records().size(), 61);

  settle();

  const auto all = records();
  EXPECT_EQ(all.back(), Json({{"decision", "deny"}, {"more", 440}}));
  callAs("just-looking", "DELETE", kHosts + "/a");
  EXPECT_EQ(records().size(), all.size() + 1);
}

TEST_F(AuditTest, ASecretsValuesTakeNoPart) {
  call("POST", kSecrets, secret("canary-one").dump());
  call("DELETE", kSecrets + "/s");
  call("POST", kSecrets, secret("canary-two").dump());
  patch(kSecrets + "/s", {{"stringData", {{"password", "canary-three"}}}});

  for (const auto& entry : page().entries) EXPECT_THAT(entry.record, Not(HasSubstr("canary")));
  const store::Write write{.operation = store::Operation::Create, .resource = "secrets"};
  const Json one{{"data", {{"password", "YQ=="}}}};
  const Json two{{"data", {{"password", "Yg=="}}}};
  const Json other{{"data", {{"token", "Yg=="}}}};
  EXPECT_EQ(
      changeRecord({write, nullptr, nullptr, &one}), changeRecord({write, nullptr, nullptr, &two}));
  EXPECT_NE(
      changeRecord({write, nullptr, nullptr, &one}),
      changeRecord({write, nullptr, nullptr, &other}));
}

TEST_F(AuditTest, TheDigestIsOfTheMergePatch) {
  const store::Write write{.operation = store::Operation::Replace, .resource = "hosts.berth.dev"};
  const Json before{{"spec", {{"a", 1}, {"b", {{"c", 2}, {"d", 3}}}}}, {"status", 1}};
  const Json after{{"spec", {{"a", 1}, {"b", {{"c", 4}}}}}, {"status", 1}};

  const auto record = Json::parse(changeRecord({write, nullptr, &before, &after}));

  EXPECT_EQ(record["diff"], sha256Hex(R"({"spec":{"b":{"c":4,"d":null}}})"));
}

TEST_F(AuditTest, APartOfThisProcessIsNamed) {
  const ResourceType hosts{"berth.dev", "v1alpha1", "Host", "hosts", false};
  ASSERT_TRUE(api_.objects().create({.actor = "system:berth:dns"}, hosts, host("a")));
  ASSERT_TRUE(api_.objects().remove({}, hosts, {"", "a"}, {}));

  EXPECT_THAT(
      summary(), ElementsAre("allow create hosts.berth.dev a", "allow delete hosts.berth.dev a"));
  EXPECT_EQ(records()[0]["user"], "system:berth:dns");
  EXPECT_EQ(records()[1]["user"], "system:berth");
}

TEST_F(AuditTest, EveryAnswerHasAnIdOfItsOwn) {
  const auto idOf = [](const Answer& answer) {
    return std::string(answer.headers.get("Audit-Id"));
  };
  const auto first = idOf(call("GET", kHosts));

  EXPECT_EQ(first.size(), 36);
  EXPECT_NE(idOf(call("GET", kHosts, {}, {{"Audit-Id", first}})), first);
  EXPECT_EQ(idOf(call("GET", "/nowhere")).size(), 36);
  EXPECT_EQ(idOf(call("GET", "/%zz")).size(), 36);
  EXPECT_EQ(idOf(send({.method = "GET", .target = kHosts})).size(), 36);
}

TEST_F(AuditTest, WhatWentWrongInsideIsNotTold) {
  store_.failNext({Reason::InternalError, "open /var/lib/berth: canary"});

  const auto answer = createHost("a");

  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.at("message"), "Internal error occurred");
  EXPECT_THAT(summary(), ElementsAre("allow create hosts.berth.dev  500"));
}

TEST_F(AuditTest, ThePathGivesThePages) {
  createHost("a");
  createHost("b");
  const auto first = call("GET", "/audit?limit=1&after=" + std::to_string(start_)).body;
  const auto second = call("GET", "/audit?after=" + std::to_string(start_ + 1)).body;

  EXPECT_EQ(first["entries"].size(), 1);
  EXPECT_EQ(first["head"]["seq"], start_ + 2);
  EXPECT_EQ(first["cut"], Json({{"seq", 0}, {"hash", ""}}));
  EXPECT_EQ(first["entries"][0]["record"]["name"], "a");
  EXPECT_EQ(second["entries"][0]["record"]["name"], "b");
  EXPECT_EQ(second["entries"][0]["hash"], second["head"]["hash"]);
}

TEST_F(AuditTest, ThePathIsNotForEverybody) {
  EXPECT_EQ(callAs("just-looking", "GET", "/audit").status, 403);
  EXPECT_EQ(send({.method = "GET", .target = "/audit"}).status, 401);
  EXPECT_EQ(call("POST", "/audit").status, 405);
  EXPECT_EQ(call("GET", "/audit?after=-1").status, 400);
  EXPECT_EQ(call("GET", "/audit?limit=ten").status, 400);
}

}  // namespace
}  // namespace berth::api
