#include "tests/unit/controller/api/api_fixture.hpp"
#include "tests/unit/controller/api/protobuf.hpp"

namespace berth::api {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

class AccessTokenTest : public ApiFixture {
 protected:
  static inline const std::string kAccounts = "/api/v1/namespaces/default/serviceaccounts";
  static inline const std::string kTokens =
      "/apis/berth.dev/v1alpha1/namespaces/default/accesstokens";
  static inline const std::string kReviews = "/apis/authentication.k8s.io/v1/tokenreviews";

  AccessTokenTest() { EXPECT_EQ(createAccount("ci").status, 201); }

  Answer createAccount(const std::string& name) {
    const auto answer = call("POST", kAccounts, Json({{"metadata", {{"name", name}}}}).dump());
    settle();
    return answer;
  }
  Answer request(const Json& spec = Json::object(), const std::string& account = "ci") {
    const auto answer =
        call("POST", kAccounts + "/" + account + "/token", Json({{"spec", spec}}).dump());
    settle();
    return answer;
  }
  std::string token(const Json& spec = Json::object()) { return request(spec).at("status.token"); }

  /// The status of a TokenReview.
  Json review(const std::string& token, const Json& audiences = nullptr) {
    Json spec = {{"token", token}};
    if (!audiences.is_null()) spec["audiences"] = audiences;
    return call("POST", kReviews, Json({{"spec", spec}}).dump()).body["status"];
  }
  bool isGood(const std::string& token) { return review(token)["authenticated"] == true; }
  /// 401, or what the user may or may not.
  int statusWith(const std::string& token) {
    return call("GET", kHosts, {}, {{"Authorization", "Bearer " + token}}).status;
  }
  Json onlyToken() {
    const auto items = call("GET", kTokens).body["items"];
    EXPECT_EQ(items.size(), 1U);
    return items.at(0);
  }
};

TEST_F(AccessTokenTest, IsIssuedForAnHour) {
  const auto answer = request();

  EXPECT_EQ(answer.status, 201) << answer.text;
  EXPECT_EQ(answer.at("kind"), "TokenRequest");
  EXPECT_EQ(answer.at("apiVersion"), "authentication.k8s.io/v1");
  EXPECT_THAT(
      answer.at("status.token"), MatchesRegex("berth\\.default\\.ci-[a-z0-9]{10}\\.[0-9a-f]{64}"));
  EXPECT_EQ(answer.at("status.expirationTimestamp"), formatRfc3339(clock_.wall() + 1h));
  EXPECT_EQ(answer.body["spec"]["expirationSeconds"], 3600);
}

TEST_F(AccessTokenTest, IsItsServiceAccount) {
  const auto account = call("GET", kAccounts + "/ci");

  const auto status = review(token());

  EXPECT_EQ(status["authenticated"], true);
  EXPECT_EQ(stringAt(status, "user.username"), "system:serviceaccount:default:ci");
  EXPECT_EQ(stringAt(status, "user.uid"), account.at("metadata.uid"));
  EXPECT_THAT(
      status["user"]["groups"],
      ElementsAre(
          "system:serviceaccounts", "system:serviceaccounts:default", "system:authenticated"));
}

TEST_F(AccessTokenTest, ComesInButMayDoNothingByItself) {
  EXPECT_EQ(statusWith(token()), 403);
  EXPECT_EQ(statusWith("berth.default.ci-0000000000." + std::string(64, 'a')), 401);
}

TEST_F(AccessTokenTest, IsKeptAsADigestOnly) {
  const auto issued = token();
  const auto secret = issued.substr(issued.rfind('.') + 1);

  const auto kept = onlyToken();

  EXPECT_THAT(kept.dump(), Not(HasSubstr(secret)));
  EXPECT_EQ(stringAt(kept, "spec.serviceAccountName"), "ci");
  EXPECT_EQ(kept["metadata"]["ownerReferences"][0]["kind"], "ServiceAccount");
  EXPECT_EQ(issued, "berth.default." + stringAt(kept, "metadata.name") + "." + secret);
}

TEST_F(AccessTokenTest, IsRefusedOnceItsObjectIsDeleted) {
  const auto issued = token();
  ASSERT_TRUE(isGood(issued));

  call("DELETE", kTokens + "/" + stringAt(onlyToken(), "metadata.name"));
  settle();

  EXPECT_FALSE(isGood(issued));
  EXPECT_EQ(statusWith(issued), 401);
}

TEST_F(AccessTokenTest, IsRefusedOnceItsServiceAccountIsDeleted) {
  const auto issued = token();
  ASSERT_TRUE(isGood(issued));

  call("DELETE", kAccounts + "/ci");
  settle();
  EXPECT_FALSE(isGood(issued));
  EXPECT_TRUE(call("GET", kTokens).body["items"].empty());

  createAccount("ci");
  EXPECT_FALSE(isGood(issued));
}

TEST_F(AccessTokenTest, EndsAndIsRemoved) {
  const auto issued = token({{"expirationSeconds", 600}});

  clock_.advance(599s);
  EXPECT_TRUE(isGood(issued));
  clock_.advance(1s);
  EXPECT_FALSE(isGood(issued));

  settle();
  EXPECT_TRUE(call("GET", kTokens).body["items"].empty());
}

TEST_F(AccessTokenTest, LastsNoLongerThanTheServerAllows) {
  const auto answer = request({{"expirationSeconds", 10L * 365 * 24 * 3600}});

  EXPECT_EQ(answer.body["spec"]["expirationSeconds"], 365 * 24 * 3600);
}

TEST_F(AccessTokenTest, IsNotMadeOrChangedByHand) {
  token();
  const auto kept = onlyToken();
  const auto path = kTokens + "/" + stringAt(kept, "metadata.name");

  EXPECT_EQ(call("POST", kTokens, kept.dump()).status, 405);
  EXPECT_EQ(call("PUT", path, kept.dump()).status, 405);
  EXPECT_EQ(patch(path, {{"spec", {{"expiresAt", "2100-01-01T00:00:00Z"}}}}).status, 405);
  EXPECT_EQ(patch(path + "/status", {{"status", nullptr}}).status, 405);
}

TEST_F(AccessTokenTest, ItsUseIsNotedOnceInTenMinutes) {
  const auto issued = token({{"expirationSeconds", 7200}});
  const auto lastUse = [&] { return stringAt(onlyToken(), "status.lastUsedTime"); };
  EXPECT_EQ(lastUse(), "");

  statusWith(issued);
  settle();
  const auto first = formatRfc3339(clock_.wall());
  EXPECT_EQ(lastUse(), first);

  clock_.advance(9min);
  const auto before = hub_->revision();
  for (int i = 0; i < 100; ++i) statusWith(issued);
  settle();
  EXPECT_EQ(hub_->revision(), before);

  clock_.advance(1min);
  for (int i = 0; i < 100; ++i) statusWith(issued);
  settle();
  EXPECT_EQ(hub_->revision(), before + 1);
  EXPECT_EQ(lastUse(), formatRfc3339(clock_.wall()));
}

TEST_F(AccessTokenTest, RefusesEveryOtherForm) {
  const auto good = token();
  const auto name = good.substr(0, good.rfind('.'));
  const auto secret = good.substr(good.rfind('.') + 1);
  ASSERT_EQ(statusWith(good), 403);

  for (const auto& bad :
       {std::string("berth."),
        std::string("berth.."),
        std::string("berth..."),
        name,
        name + ".",
        name + "." + secret.substr(1),
        name + "." + secret + "0",
        name + "." + secret + ".",
        name + "." + std::string(64, '0'),
        name + "." + stringAt(onlyToken(), "spec.digest"),
        "BERTH" + good.substr(5),
        "berth.kube-system" + good.substr(13),
        "berth.default/ci" + good.substr(16),
        "berth.default." + std::string(600, 'a') + "." + secret,
        secret})
    EXPECT_EQ(statusWith(bad), 401) << bad;
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    auto flipped = good;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_EQ(statusWith(flipped), 401) << bit;
    clock_.advance(100ms);  // or the address would be told to wait
  }
}

TEST_F(AccessTokenTest, RequestsThatCannotBeMetAreInvalid) {
  const auto shortOne = request({{"expirationSeconds", 599}});
  EXPECT_EQ(shortOne.status, 422);
  EXPECT_THAT(shortOne.at("message"), HasSubstr("may not specify a duration less than 10 minutes"));
  EXPECT_EQ(request({{"audiences", {"vault"}}}).status, 422);
  EXPECT_EQ(request({{"boundObjectRef", {{"kind", "Pod"}, {"name", "a"}}}}).status, 422);
  EXPECT_EQ(request({{"expirationSeconds", "600"}}).status, 400);
  EXPECT_EQ(request(7).status, 400);
  EXPECT_EQ(request(Json::object(), "nobody").status, 404);
  EXPECT_EQ(call("GET", kAccounts + "/ci/token").status, 404);
}

TEST_F(AccessTokenTest, ADryRunLeavesNothing) {
  const auto answer = call("POST", kAccounts + "/ci/token?dryRun=All", "{}");

  EXPECT_EQ(answer.status, 201);
  EXPECT_TRUE(call("GET", kTokens).body["items"].empty());
  EXPECT_EQ(answer.at("status.token"), "");  // rather than one that is not good
}

TEST_F(AccessTokenTest, IsAskedForInProtobufToo) {
  const std::string tenMinutes("\x20\xd8\x04", 3);  // field 4: 600

  const auto answer = call(
      "POST",
      kAccounts + "/ci/token",
      protobuf("authentication.k8s.io/v1", "TokenRequest", field(2, tenMinutes)),
      {{"Content-Type", "application/vnd.kubernetes.protobuf"}});

  EXPECT_EQ(answer.status, 201) << answer.text;
  EXPECT_EQ(answer.body["spec"]["expirationSeconds"], 600);
}

TEST_F(AccessTokenTest, DiscoveryTellsWhereTokensAreAskedFor) {
  const auto resources = call("GET", "/api/v1").body["resources"];
  const auto found = std::ranges::find_if(
      resources, [](const Json& item) { return item["name"] == "serviceaccounts/token"; });

  ASSERT_NE(found, resources.end());
  EXPECT_EQ((*found)["kind"], "TokenRequest");
  EXPECT_EQ((*found)["verbs"], Json::array({"create"}));
}

class TokenReviewTest : public AccessTokenTest {};

TEST_F(TokenReviewTest, DoesNotRepeatTheToken) {
  const auto issued = token();

  const auto answer = call("POST", kReviews, Json({{"spec", {{"token", issued}}}}).dump());

  EXPECT_EQ(answer.status, 201);
  EXPECT_THAT(answer.text, Not(HasSubstr(issued)));
}

TEST_F(TokenReviewTest, KnowsTheAudiencesOfTheServer) {
  const auto issued = token();

  EXPECT_THAT(review(issued)["audiences"], ElementsAre("berth"));
  EXPECT_THAT(review(issued, {"vault", "berth"})["audiences"], ElementsAre("berth"));
  EXPECT_EQ(review(issued, {"vault"})["authenticated"], false);
}

TEST_F(TokenReviewTest, SaysNothingOfABadToken) {
  EXPECT_EQ(review("berth.a.b.c"), Json({{"authenticated", false}}));
  EXPECT_EQ(review("nonsense"), Json({{"authenticated", false}}));
  EXPECT_EQ(call("POST", kReviews, R"({"spec": {}})").status, 422);
}

class ClientCertificateTest : public ApiFixture {};

TEST_F(ClientCertificateTest, ItsWatchesEndWithinAMinuteOfIt) {
  http::Request request{.target = kHosts + "?watch=true"};
  request.peerCommonName = "jane";
  request.peerOrganizations = {"system:masters"};
  request.peerValidUntil = clock_.wall() + 1h;
  const auto writer = std::make_shared<RecordingWriter>();
  send(request).stream(writer);
  settle();

  clock_.advance(59min);
  settle();
  EXPECT_FALSE(writer->closed);
  clock_.advance(90s);
  settle();
  EXPECT_TRUE(writer->closed);
}

TEST_F(ClientCertificateTest, IsGoodUntilItsEndAlsoOnAConnectionThatIsOpen) {
  http::Request request{.target = kHosts};
  request.peerCommonName = "jane";
  request.peerOrganizations = {"system:masters"};
  request.peerValidUntil = clock_.wall() + 1h;

  EXPECT_EQ(send(request).status, 200);
  clock_.advance(1h);
  EXPECT_EQ(send(request).status, 401);
}

}  // namespace
}  // namespace berth::api
