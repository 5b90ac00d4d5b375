#include "cli/manifests.hpp"

#include <gtest/gtest.h>

namespace berth::cli {
namespace {

TEST(ManifestsTest, SaysWhereEachDocumentBegins) {
  const auto manifests = parseManifests(
      "# a comment\n"
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
      "---\n---\n"
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n",
      "two.yaml");

  ASSERT_TRUE(manifests) << manifests.error().message;
  ASSERT_EQ(manifests->size(), 2U);
  EXPECT_EQ((*manifests)[0].place(), "two.yaml:2");
  EXPECT_EQ((*manifests)[1].place(), "two.yaml:6");
}

TEST(ManifestsTest, TakesAListApart) {
  const auto manifests = parseManifests(
      "apiVersion: v1\nkind: List\nitems:\n"
      "- {apiVersion: v1, kind: Secret, metadata: {name: a}}\n"
      "- {apiVersion: v1, kind: Secret, metadata: {name: b}}\n",
      "list.yaml");

  ASSERT_TRUE(manifests) << manifests.error().message;
  EXPECT_EQ(manifests->size(), 2U);
}

struct BadCase {
  const char* text;
  const char* message;
};

class BadManifestTest : public testing::TestWithParam<BadCase> {};

TEST_P(BadManifestTest, NamesThePlace) {
  const auto manifests = parseManifests(GetParam().text, "bad.yaml");

  ASSERT_FALSE(manifests);
  EXPECT_EQ(manifests.error().reason, Reason::Invalid);
  EXPECT_EQ(manifests.error().message.rfind(GetParam().message, 0), 0U)
      << manifests.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    Texts,
    BadManifestTest,
    testing::Values(
        BadCase{"a: 1\nb: [1\nc: 2\n", "bad.yaml: line 3, column "},
        BadCase{"a:\n\tb: 1\n", "bad.yaml: line 2, column "},
        BadCase{"kind: X\nspec:\n  a: 1\n  a: 2\n", "bad.yaml:4: key is there twice: spec.a"},
        BadCase{"just text\n", "bad.yaml:1: expected an object, found string"},
        BadCase{"kind: X\nmetadata: {name: x}\n", "bad.yaml:1: apiVersion: required"},
        BadCase{
            "apiVersion: v1\nkind: X\nmetadata: {name: x}\n---\napiVersion: v1\nkind: X\n",
            "bad.yaml:4: metadata.name: required"},
        BadCase{"kind: \"\xff\"\n", "bad.yaml: "}));

}  // namespace
}  // namespace berth::cli
