#include "controller/identity/configuration.hpp"

#include <gmock/gmock.h>

#include "core/crypto/private_file.hpp"

namespace berth::identity {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

const std::string kHead =
    "apiVersion: apiserver.config.k8s.io/v1\n"
    "kind: AuthenticationConfiguration\n"
    "jwt:\n";

std::string problemOf(const std::string& jwt) {
  const auto read = parseConfiguration(kHead + jwt);
  return read ? "none" : read.error().message;
}

TEST(ConfigurationTest, ReadsAnIssuerAsKubernetesDescribesIt) {
  const auto read = parseConfiguration(kHead + R"(
- issuer:
    url: https://issuer.example
    audiences: [berth, console]
    audienceMatchPolicy: MatchAny
    discoveryURL: https://internal.example/.well-known/openid-configuration
  claimValidationRules:
  - {claim: hd, requiredValue: example.com}
  claimMappings:
    username: {claim: email, prefix: ""}
    groups: {claim: roles, prefix: "oidc:"}
    uid: {claim: sub}
    extra:
    - {key: example.com/tenant, claim: tenant}
)");

  ASSERT_TRUE(read.has_value()) << read.error().message;
  ASSERT_EQ(read->size(), 1U);
  const auto& issuer = read->front();
  EXPECT_EQ(issuer.rules.issuer, "https://issuer.example");
  EXPECT_THAT(issuer.rules.audiences, ElementsAre("berth", "console"));
  EXPECT_EQ(issuer.discoveryUrl, "https://internal.example/.well-known/openid-configuration");
  EXPECT_EQ(issuer.userName.claim, "email");
  EXPECT_EQ(issuer.groups.prefix, "oidc:");
  EXPECT_EQ(issuer.uidClaim, "sub");
  EXPECT_EQ(issuer.extra.at(0).key, "example.com/tenant");
  EXPECT_EQ(issuer.requirements.at(0).value, "example.com");
  EXPECT_FALSE(issuer.key.has_value());
}

TEST(ConfigurationTest, SupabaseNeedsItsAddressOnly) {
  const auto read = parseConfiguration(
      kHead + "- {type: Supabase, issuer: {url: \"https://abc.supabase.co/auth/v1\"}}\n");

  ASSERT_TRUE(read.has_value()) << read.error().message;
  const auto& issuer = read->front();
  EXPECT_EQ(issuer.keysUrl, "https://abc.supabase.co/auth/v1/.well-known/jwks.json");
  EXPECT_THAT(issuer.rules.audiences, ElementsAre("authenticated"));
  EXPECT_EQ(issuer.userName.claim, "sub");
  EXPECT_EQ(issuer.groups.claim, "app_metadata.berth_groups");
  EXPECT_EQ(issuer.requirements.at(0).claim, "is_anonymous");
  EXPECT_TRUE(issuer.requirements.at(0).mayBeAbsent);
}

TEST(ConfigurationTest, ReadsASecretFromItsFile) {
  const auto path = testing::TempDir() + "/identity-secret";
  ASSERT_TRUE(writePrivateFile(path, std::string(32, 's') + "\n").has_value());
  const auto text = kHead +
                    "- {type: Supabase, issuer: {url: \"https://a.example\", secretFile: " + path +
                    "}}\n";

  EXPECT_TRUE(parseConfiguration(text)->front().key.has_value());

  ASSERT_TRUE(writePrivateFile(path, "short\n").has_value());
  EXPECT_THAT(
      parseConfiguration(text).error().message,
      AllOf(HasSubstr("jwt[0].issuer.secretFile"), HasSubstr("32 bytes")));
}

struct Mistake {
  const char* name;
  const char* text;
  const char* where;
  const char* what;
};

class MistakeTest : public testing::TestWithParam<Mistake> {};

TEST_P(MistakeTest, IsToldByItsPlace) {
  EXPECT_THAT(
      problemOf(GetParam().text), AllOf(HasSubstr(GetParam().where), HasSubstr(GetParam().what)));
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    MistakeTest,
    testing::Values(
        Mistake{"UnknownMember", "- {issuers: {}}\n", "jwt[0].issuers", "unknown field"},
        Mistake{"NoIssuer", "- {}\n", "jwt[0].issuer", "Required value"},
        Mistake{
            "PlainHttp",
            "- {type: Supabase, issuer: {url: \"http://auth.example\"}}\n",
            "jwt[0].issuer.url",
            "must begin with https://"},
        Mistake{
            "KeysOverPlainHttp",
            "- {type: Supabase, issuer: {url: \"https://a\", jwksURL: \"http://a/keys\"}}\n",
            "jwt[0].issuer.jwksURL",
            "must begin with https://"},
        Mistake{
            "NotAUrl",
            "- {type: Supabase, issuer: {url: auth.example}}\n",
            "jwt[0].issuer.url",
            "is not a URL"},
        Mistake{
            "TwoWaysToTheKeys",
            "- {type: Supabase, issuer: {url: \"https://a\", jwksURL: \"https://a/k\", "
            "discoveryURL: \"https://a/d\"}}\n",
            "jwt[0].issuer",
            "exclude each other"},
        Mistake{
            "NoAudience",
            "- {issuer: {url: \"https://a\"}}\n",
            "jwt[0].issuer.audiences",
            "Required value"},
        Mistake{
            "NoUserName",
            "- {issuer: {url: \"https://a\", audiences: [b]}}\n",
            "jwt[0].claimMappings.username",
            "Required value"},
        Mistake{
            "NoPrefix",
            "- {issuer: {url: \"https://a\", audiences: [b]}, claimMappings: {username: {claim: "
            "sub}}}\n",
            "jwt[0].claimMappings.username.prefix",
            "Required value"},
        Mistake{
            "UserMetadata",
            "- {type: Supabase, issuer: {url: \"https://a\"}, claimMappings: {groups: {claim: "
            "user_metadata.groups, prefix: \"\"}}}\n",
            "jwt[0].claimMappings.groups.claim",
            "use app_metadata"},
        Mistake{
            "KubernetesExtra",
            "- {type: Supabase, issuer: {url: \"https://a\"}, claimMappings: {extra: [{key: "
            "authentication.kubernetes.io/x, claim: a}]}}\n",
            "jwt[0].claimMappings.extra",
            "Kubernetes"},
        Mistake{
            "BooleanForText",
            "- {type: Supabase, issuer: {url: \"https://a\"}, claimValidationRules: [{claim: a, "
            "requiredValue: true}]}\n",
            "jwt[0].claimValidationRules[0].requiredValue",
            "must be of type string"},
        Mistake{
            "NoAuthority",
            "- {type: Supabase, issuer: {url: \"https://a\", certificateAuthority: none}}\n",
            "jwt[0].issuer.certificateAuthority",
            "no certificate"},
        Mistake{
            "NoSecretFile",
            "- {type: Supabase, issuer: {url: \"https://a\", secretFile: /nowhere/secret}}\n",
            "jwt[0].issuer.secretFile",
            "/nowhere/secret"},
        Mistake{
            "SameIssuerTwice",
            "- {type: Supabase, issuer: {url: \"https://a\"}}\n"
            "- {type: Supabase, issuer: {url: \"https://a\"}}\n",
            "jwt[1].issuer.url",
            "Duplicate value"},
        Mistake{"MemberTwice", "- {issuer: {url: a, url: b}}\n", "url", "is there twice"}),
    [](const auto& row) { return row.param.name; });

TEST(ConfigurationTest, OfAnotherKindIsRefused) {
  EXPECT_FALSE(parseConfiguration("").has_value());
  EXPECT_FALSE(parseConfiguration("kind: Config\napiVersion: v1\njwt: []\n").has_value());
  EXPECT_FALSE(parseConfiguration(kHead + "[]\n---\n" + kHead + "[]\n").has_value());
  EXPECT_FALSE(readConfiguration("/nowhere/authentication.yaml").has_value());
}

}  // namespace
}  // namespace berth::identity
