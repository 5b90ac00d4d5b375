#include <gmock/gmock.h>

#include "reconcilers/providers/docker/images.hpp"

namespace berth::docker {
namespace {

const std::string kDigest = "sha256:" + std::string(64, 'a');

struct Case {
  std::string text;
  std::string canonical;  // empty: Invalid
};

class ImageReferenceTest : public testing::TestWithParam<Case> {};

TEST_P(ImageReferenceTest, HasOneCanonicalText) {
  const auto reference = parseImageReference(GetParam().text);

  EXPECT_EQ(reference ? reference->text() : "", GetParam().canonical);
}

INSTANTIATE_TEST_SUITE_P(
    Texts,
    ImageReferenceTest,
    testing::Values(
        Case{"tenant", "tenant:latest"},
        Case{"tenant:1.2", "tenant:1.2"},
        Case{"localhost:5000/a/b", "localhost:5000/a/b:latest"},
        Case{"ghcr.io/open-webui/open-webui:v0.6.31", "ghcr.io/open-webui/open-webui:v0.6.31"},
        Case{"a/b:1@" + kDigest, "a/b@" + kDigest},
        Case{"a/b@" + kDigest, "a/b@" + kDigest},
        Case{"", ""},
        Case{"Tenant", ""},
        Case{"tenant:", ""},
        Case{"a//b", ""},
        Case{"a:b c", ""},
        Case{"a@sha256:12", ""},
        Case{"/a", ""},
        Case{"-a", ""}));

}  // namespace
}  // namespace berth::docker
