#include "tests/unit/controller/api/api_fixture.hpp"

namespace berth::api {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class ApplyTest : public ApiFixture {
 protected:
  static inline const std::string kTenants =
      "/apis/berth.dev/v1alpha1/namespaces/default/clientdeployments";
  static inline const std::string kTenant = kTenants + "/a";

  static Json tenant(Json spec) {
    return {
        {"apiVersion", "berth.dev/v1alpha1"},
        {"kind", "ClientDeployment"},
        {"metadata", {{"name", "a"}}},
        {"spec", std::move(spec)}};
  }

  Answer apply(
      const std::string& target,
      const Json& document,
      const std::string& manager,
      const std::string& query = {}) {
    return call(
        "PATCH",
        target + "?fieldManager=" + manager + query,
        document.dump(),
        {{"Content-Type", "application/apply-patch+yaml"}});
  }
  Answer applySpec(Json spec, const std::string& manager = "gitops", const char* query = "") {
    return apply(kTenant, tenant(std::move(spec)), manager, query);
  }
  Answer patchAs(const std::string& manager, const Json& body, const std::string& part = {}) {
    return patch(kTenant + part + "?fieldManager=" + manager, body);
  }

  /// "gitops Apply", "kubectl Update status": the managers in their order.
  static std::vector<std::string> managers(const Answer& answer) {
    std::vector<std::string> names;
    for (const auto& entry : answer.body["metadata"].value("managedFields", Json::array())) {
      auto name = stringAt(entry, "manager") + " " + stringAt(entry, "operation");
      const auto part = stringAt(entry, "subresource");
      names.push_back(part.empty() ? name : name + " " + part);
    }
    return names;
  }
  /// What a manager owns; null when it is none.
  static Json owned(const Answer& answer, const std::string& manager) {
    for (const auto& entry : answer.body["metadata"].value("managedFields", Json::array()))
      if (stringAt(entry, "manager") == manager) return entry["fieldsV1"];
    return nullptr;
  }
  /// The entries of one manager alone.
  Json owners(const std::string& manager) {
    Json entries = Json::array();
    const auto found = call("GET", kTenant);
    for (const auto& entry : found.body["metadata"]["managedFields"])
      if (stringAt(entry, "manager") == manager) entries.push_back(entry);
    return entries;
  }
  static std::string timeOf(const Answer& answer, const std::string& manager) {
    for (const auto& entry : answer.body["metadata"].value("managedFields", Json::array()))
      if (stringAt(entry, "manager") == manager) return stringAt(entry, "time");
    return "";
  }
};

TEST_F(ApplyTest, MakesWhatIsNotThere) {
  const auto made = applySpec({{"image", "x:1"}});

  EXPECT_EQ(made.status, 201) << made.text;
  EXPECT_EQ(made.at("spec.state"), "Running");
  EXPECT_THAT(managers(made), ElementsAre("gitops Apply"));
  EXPECT_EQ(owned(made, "gitops"), Json::parse(R"({"f:spec":{"f:image":{}}})"));
  EXPECT_EQ(call("GET", kTenant).body, made.body);
}

TEST_F(ApplyTest, AgainChangesNothing) {
  const auto made = applySpec({{"image", "x:1"}});
  clock_.advance(std::chrono::hours(1));

  const auto again = applySpec({{"image", "x:1"}});

  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.body, made.body);
}

TEST_F(ApplyTest, TakesOutWhatIsNoLongerSaid) {
  applySpec({{"image", "x:1"}, {"domain", "a.example.org"}, {"state", "Stopped"}});

  const auto fewer = applySpec({{"image", "x:1"}});

  EXPECT_FALSE(fewer.body["spec"].contains("domain"));
  EXPECT_EQ(fewer.at("spec.state"), "Running");
  EXPECT_EQ(owned(fewer, "gitops"), Json::parse(R"({"f:spec":{"f:image":{}}})"));
}

TEST_F(ApplyTest, KeepsWhatAnotherOwnsToo) {
  applySpec({{"image", "x:1"}, {"domain", "a.example.org"}});
  applySpec({{"image", "x:1"}, {"domain", "a.example.org"}}, "other");

  const auto fewer = applySpec({{"image", "x:1"}});

  EXPECT_EQ(fewer.at("spec.domain"), "a.example.org");
  EXPECT_EQ(owned(fewer, "other"), Json::parse(R"({"f:spec":{"f:image":{},"f:domain":{}}})"));
}

TEST_F(ApplyTest, LeavesTheRestOfMetadataWhenItTakesOutTheLastLabel) {
  auto labeled = tenant({{"image", "x:1"}});
  labeled["metadata"]["labels"] = {{"a", "b"}};
  apply(kTenant, labeled, "gitops");
  patchAs("other", {{"metadata", {{"finalizers", {"x/y"}}}}});
  patchAs("nobody", {{"metadata", {{"managedFields", owners("gitops")}}}});

  const auto fewer = applySpec({{"image", "x:1"}});

  EXPECT_FALSE(fewer.body["metadata"].contains("labels")) << fewer.text;
  EXPECT_EQ(fewer.body["metadata"]["finalizers"], Json::array({"x/y"}));
}

TEST_F(ApplyTest, NamesTheOwnerOfAConflict) {
  applySpec({{"image", "x:1"}});

  const auto refused = applySpec({{"image", "x:2"}}, "other");

  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(refused.at("reason"), "Conflict");
  EXPECT_EQ(
      refused.at("message"), "Apply failed with 1 conflict: conflict with \"gitops\": .spec.image");
  EXPECT_EQ(
      refused.body["details"]["causes"],
      Json::parse(R"([{"reason":"FieldManagerConflict","message":"conflict with \"gitops\"",
                       "field":".spec.image"}])"));
  EXPECT_EQ(call("GET", kTenant).at("spec.image"), "x:1");
}

TEST_F(ApplyTest, NamesEveryConflictAtOnce) {
  applySpec({{"image", "x:1"}});
  patchAs("kubectl-edit", {{"spec", {{"domain", "b.example.org"}, {"state", "Stopped"}}}});

  const auto refused =
      applySpec({{"image", "x:2"}, {"domain", "c.example.org"}, {"state", "Running"}}, "other");

  EXPECT_EQ(
      refused.at("message"),
      "Apply failed with 3 conflicts: conflicts with \"gitops\":\n- .spec.image\n"
      "conflicts with \"kubectl-edit\" using berth.dev/v1alpha1:\n- .spec.domain\n- .spec.state");
  EXPECT_EQ(refused.body["details"]["causes"].size(), 3U);
}

TEST_F(ApplyTest, TakesByForce) {
  applySpec({{"image", "x:1"}, {"domain", "a.example.org"}});

  const auto forced = applySpec({{"image", "x:2"}}, "other", "&force=true");

  EXPECT_EQ(forced.at("spec.image"), "x:2");
  EXPECT_EQ(owned(forced, "gitops"), Json::parse(R"({"f:spec":{"f:domain":{}}})"));
  EXPECT_EQ(owned(forced, "other"), Json::parse(R"({"f:spec":{"f:image":{}}})"));
}

TEST_F(ApplyTest, SharesWhatIsSaidAlike) {
  applySpec({{"image", "x:1"}});

  const auto shared = applySpec({{"image", "x:1"}}, "other");

  EXPECT_EQ(shared.status, 200) << shared.text;
  EXPECT_EQ(owned(shared, "gitops"), owned(shared, "other"));
}

TEST_F(ApplyTest, MergesKeyedListsByItem) {
  applySpec({{"image", "x:1"}, {"env", {{{"name", "A"}, {"value", "1"}}}}});

  const auto both = applySpec({{"env", {{{"name", "B"}, {"value", "2"}}}}}, "other");
  const auto without = applySpec({{"image", "x:1"}});

  EXPECT_EQ(both.body["spec"]["env"].size(), 2U) << both.text;
  EXPECT_EQ(
      owned(both, "other"),
      Json::parse(
          R"({"f:spec":{"f:env":{"k:{\"name\":\"B\"}":{".":{},"f:name":{},"f:value":{}}}}})"));
  EXPECT_EQ(without.body["spec"]["env"], Json::parse(R"([{"name":"B","value":"2"}])"))
      << without.text;
}

TEST_F(ApplyTest, AnOrdinaryWriteTakesWhatItChanges) {
  applySpec({{"image", "x:1"}, {"domain", "a.example.org"}});

  const auto edited = patchAs("kubectl-edit", {{"spec", {{"image", "x:2"}, {"domain", nullptr}}}});

  EXPECT_THAT(managers(edited), ElementsAre("kubectl-edit Update"));
  EXPECT_EQ(owned(edited, "kubectl-edit"), Json::parse(R"({"f:spec":{"f:image":{}}})"));
}

TEST_F(ApplyTest, ACreatorOwnsAllThatIsThere) {
  auto object = host("h");
  object["metadata"]["labels"] = {{"x", "y"}};

  const auto made = call("POST", kHosts, object.dump(), {{"User-Agent", "curl/8.1 (linux)"}});

  EXPECT_THAT(managers(made), ElementsAre("curl Update"));
  const auto fields = owned(made, "curl");
  EXPECT_EQ(fields["f:metadata"], Json::parse(R"({"f:labels":{".":{},"f:x":{}}})")) << fields;
  EXPECT_TRUE(fields["f:spec"].contains("."));
  EXPECT_TRUE(fields["f:spec"]["f:connection"].contains("f:type"));
  EXPECT_EQ(made.body["metadata"]["managedFields"][0]["apiVersion"], "berth.dev/v1alpha1");
  EXPECT_EQ(made.body["metadata"]["managedFields"][0]["fieldsType"], "FieldsV1");
  EXPECT_EQ(timeOf(made, "curl"), formatRfc3339(clock_.wall()));
}

TEST_F(ApplyTest, AStatusIsOwnedThroughItsSubresource) {
  applySpec({{"image", "x:1"}});

  const auto reported = patchAs("operator", {{"status", {{"observedGeneration", 1}}}}, "/status");

  EXPECT_THAT(managers(reported), ElementsAre("gitops Apply", "operator Update status"));
  EXPECT_EQ(
      owned(reported, "operator"),
      Json::parse(R"({"f:status":{".":{},"f:observedGeneration":{}}})"));
}

TEST_F(ApplyTest, AppliesAStatusAndNothingElse) {
  applySpec({{"image", "x:1"}});
  auto document = tenant({{"image", "x:2"}});
  document["metadata"]["labels"] = {{"x", "y"}};
  document["status"] = {{"observedGeneration", 1}};

  const auto applied = apply(kTenant + "/status", document, "operator");
  const auto missing = apply(
      kTenants + "/b/status",
      {{"apiVersion", "berth.dev/v1alpha1"}, {"kind", "ClientDeployment"}},
      "operator");

  EXPECT_EQ(applied.status, 200) << applied.text;
  EXPECT_EQ(applied.at("spec.image"), "x:1");
  EXPECT_EQ(applied.body["status"]["observedGeneration"], 1);
  EXPECT_EQ(owned(applied, "operator"), Json::parse(R"({"f:status":{"f:observedGeneration":{}}})"));
  EXPECT_EQ(missing.status, 404);
}

TEST_F(ApplyTest, IgnoresTheStatusOnTheMainResource) {
  auto document = tenant({{"image", "x:1"}});
  document["status"] = {{"observedGeneration", 1}};

  const auto made = apply(kTenant, document, "gitops");

  EXPECT_FALSE(made.body.contains("status"));
  EXPECT_EQ(owned(made, "gitops"), Json::parse(R"({"f:spec":{"f:image":{}}})"));
}

TEST_F(ApplyTest, RefusesWhatIsNoApply) {
  const auto refusal = [&](const Json& document, const std::string& query) {
    const auto refused = call(
        "PATCH",
        kTenant + query,
        document.dump(),
        {{"Content-Type", "application/apply-patch+yaml"}});
    return std::to_string(refused.status) + " " + refused.at("message");
  };
  auto unknown = tenant({{"image", "x:1"}, {"bogus", 1}});
  auto managed = tenant({{"image", "x:1"}});
  managed["metadata"]["managedFields"] = Json::array();
  auto renamed = tenant({{"image", "x:1"}});
  renamed["metadata"]["name"] = "b";
  const auto twice = tenant({{"env", {{{"name", "A"}}, {{"name", "A"}}}}});
  auto relived = tenant({{"image", "x:1"}});
  relived["metadata"]["uid"] = "u";

  EXPECT_EQ(
      refusal(tenant({{"image", "x:1"}}), ""),
      "422 PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for "
      "apply patch");
  EXPECT_EQ(
      refusal(unknown, "?fieldManager=x&fieldValidation=Ignore"),
      "400 failed to create typed patch object (default/a; berth.dev/v1alpha1, "
      "Kind=ClientDeployment): .spec.bogus: field not declared in schema");
  EXPECT_EQ(refusal(managed, "?fieldManager=x"), "400 metadata.managedFields must be nil");
  EXPECT_THAT(refusal(renamed, "?fieldManager=x"), HasSubstr("400 the name of the object (b)"));
  EXPECT_THAT(refusal(twice, "?fieldManager=x"), HasSubstr("duplicate entries for key"));
  EXPECT_THAT(refusal(relived, "?fieldManager=x"), HasSubstr("409 "));
  EXPECT_THAT(
      refusal({{"spec", Json::object()}}, "?fieldManager=x"), HasSubstr("400 the configuration"));
  EXPECT_THAT(refusal(tenant(Json("text")), "?fieldManager=x"), HasSubstr("422 "));
}

TEST_F(ApplyTest, ChecksTheFieldManager) {
  createHost("h");

  const auto isLong =
      call("POST", kHosts + "?fieldManager=" + std::string(129, 'x'), host("i").dump());
  const auto isOdd = call("POST", kHosts + "?fieldManager=a%0Ab", host("i").dump());
  const auto forced = patch(kHosts + "/h?force=true", Json::object());

  EXPECT_EQ(isLong.status, 422);
  EXPECT_EQ(isLong.body["details"]["causes"][0]["reason"], "FieldValueTooLong");
  EXPECT_EQ(isOdd.status, 422);
  EXPECT_THAT(isOdd.at("message"), HasSubstr("should only contain printable characters"));
  EXPECT_EQ(forced.status, 422);
}

TEST_F(ApplyTest, TakesYamlAndRefusesCbor) {
  const auto yaml = call(
      "PATCH",
      kTenant + "?fieldManager=x",
      "apiVersion: berth.dev/v1alpha1\nkind: ClientDeployment\nspec:\n  image: x:1\n",
      {{"Content-Type", "application/apply-patch+yaml"}});
  const auto cbor = call(
      "PATCH",
      kTenant + "?fieldManager=x",
      "x",
      {{"Content-Type", "application/apply-patch+cbor"}});

  EXPECT_EQ(yaml.status, 201) << yaml.text;
  EXPECT_EQ(cbor.status, 415);
  EXPECT_THAT(cbor.at("message"), HasSubstr("application/apply-patch+yaml"));
}

TEST_F(ApplyTest, WritesNothingInADryRun) {
  const auto made = applySpec({{"image", "x:1"}}, "gitops", "&dryRun=All");
  const auto absent = call("GET", kTenant);
  const auto kept = applySpec({{"image", "x:1"}});

  const auto tried = applySpec({{"image", "x:2"}}, "gitops", "&dryRun=All");

  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(absent.status, 404);
  EXPECT_EQ(tried.at("spec.image"), "x:2");
  EXPECT_EQ(call("GET", kTenant).body, kept.body);
}

TEST_F(ApplyTest, SaysThatTheNamespaceIsMissing) {
  const auto refused = apply(
      "/apis/berth.dev/v1alpha1/namespaces/nowhere/clientdeployments/a",
      tenant({{"image", "x:1"}}),
      "gitops");

  EXPECT_EQ(refused.status, 404);
  EXPECT_EQ(refused.at("details.kind"), "namespaces");
}

TEST_F(ApplyTest, AppliesKindsOfKubernetes) {
  const std::string secrets = "/api/v1/namespaces/default/secrets/s";
  const Json first = Json::parse(
      R"({"apiVersion":"v1","kind":"Secret","metadata":{"finalizers":["a/b"]},"stringData":{"x":"1","y":"2"}})");
  const Json second = Json::parse(
      R"({"apiVersion":"v1","kind":"Secret","metadata":{"labels":{"l":"m"}},"stringData":{"x":"1"}})");

  const auto made = apply(secrets, first, "gitops");
  const auto fewer = apply(secrets, second, "gitops");
  const auto again = apply(secrets, second, "gitops");

  EXPECT_EQ(
      owned(made, "gitops"),
      Json::parse(
          R"({"f:data":{"f:x":{},"f:y":{}},"f:metadata":{"f:finalizers":{"v:\"a/b\"":{}}}})"));
  EXPECT_EQ(fewer.body["data"], Json::parse(R"({"x":"MQ=="})")) << fewer.text;
  EXPECT_FALSE(fewer.body["metadata"].contains("finalizers"));
  EXPECT_EQ(again.body, fewer.body);
}

}  // namespace
}  // namespace berth::api
