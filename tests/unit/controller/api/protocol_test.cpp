#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/api/negotiation.hpp"
#include "controller/api/paging.hpp"
#include "controller/api/request_info.hpp"
#include "controller/api/status.hpp"

namespace berth::api {
namespace {

struct PathCase {
  const char* method;
  const char* target;
  const char* expected;  // verb group/version ns plural/name/sub, "-" for no resource
};

class RequestInfoTest : public testing::TestWithParam<PathCase> {};

TEST_P(RequestInfoTest, ReadsThePath) {
  const auto target = http::parseTarget(GetParam().target);
  ASSERT_TRUE(target);

  const auto info = readRequest(GetParam().method, *target);

  const auto text = info.isResource ? info.verb + " " + info.group + "/" + info.version + " " +
                                          info.namespaceName + " " + info.plural + "/" + info.name +
                                          "/" + info.subresource
                                    : info.verb + " -";
  EXPECT_EQ(text, GetParam().expected) << GetParam().target;
}

INSTANTIATE_TEST_SUITE_P(
    Paths,
    RequestInfoTest,
    testing::Values(
        PathCase{"GET", "/api/v1/namespaces", "list /v1  namespaces//"},
        PathCase{"GET", "/api/v1/namespaces/a", "get /v1  namespaces/a/"},
        PathCase{"PUT", "/api/v1/namespaces/a/status", "update /v1  namespaces/a/status"},
        PathCase{"PUT", "/api/v1/namespaces/a/finalize", "update /v1  namespaces/a/finalize"},
        PathCase{"GET", "/api/v1/namespaces/a/secrets", "list /v1 a secrets//"},
        PathCase{"GET", "/api/v1/secrets", "list /v1  secrets//"},
        PathCase{"GET", "/api/v1/secrets?watch=true", "watch /v1  secrets//"},
        PathCase{"GET", "/api/v1/secrets?watch=1", "watch /v1  secrets//"},
        PathCase{"GET", "/api/v1/secrets?watch=false", "list /v1  secrets//"},
        PathCase{"GET", "/api/v1/namespaces/a/secrets/b?watch=1", "get /v1 a secrets/b/"},
        PathCase{"HEAD", "/api/v1/namespaces/a/secrets/b", "get /v1 a secrets/b/"},
        PathCase{"POST", "/apis/berth.dev/v1alpha1/hosts", "create berth.dev/v1alpha1  hosts//"},
        PathCase{
            "PATCH",
            "/apis/berth.dev/v1alpha1/hosts/h/status",
            "patch berth.dev/v1alpha1  hosts/h/status"},
        PathCase{
            "DELETE",
            "/apis/berth.dev/v1alpha1/namespaces/a/clientdeployments/status",
            "delete berth.dev/v1alpha1 a clientdeployments/status/"},
        PathCase{
            "DELETE",
            "/apis/berth.dev/v1alpha1/namespaces/a/clientdeployments",
            "deletecollection berth.dev/v1alpha1 a clientdeployments//"},
        PathCase{"GET", "/apis/berth.dev/v1alpha1", "get -"},
        PathCase{"GET", "/api/v1", "get -"},
        PathCase{"GET", "/version", "get -"},
        PathCase{"GET", "/api/v1/namespaces/a/secrets/b/c/d", "get -"},
        PathCase{"OPTIONS", "/api/v1/secrets", " /v1  secrets//"}));

TEST(NegotiationTest, TakesTheFirstThatCanBeServed) {
  const auto table = negotiate(
      "application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g="
      "meta.k8s.io,application/json",
      false);
  const auto protobufFirst =
      negotiate("application/vnd.kubernetes.protobuf,application/json", false);
  const auto unknownTransform =
      negotiate("application/json;as=Pie;v=v1;g=meta.k8s.io, application/json", false);

  EXPECT_EQ(table->form, Form::Table);
  EXPECT_EQ(protobufFirst->form, Form::Whole);
  EXPECT_EQ(unknownTransform->form, Form::Whole);
}

TEST(NegotiationTest, TakesJsonWhenAnythingWillDo) {
  for (const auto* accept : {"", "*/*", "text/html,application/xml;q=0.9,*/*;q=0.8"})
    EXPECT_TRUE(negotiate(accept, false)) << accept;
}

TEST(NegotiationTest, PrefersTheHigherQuality) {
  EXPECT_TRUE(negotiate("application/json;q=0.5, application/yaml", false)->yaml);
  EXPECT_FALSE(negotiate("application/yaml;q=0, application/json;q=0.1", false)->yaml);
}

TEST(NegotiationTest, RefusesWhatCannotBeServed) {
  const auto refused = negotiate("application/vnd.kubernetes.protobuf", false);

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, Reason::NotAcceptable);
}

TEST(NegotiationTest, TakesABodyWithoutATypeForJson) {
  EXPECT_EQ(*bodyFormat(""), BodyFormat::Json);
  EXPECT_EQ(*bodyFormat("Application/JSON; charset=utf-8"), BodyFormat::Json);
  EXPECT_EQ(bodyFormat("text/plain").error().reason, Reason::UnsupportedMediaType);
}

TEST(StatusTest, HasKubernetesShape) {
  const ResourceType type{"berth.dev", "v1alpha1", "Host", "hosts", false};

  const auto document =
      failureStatus(notFound(type, "b"), {.name = "b", .group = "berth.dev", .kind = "hosts"});

  EXPECT_EQ(document, Json::parse(R"({
    "kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure",
    "message":"hosts.berth.dev \"b\" not found","reason":"NotFound",
    "details":{"name":"b","group":"berth.dev","kind":"hosts"},"code":404})"));
}

TEST(StatusTest, ListsEveryCause) {
  const ResourceType type{"berth.dev", "v1alpha1", "Host", "hosts", false};

  const auto error = invalid(
      type,
      "inv",
      {requiredValue("spec.connection"), unsupportedValue("spec.tier", "tin", {"gold", "silver"})});

  EXPECT_EQ(
      error.message,
      "Host.berth.dev \"inv\" is invalid: [spec.connection: Required value, spec.tier: Unsupported "
      "value: \"tin\": supported values: \"gold\", \"silver\"]");
  EXPECT_EQ(failureStatus(error, {})["details"]["causes"].size(), 2U);
}

TEST(ContinueTokenTest, ComesBackAsItWas) {
  const ContinueToken token{.revision = 42, .after = {"ns", "näme/x"}, .remaining = 7};

  const auto parsed = ContinueToken::parse(token.text());

  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->revision, 42);
  EXPECT_EQ(parsed->after, token.after);
  EXPECT_EQ(parsed->remaining, 7U);
  EXPECT_EQ(http::percentEncode(token.text()), token.text());
}

TEST(ContinueTokenTest, IsRefusedWhenItIsNoneOfOurs) {
  for (const auto* text : {"x", "bm9wZQ", "eyJ2IjoxfQ", "%%%"})
    EXPECT_EQ(ContinueToken::parse(text).error().reason, Reason::BadRequest) << text;
}

}  // namespace
}  // namespace berth::api
