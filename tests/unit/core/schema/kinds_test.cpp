#include <gmock/gmock.h>

#include "berth/embedded_crds.hpp"
#include "berth/v1alpha1/backup.hpp"
#include "berth/v1alpha1/backup_policy.hpp"
#include "berth/v1alpha1/certificate.hpp"
#include "berth/v1alpha1/client_deployment.hpp"
#include "berth/v1alpha1/dns_provider.hpp"
#include "berth/v1alpha1/dns_record.hpp"
#include "berth/v1alpha1/git_source.hpp"
#include "berth/v1alpha1/host.hpp"
#include "berth/v1alpha1/issuer.hpp"
#include "berth/v1alpha1/migration.hpp"
#include "berth/v1alpha1/restore.hpp"
#include "berth/v1alpha1/sync_conflict.hpp"
#include "berth/v1alpha1/sync_job.hpp"
#include "berth/v1alpha1/sync_policy.hpp"
#include "core/object/codec.hpp"
#include "core/schema/crd.hpp"
#include "core/schema/shape.hpp"

namespace berth {
namespace {

template <class T>
class EveryKindTest : public testing::Test {
 protected:
  static std::shared_ptr<const CrdDefinition> definition() {
    for (const auto& crd : kinds::embeddedCrds())
      if (crd.file == T::kType.plural + ".yaml") return *loadCrd(parseJson(crd.json)->document);
    return nullptr;
  }
  static Json givenEmpty() { return {{"metadata", {{"name", "a"}}}, {"spec", Json::object()}}; }
};

using AllKinds = testing::Types<
    v1alpha1::Backup,
    v1alpha1::BackupPolicy,
    v1alpha1::Certificate,
    v1alpha1::ClientDeployment,
    v1alpha1::DNSProvider,
    v1alpha1::DNSRecord,
    v1alpha1::GitSource,
    v1alpha1::Host,
    v1alpha1::Issuer,
    v1alpha1::Migration,
    v1alpha1::Restore,
    v1alpha1::SyncConflict,
    v1alpha1::SyncJob,
    v1alpha1::SyncPolicy>;
TYPED_TEST_SUITE(EveryKindTest, AllKinds);

TYPED_TEST(EveryKindTest, IsTheTypeThatItsCrdDeclares) {
  ASSERT_NE(this->definition(), nullptr);
  EXPECT_EQ(this->definition()->type(), TypeParam::kType);
}

TYPED_TEST(EveryKindTest, HasTheDefaultsOfItsSchema) {
  auto document = this->givenEmpty();
  applyDefaults(this->definition()->storage().schema, document);

  const auto defaulted = decodeObject<TypeParam>(document);
  const auto plain = decodeObject<TypeParam>(this->givenEmpty());

  ASSERT_TRUE(defaulted) << defaulted.error().message;
  EXPECT_EQ(*defaulted, *plain);
}

TYPED_TEST(EveryKindTest, WritesNothingThatItsSchemaDoesNotKnow) {
  TypeParam object;
  object.metadata.name = "a";
  object.status.observedGeneration = 1;
  object.status.conditions = {{.type = "Ready", .status = "True", .reason = "Fine"}};

  const Json document = encodeObject(object);

  EXPECT_TRUE(findUnknownFields(this->definition()->storage().schema, document).empty());
  EXPECT_EQ(*decodeObject<TypeParam>(document), object);
}

TEST(KindsTest, ReadsAGeneratedKindWithItsDefaults) {
  const auto record = decodeObject<v1alpha1::DNSRecord>(Json::parse(R"({"metadata":{"name":"www"},
        "spec":{"providerRef":{"name":"cf"},"zone":"example.org","name":"www","type":"A",
                "content":"192.0.2.7"}})"));

  ASSERT_TRUE(record) << record.error().message;
  EXPECT_EQ(record->spec.providerRef.name, "cf");
  EXPECT_EQ(record->spec.ttl, 300);
  EXPECT_EQ(record->spec.deletionPolicy, "Delete");
}

TEST(KindsTest, WritesNoStatusOfItsOwn) {
  EXPECT_FALSE(encodeObject(v1alpha1::DNSRecord{}).contains("status"));
  EXPECT_EQ(stringAt(encodeObject(v1alpha1::DNSRecord{}), "apiVersion"), "berth.dev/v1alpha1");
}

TEST(KindsTest, EmbedsEveryFileAsJson) {
  for (const auto& crd : kinds::embeddedCrds()) {
    const auto parsed = parseJson(crd.json);
    ASSERT_TRUE(parsed) << crd.file << ": " << parsed.error().message;
    const auto plural = stringAt(parsed->document, "spec.names.plural");
    const std::string folder = crd.core ? "core/" : "";
    const auto group = stringAt(parsed->document, "spec.group");
    // With its group where two of Kubernetes have the plural.
    EXPECT_TRUE(
        crd.file == folder + plural + ".yaml" ||
        crd.file == folder + plural + "." + group + ".yaml")
        << crd.file;
  }
}

}  // namespace
}  // namespace berth
