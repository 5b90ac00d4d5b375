#include <gmock/gmock.h>

#include "berth/embedded_crds.hpp"
#include "berth/v1alpha1/dns_record.hpp"
#include "core/object/codec.hpp"

namespace berth {
namespace {

TEST(KindsTest, ReadsAGeneratedKindWithItsDefaults) {
  const auto record = decodeObject<v1alpha1::DNSRecord>(Json::parse(R"({"metadata":{"name":"www"},
        "spec":{"providerRef":{"name":"cf"},"zone":"example.org","name":"www","type":"A",
                "content":"192.0.2.7"}})"));

  ASSERT_TRUE(record) << record.error().message;
  EXPECT_EQ(record->spec.providerRef.name, "cf");
  EXPECT_EQ(record->spec.ttl, 300);
  EXPECT_EQ(record->spec.deletionPolicy, "Delete");
}

TEST(KindsTest, WritesWhatItReadAndNoStatusOfItsOwn) {
  v1alpha1::DNSRecord record;
  record.metadata.name = "www";
  record.spec.zone = "example.org";

  const Json document = encodeObject(record);

  EXPECT_EQ(stringAt(document, "apiVersion"), "berth.dev/v1alpha1");
  EXPECT_EQ(stringAt(document, "kind"), "DNSRecord");
  EXPECT_FALSE(document.contains("status"));
  EXPECT_EQ(*decodeObject<v1alpha1::DNSRecord>(document), record);
}

TEST(KindsTest, EmbedsEveryFileAsJson) {
  ASSERT_FALSE(kinds::embeddedCrds().empty());
  for (const auto& crd : kinds::embeddedCrds()) {
    const auto parsed = parseJson(crd.json);
    ASSERT_TRUE(parsed) << crd.file << ": " << parsed.error().message;
    const auto plural = stringAt(parsed->document, "spec.names.plural");
    EXPECT_EQ(crd.file, (crd.core ? "core/" : "") + plural + ".yaml");
  }
}

}  // namespace
}  // namespace berth
