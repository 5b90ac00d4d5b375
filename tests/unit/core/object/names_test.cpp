#include "core/object/names.hpp"

#include <gmock/gmock.h>

#include "core/object/image.hpp"

namespace berth {
namespace {

TEST(NamesTest, TakesWhatKubernetesTakes) {
  EXPECT_FALSE(checkLabelName("acme-1"));
  EXPECT_FALSE(checkSubdomain("www.example.org"));
  EXPECT_FALSE(checkQualifiedName("berth.dev/cleanup"));
  EXPECT_FALSE(checkQualifiedName("A_b.c"));
  EXPECT_FALSE(checkLabelValue(""));
  EXPECT_FALSE(checkLabelValue("v1.2_3"));
  EXPECT_FALSE(checkSubdomain(std::string(253, 'a')));
}

TEST(NamesTest, RefusesTheRest) {
  for (const auto* text : {"", "-a", "a-", "A", "a.b", "a_b", "ä"})
    EXPECT_TRUE(checkLabelName(text)) << text;
  for (const auto* text : {"", ".a", "a..b", "a.", "A.b", "a.-b"})
    EXPECT_TRUE(checkSubdomain(text)) << text;
  for (const auto* text : {"", "/a", "a/", "a/b/c", "A/b", "-a", "a b"})
    EXPECT_TRUE(checkQualifiedName(text)) << text;
  EXPECT_EQ(checkLabelName(std::string(64, 'a')), "must be no more than 63 bytes");
  EXPECT_TRUE(checkLabelValue("-"));
}

TEST(NamesTest, BoundsLongNamesAndKeepsThemApart) {
  const std::string one(80, 'a');
  const auto bounded = boundedName(one);

  EXPECT_EQ(boundedName("short"), "short");
  EXPECT_EQ(bounded.size(), kMaxLabel);
  EXPECT_FALSE(checkLabelName(bounded));
  EXPECT_EQ(bounded, boundedName(one));
  EXPECT_NE(bounded, boundedName(one + "b"));
}

TEST(ImageTest, ReadsThePartsOfAName) {
  EXPECT_EQ(
      *parseImage("ghcr.io/open-webui/open-webui:v0.6.5"),
      (ImageReference{"ghcr.io", "open-webui/open-webui", "v0.6.5", ""}));
  EXPECT_EQ(*parseImage("nginx"), (ImageReference{"docker.io", "library/nginx", "latest", ""}));
  EXPECT_EQ(*parseImage("acme/app"), (ImageReference{"docker.io", "acme/app", "latest", ""}));
  EXPECT_EQ(*parseImage("localhost:5000/a:b"), (ImageReference{"localhost:5000", "a", "b", ""}));
  const auto digest = "sha256:" + std::string(64, 'a');
  EXPECT_EQ(parseImage("a/b@" + digest)->digest, digest);
  EXPECT_EQ(parseImage("a/b@" + digest)->tag, "");
  EXPECT_EQ(parseImage("a/b:c@" + digest)->text(), "docker.io/a/b:c@" + digest);
}

TEST(ImageTest, SaysWhatIsWrong) {
  const auto problem = [](const std::string& text) {
    const auto image = parseImage(text);
    return image ? "none" : image.error().message;
  };
  EXPECT_THAT(problem(""), testing::HasSubstr("empty"));
  EXPECT_THAT(problem("a:"), testing::HasSubstr("tag"));
  EXPECT_THAT(problem("A/b"), testing::HasSubstr("lower case"));
  EXPECT_THAT(problem("a//b"), testing::HasSubstr("lower case"));
  EXPECT_THAT(problem("a@sha256:12"), testing::HasSubstr("digest"));
  EXPECT_THAT(problem("host:port/a"), testing::HasSubstr("registry"));
  EXPECT_THAT(problem("a b"), testing::HasSubstr("lower case"));
  EXPECT_THAT(problem("localhost/"), testing::HasSubstr("no name"));
}

}  // namespace
}  // namespace berth
