#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/api/rbac_policy.hpp"

namespace berth::api {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct RuleCase {
  const char* rule;
  const char* request;  // verb group resource [namespace [name]], or verb /path
  bool allowed;
};

PolicyRule ruleOf(const char* text) { return readRules({{"rules", {Json::parse(text)}}}).at(0); }

/// "get berth.dev hosts/status - a": "-" stands for nothing.
RequestInfo requestOf(const std::string& text) {
  std::vector<std::string> words(1);
  for (const char c : text) {
    if (c == ' ') words.emplace_back();
    if (c != ' ') words.back() += c;
  }
  words.resize(std::max<std::size_t>(words.size(), 5), "-");
  for (auto& word : words)
    if (word == "-") word.clear();
  if (words[1].starts_with('/')) return {.verb = words[0], .path = words[1]};
  const auto slash = words[2].find('/');
  return {
      .verb = words[0],
      .isResource = true,
      .group = words[1],
      .version = "v1",
      .namespaceName = words[3],
      .plural = words[2].substr(0, slash),
      .name = words[4],
      .subresource = slash == std::string::npos ? "" : words[2].substr(slash + 1)};
}

class RbacRuleTest : public testing::TestWithParam<RuleCase> {};

TEST_P(RbacRuleTest, Decides) {
  const auto rule = ruleOf(GetParam().rule);

  EXPECT_EQ(allows({rule}, requestOf(GetParam().request)), GetParam().allowed)
      << GetParam().rule << ' ' << GetParam().request;
}

constexpr const char* kReadHosts =
    R"({"verbs":["get","list"],"apiGroups":["berth.dev"],"resources":["hosts"]})";
constexpr const char* kOneHost =
    R"({"verbs":["*"],"apiGroups":["berth.dev"],"resources":["hosts"],"resourceNames":["a"]})";
constexpr const char* kEverything = R"({"verbs":["*"],"apiGroups":["*"],"resources":["*"]})";
constexpr const char* kEveryStatus =
    R"({"verbs":["get"],"apiGroups":["*"],"resources":["*/status"]})";
constexpr const char* kPaths = R"({"verbs":["get"],"nonResourceURLs":["/version","/api/*"]})";

INSTANTIATE_TEST_SUITE_P(
    Verbs,
    RbacRuleTest,
    testing::Values(
        RuleCase{kReadHosts, "get berth.dev hosts", true},
        RuleCase{kReadHosts, "list berth.dev hosts", true},
        RuleCase{kReadHosts, "watch berth.dev hosts", false},
        RuleCase{kReadHosts, "delete berth.dev hosts", false},
        RuleCase{kReadHosts, "* berth.dev hosts", false},
        RuleCase{kEverything, "* * *", true},
        RuleCase{kEverything, "impersonate - users - root", true}));

INSTANTIATE_TEST_SUITE_P(
    Resources,
    RbacRuleTest,
    testing::Values(
        RuleCase{kReadHosts, "get - hosts", false},
        RuleCase{kReadHosts, "get other.dev hosts", false},
        RuleCase{kReadHosts, "get berth.dev hostsx", false},
        RuleCase{kReadHosts, "get berth.dev hosts/status", false},
        RuleCase{kEverything, "get berth.dev hosts/status", true},
        RuleCase{kEverything, "get - secrets acme s", true},
        RuleCase{kEveryStatus, "get berth.dev hosts/status", true},
        RuleCase{kEveryStatus, "get berth.dev hosts/scale", false},
        RuleCase{kEveryStatus, "get berth.dev hosts", false},
        RuleCase{kEveryStatus, "get berth.dev *", false}));

INSTANTIATE_TEST_SUITE_P(
    Names,
    RbacRuleTest,
    testing::Values(
        RuleCase{kOneHost, "get berth.dev hosts - a", true},
        RuleCase{kOneHost, "get berth.dev hosts - b", false},
        RuleCase{kOneHost, "list berth.dev hosts", false},
        RuleCase{kOneHost, "create berth.dev hosts", false},
        RuleCase{kOneHost, "deletecollection berth.dev hosts", false}));

INSTANTIATE_TEST_SUITE_P(
    Paths,
    RbacRuleTest,
    testing::Values(
        RuleCase{kPaths, "get /version", true},
        RuleCase{kPaths, "get /versions", false},
        RuleCase{kPaths, "post /version", false},
        RuleCase{kPaths, "get /api/v1", true},
        RuleCase{kPaths, "get /api", false},
        RuleCase{kPaths, "get - version", false},
        RuleCase{kEverything, "get /version", false}));

TEST(RbacRulesTest, FindsTheObjectThatAListIsRestrictedTo) {
  auto request = requestOf("list berth.dev hosts");
  request.selectedName = "a";

  EXPECT_TRUE(allows({ruleOf(kOneHost)}, request));
}

TEST(RbacRulesTest, CoverWhatTheyHold) {
  const PolicyRules held{ruleOf(kReadHosts), ruleOf(kPaths), ruleOf(kEveryStatus)};
  const PolicyRules wanted{
      ruleOf(R"({"verbs":["list","get"],"apiGroups":["berth.dev"],"resources":["hosts"],
                 "resourceNames":["x"]})"),
      ruleOf(R"({"verbs":["get"],"nonResourceURLs":["/api/v1/*"]})"),
      ruleOf(R"({"verbs":["get"],"apiGroups":["a","b"],"resources":["c/status","*/status"]})")};

  EXPECT_THAT(*missingFrom(held, wanted), IsEmpty());
  EXPECT_THAT(*missingFrom({ruleOf(kEverything)}, {ruleOf(kOneHost)}), IsEmpty());
}

TEST(RbacRulesTest, TellWhatIsMissing) {
  const auto missing = missingFrom(
      {ruleOf(kReadHosts)},
      {ruleOf(R"({"verbs":["get","create","patch"],"apiGroups":["berth.dev",""],
                  "resources":["hosts"]})"),
       ruleOf(R"({"verbs":["get"],"nonResourceURLs":["/x"]})")});

  ASSERT_TRUE(missing);
  std::vector<std::string> texts;
  for (const auto& rule : *missing) texts.push_back(ruleText(rule));
  EXPECT_THAT(
      texts,
      ElementsAre(
          R"({APIGroups:[""], Resources:["hosts"], Verbs:["get" "create" "patch"]})",
          R"({APIGroups:["berth.dev"], Resources:["hosts"], Verbs:["create" "patch"]})",
          R"({NonResourceURLs:["/x"], Verbs:["get"]})"));
}

TEST(RbacRulesTest, OneObjectDoesNotCoverAll) {
  EXPECT_EQ(missingFrom({ruleOf(kOneHost)}, {ruleOf(kReadHosts)})->size(), 1U);
  EXPECT_EQ(missingFrom({ruleOf(kReadHosts)}, {ruleOf(kEverything)})->size(), 1U);
}

TEST(RbacRulesTest, RefuseToCompareWithoutEnd) {
  PolicyRule wide{.verbs = {}, .apiGroups = {}, .resources = {}};
  for (int i = 0; i < 64; ++i) {
    wide.verbs.push_back(std::to_string(i));
    wide.apiGroups.push_back(std::to_string(i));
    wide.resources.push_back(std::to_string(i));
  }

  EXPECT_EQ(missingFrom({}, {wide}).error().reason, Reason::Forbidden);
}

/// A policy from few words.
class RbacPolicyTest : public testing::Test {
 protected:
  void role(const char* space, const char* name, const char* rule) {
    roles_[{space, name}] = std::make_shared<const PolicyRules>(PolicyRules{ruleOf(rule)});
  }
  void bind(const char* space, const char* role, RbacSubject subject) {
    const bool isLocal = std::string_view(role).starts_with("local");
    RbacBinding binding{
        .key = {space, std::string("to-") + role},
        .roleKind = isLocal ? "Role" : "ClusterRole",
        .roleName = role,
        .subjects = {std::move(subject)}};
    bindings_[binding.key] = std::make_shared<const RbacBinding>(binding);
  }
  [[nodiscard]] bool may(const User& user, const char* request) const {
    return RbacPolicy(roles_, bindings_).find(user, requestOf(request)) != nullptr;
  }

  const User ann_{.name = "ann", .groups = {"team", "system:authenticated"}};
  const User bob_{.name = "bob", .groups = {"system:authenticated"}};
  RbacRoles roles_;
  RbacBindings bindings_;
};

TEST_F(RbacPolicyTest, AllowsNothingWithoutABinding) {
  role("", "all", kEverything);

  EXPECT_FALSE(may(ann_, "get - secrets acme s"));
  EXPECT_FALSE(may(User{}, "get /version"));
}

TEST_F(RbacPolicyTest, GivesAClusterRoleInTheNamespaceOfItsBinding) {
  role("", "all", kEverything);
  bind("acme", "all", {"User", "ann", ""});

  EXPECT_TRUE(may(ann_, "get - secrets acme s"));
  EXPECT_TRUE(may(ann_, "get - namespaces - acme"));
  EXPECT_FALSE(may(ann_, "get - secrets other s"));
  EXPECT_FALSE(may(ann_, "list - secrets"));
  EXPECT_FALSE(may(ann_, "list - namespaces"));
  EXPECT_FALSE(may(bob_, "get - secrets acme s"));
}

TEST_F(RbacPolicyTest, GivesEverythingEverywhereByAClusterBinding) {
  role("", "all", kEverything);
  bind("", "all", {"Group", "team", ""});

  EXPECT_TRUE(may(ann_, "list - secrets"));
  EXPECT_TRUE(may(ann_, "get - secrets other s"));
  EXPECT_FALSE(may(bob_, "list - secrets"));
}

TEST_F(RbacPolicyTest, KnowsServiceAccounts) {
  role("acme", "local", kEverything);
  bind("acme", "local", {"ServiceAccount", "robot", "tools"});

  EXPECT_TRUE(may({.name = "system:serviceaccount:tools:robot"}, "get - secrets acme s"));
  EXPECT_FALSE(may({.name = "system:serviceaccount:acme:robot"}, "get - secrets acme s"));
  EXPECT_FALSE(may({.name = "robot"}, "get - secrets acme s"));
}

TEST_F(RbacPolicyTest, TakesALocalRoleFromTheNamespaceOfTheBinding) {
  role("other", "local", kEverything);
  bind("acme", "local", {"User", "ann", ""});

  EXPECT_FALSE(may(ann_, "get - secrets acme s"));
  EXPECT_FALSE(may(ann_, "get - secrets other s"));
}

TEST_F(RbacPolicyTest, DoesNotMistakeAUserForAGroup) {
  role("", "all", kEverything);
  bind("", "all", {"Group", "ann", ""});

  EXPECT_FALSE(may(ann_, "get - secrets acme s"));
}

TEST_F(RbacPolicyTest, TellsByWhichBinding) {
  role("", "all", kEverything);
  bind("acme", "all", {"User", "ann", ""});
  const RbacPolicy policy(roles_, bindings_);

  EXPECT_EQ(
      policy.find(ann_, requestOf("get - secrets acme s"))->text(),
      R"(RoleBinding "to-all/acme" of ClusterRole "all" to User "ann")");
  EXPECT_EQ(policy.rulesOf(ann_, "acme"), PolicyRules{ruleOf(kEverything)});
  EXPECT_THAT(policy.rulesOf(ann_, ""), IsEmpty());
}

}  // namespace
}  // namespace berth::api
