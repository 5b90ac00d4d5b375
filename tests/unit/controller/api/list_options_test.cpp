#include "controller/api/list_options.hpp"

#include "controller/api/paging.hpp"
#include "tests/unit/controller/api/api_fixture.hpp"

namespace berth::api {
namespace {

using testing::HasSubstr;

struct Case {
  const char* query;
  int status;
  const char* message;  // part of it
};

/// Each row is what kube-apiserver answers to the same query; 1 << 40 is the store's
/// first revision.
class ListOptionsTest : public ApiFixture, public testing::WithParamInterface<Case> {
 protected:
  ListOptionsTest() {
    createHost("a");
    settle();
  }
};

TEST_P(ListOptionsTest, AnswersAsKubernetesDoes) {
  const auto answer = call("GET", kHosts + "?" + GetParam().query);

  EXPECT_EQ(answer.status, GetParam().status) << GetParam().query << ": " << answer.text;
  EXPECT_THAT(answer.text, HasSubstr(GetParam().message)) << GetParam().query;
}

INSTANTIATE_TEST_SUITE_P(
    Lists,
    ListOptionsTest,
    testing::Values(
        Case{"", 200, "\"a\""},
        Case{"resourceVersion=0", 200, "\"a\""},
        Case{"resourceVersion=1", 200, "\"a\""},
        Case{"resourceVersion=1&resourceVersionMatch=NotOlderThan", 200, "\"a\""},
        Case{"resourceVersion=0&resourceVersionMatch=NotOlderThan", 200, "\"a\""},
        Case{"resourceVersion=1099511627776&limit=5", 200, "\"items\":[]"},  // exactly that one
        Case{"resourceVersion=1&limit=5&resourceVersionMatch=NotOlderThan", 200, "\"a\""},
        Case{"resourceVersion=1099511627776&resourceVersionMatch=Exact", 200, "\"items\":[]"},
        Case{
            "resourceVersion=0&resourceVersionMatch=Exact",
            422,
            "is forbidden for resourceVersion"},
        Case{"resourceVersionMatch=Exact", 422, "is forbidden unless resourceVersion is provided"},
        Case{"resourceVersionMatch=NotOlderThan", 422, "is forbidden unless resourceVersion"},
        Case{"resourceVersion=1&resourceVersionMatch=Newest", 422, "Unsupported value"},
        Case{"resourceVersion=x", 422, "resourceVersion"},
        Case{"resourceVersion=99999999999999", 504, "Too large resource version"},
        Case{
            "resourceVersion=99999999999999&resourceVersionMatch=Exact",
            504,
            "Too large resource version"},
        Case{"sendInitialEvents=true", 422, "sendInitialEvents is forbidden for list"},
        Case{"continue=x", 400, "continue"},
        Case{"continue=x&resourceVersion=1", 400, "is not allowed when using continue"},
        Case{
            "continue=x&resourceVersion=1&resourceVersionMatch=Exact",
            422,
            "when continue is provided"},
        Case{"limit=x", 400, "limit"},
        Case{"fieldSelector=spec.x%3Dy", 400, "field label not supported: spec.x"},
        Case{"labelSelector=a%20in%20b", 400, ""}));

INSTANTIATE_TEST_SUITE_P(
    Watches,
    ListOptionsTest,
    testing::Values(
        Case{"watch=1", 200, ""},
        Case{"watch=1&resourceVersion=0", 200, ""},
        Case{"watch=1&resourceVersion=x", 422, "resourceVersion"},
        Case{
            "watch=1&resourceVersionMatch=NotOlderThan",
            422,
            "unless sendInitialEvents is provided"},
        Case{"watch=1&resourceVersionMatch=Exact", 422, "Unsupported value"},
        Case{"watch=1&sendInitialEvents=true", 422, "requires setting resourceVersionMatch"},
        Case{"watch=1&sendInitialEvents=false", 422, "requires setting resourceVersionMatch"},
        Case{"watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan", 200, ""},
        Case{
            "watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&continue=x",
            422,
            "when continue is provided"},
        Case{"watch=1&timeoutSeconds=x", 400, "timeoutSeconds"}));

TEST_F(ListOptionsTest, AWatchWithoutInitialEventsBeginsWithTheNextChange) {
  const auto writer =
      watch(kHosts + "?watch=1&sendInitialEvents=false&resourceVersionMatch=NotOlderThan");
  EXPECT_THAT(writer->summary(), testing::IsEmpty());

  createHost("b");
  settle();

  EXPECT_THAT(writer->summary(), testing::ElementsAre("ADDED b"));
}

TEST_F(ListOptionsTest, AnExpiredPageComesWithATokenForTheRestAsItIsNow) {
  createHost("b");
  const auto first = call("GET", kHosts + "?limit=1");
  createHost("c");
  ASSERT_TRUE(store_.compact({}, 0));

  const auto late = call("GET", kHosts + "?limit=1&continue=" + first.at("metadata.continue"));
  EXPECT_EQ(late.status, 410);
  EXPECT_EQ(late.at("reason"), "Expired");
  const auto rest = call("GET", kHosts + "?continue=" + late.at("metadata.continue"));

  ASSERT_EQ(rest.status, 200) << rest.text;
  EXPECT_EQ(rest.body["items"].size(), 2U);
  EXPECT_EQ(stringAt(rest.body["items"][1], "metadata.name"), "c");
}

}  // namespace
}  // namespace berth::api
