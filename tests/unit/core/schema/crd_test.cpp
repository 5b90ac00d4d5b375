#include "core/schema/crd.hpp"

#include <gmock/gmock.h>

#include "berth/embedded_crds.hpp"
#include "core/schema/json_path.hpp"
#include "core/schema/shape.hpp"
#include "core/schema/validate.hpp"

namespace berth {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::shared_ptr<const CrdDefinition> embedded(std::string_view file) {
  for (const auto& crd : kinds::embeddedCrds())
    if (crd.file == file) return *loadCrd(parseJson(crd.json)->document);
  return nullptr;
}

Json givenRecord() {
  return Json::parse(R"({"apiVersion":"berth.dev/v1alpha1","kind":"DNSRecord",
      "metadata":{"name":"www","namespace":"acme"},
      "spec":{"providerRef":{"name":"cf"},"zone":"example.org","name":"www","type":"A",
              "content":"192.0.2.7"}})");
}

TEST(CrdTest, LoadsWhatAKindIs) {
  const auto crd = embedded("dnsrecords.yaml");

  EXPECT_EQ(crd->type(), (ResourceType{"berth.dev", "v1alpha1", "DNSRecord", "dnsrecords", true}));
  EXPECT_THAT(crd->names.categories, ElementsAre("berth"));
  EXPECT_TRUE(crd->storage().hasStatus);
  EXPECT_FALSE(crd->storage().scale);
  EXPECT_THAT(crd->storage().selectableFields, ElementsAre(".spec.providerRef.name"));
  EXPECT_EQ(crd->version("v1"), nullptr);
  EXPECT_EQ(crd->storage().schema.at("spec.providerRef.name")->type, "string");
  EXPECT_EQ(crd->storage().schema.at("status.conditions.type")->type, "string");
  EXPECT_EQ(crd->storage().schema.at("spec.bogus"), nullptr);
}

TEST(CrdTest, RefusesWhatIsNoStructuralCrd) {
  const auto problem = [](auto change) {
    Json document = embedded("dnsrecords.yaml")->document;
    change(document);
    const auto loaded = loadCrd(std::move(document));
    return loaded ? std::string("none") : loaded.error().message;
  };
  const auto schema = [](Json& document) -> Json& {
    return document["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"];
  };
  EXPECT_EQ(problem([](Json&) {}), "none");
  EXPECT_THAT(problem([](Json& d) { d["kind"] = "Pod"; }), HasSubstr("kind"));
  EXPECT_THAT(
      problem([](Json& d) { d["spec"]["versions"][0]["storage"] = false; }),
      HasSubstr("storage version"));
  EXPECT_THAT(
      problem([&](Json& d) { schema(d)["properties"]["zone"]["type"] = "text"; }),
      HasSubstr("spec.zone: unknown type"));
  EXPECT_THAT(problem([&](Json& d) { schema(d)["$ref"] = "x"; }), HasSubstr("not structural"));
  EXPECT_THAT(
      problem([&](Json& d) {
        schema(d)["x-kubernetes-validations"] = Json::array({{{"rule", "self.a > self.b"}}});
      }),
      HasSubstr("does not know the rule self.a > self.b"));
}

TEST(CrdTest, EveryEmbeddedKindLoadsAndItsPatternsAndDefaultsAreSound) {
  const std::function<void(const Schema&, const std::string&)> visit =
      [&](const Schema& schema, const std::string& path) {
        if (schema.pattern) {
          EXPECT_TRUE(schema.pattern->compile()) << path;
        }
        if (schema.defaultValue) {
          auto value = *schema.defaultValue;
          applyDefaults(schema, value);
          EXPECT_THAT(validate(schema, value), IsEmpty()) << path << ": its default is not valid";
        }
        for (const auto& [name, member] : schema.properties) visit(member, path + "." + name);
        if (schema.items) visit(*schema.items, path + "[]");
        if (schema.additionalProperties) visit(*schema.additionalProperties, path + ".*");
      };
  for (const auto& crd : kinds::embeddedCrds()) {
    const auto loaded = loadCrd(parseJson(crd.json)->document);
    ASSERT_TRUE(loaded) << crd.file << ": " << loaded.error().message;
    visit((*loaded)->storage().schema, (*loaded)->names.kind);
    for (const auto& column : (*loaded)->storage().columns)
      EXPECT_TRUE(JsonPath::parse(column.jsonPath)) << crd.file << " " << column.jsonPath;
  }
}

TEST(CrdTest, AcceptsAGoodObjectAndTellsTheFaultsOfABadOne) {
  const auto crd = embedded("dnsrecords.yaml");
  auto object = givenRecord();

  EXPECT_THAT(validate(crd->storage().schema, object), IsEmpty());

  object["spec"]["type"] = "MX";
  object["spec"].erase("zone");
  object["metadata"]["labels"] = 3;
  std::vector<std::string> fields;
  for (const auto& cause : validate(crd->storage().schema, object)) fields.push_back(cause.field);
  EXPECT_THAT(fields, ElementsAre("metadata.labels", "spec.zone", "spec.type"));
}

TEST(CrdTest, ServesKubernetesOwnKindsWithoutShowingSecrets) {
  const auto crd = embedded("core/secrets.yaml");
  const auto object = Json::parse(R"({"apiVersion":"v1","kind":"Secret","metadata":{"name":"s"},
      "data":{"a":17},"type":"Opaque"})");
  auto tooLong = object;
  tooLong["data"]["a"] = std::string(2'000'000, 'q');

  EXPECT_EQ(crd->type(), (ResourceType{"", "v1", "Secret", "secrets", true}));
  EXPECT_EQ(openApiName(*crd, crd->storage()), "io.k8s.api.core.v1.Secret");
  EXPECT_EQ(validate(crd->storage().schema, object).at(0).field, "data.a");
  for (const auto& cause : validate(crd->storage().schema, tooLong))
    EXPECT_THAT(cause.message, testing::Not(HasSubstr("qq")));
  EXPECT_EQ(embedded("core/leases.yaml")->type().resource(), "leases.coordination.k8s.io");
}

TEST(ShapeTest, PutsInDefaultsAlsoForNull) {
  const auto crd = embedded("dnsrecords.yaml");
  auto object = givenRecord();
  object["spec"]["ttl"] = nullptr;

  applyDefaults(crd->storage().schema, object);

  EXPECT_EQ(object["spec"]["ttl"], 300);
  EXPECT_EQ(object["spec"]["deletionPolicy"], "Delete");
  EXPECT_FALSE(object.contains("status"));
}

TEST(ShapeTest, FillsDefaultsInsideDefaultsAndLists) {
  const auto schema = *loadSchema(Json::parse(R"({"type":"object","properties":{
      "a":{"type":"object","default":{},"properties":{"b":{"type":"integer","default":1}}},
      "c":{"type":"array","items":{"type":"object","properties":{"d":{"type":"string","default":"x"}}}},
      "e":{"type":"string","nullable":true,"default":"y"},
      "f":{"type":"string"}}})"));
  auto object = Json::parse(R"({"c":[{},{"d":"z"}],"e":null,"f":null})");

  applyDefaults(schema, object);

  EXPECT_EQ(object, Json::parse(R"({"a":{"b":1},"c":[{"d":"x"},{"d":"z"}],"e":null})"));
}

TEST(ShapeTest, FindsUnknownFieldsAndWhatWasMeant) {
  const auto crd = embedded("dnsrecords.yaml");
  auto object = givenRecord();
  object["spec"]["contnet"] = "x";
  object["metadata"]["lables"] = Json::object();
  object["qqqqqqqq"] = 1;

  std::vector<std::string> messages;
  for (const auto& field : findUnknownFields(crd->storage().schema, object))
    messages.push_back(field.message());
  EXPECT_THAT(
      messages,
      ElementsAre(
          R"(unknown field "metadata.lables", did you mean "metadata.labels"?)",
          R"(unknown field "qqqqqqqq")",
          R"(unknown field "spec.contnet", did you mean "spec.content"?)"));

  EXPECT_THAT(
      pruneUnknown(crd->storage().schema, object),
      ElementsAre("metadata.lables", "qqqqqqqq", "spec.contnet"));
  EXPECT_EQ(object, givenRecord());
}

TEST(ShapeTest, KeepsWhatTheSchemaSaysToKeep) {
  const auto schema = *loadSchema(Json::parse(R"({"type":"object","properties":{
      "free":{"type":"object","x-kubernetes-preserve-unknown-fields":true,
              "properties":{"known":{"type":"object","properties":{}, "additionalProperties":false}}},
      "map":{"type":"object","additionalProperties":{"type":"object","properties":{"a":{"type":"string"}}}},
      "list":{"type":"array","items":{"type":"object","properties":{"a":{"type":"string"}}}}}})"));
  auto object =
      Json::parse(R"({"free":{"x":1},"map":{"k":{"a":"","b":1}},"list":[{"b":1},{"a":""}]})");

  EXPECT_THAT(pruneUnknown(schema, object), ElementsAre("list[0].b", "map.k.b"));
  EXPECT_EQ(object, Json::parse(R"({"free":{"x":1},"map":{"k":{"a":""}},"list":[{},{"a":""}]})"));
}

TEST(OpenApiTest, DescribesTheKindForExplain) {
  const auto crd = embedded("dnsrecords.yaml");

  const auto component = openApiV3(*crd, crd->storage());

  EXPECT_EQ(openApiName(*crd, crd->storage()), "dev.berth.v1alpha1.DNSRecord");
  EXPECT_EQ(
      component["x-kubernetes-group-version-kind"],
      Json::parse(R"([{"group":"berth.dev","version":"v1alpha1","kind":"DNSRecord"}])"));
  EXPECT_EQ(
      component["properties"]["metadata"]["allOf"][0]["$ref"],
      "#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta");
  EXPECT_EQ(component["properties"]["spec"]["properties"]["ttl"]["default"], 300);
  EXPECT_FALSE(objectMetaOpenApi()["properties"]["name"]["description"].empty());
}

struct PathCase {
  const char* path;
  const char* found;
};

class JsonPathTest : public testing::TestWithParam<PathCase> {};

TEST_P(JsonPathTest, Finds) {
  static const auto kDocument = Json::parse(R"({
      "metadata": {"labels": {"a.b/c": "x"}},
      "spec": {"image": "i", "ports": [{"n": 1}, {"n": 2}, {"n": 3}]},
      "status": {"conditions": [{"type": "Synced", "status": "False"},
                                {"type": "Ready", "status": "True"}]}})");
  const auto path = JsonPath::parse(GetParam().path);
  ASSERT_TRUE(path) << path.error().message;
  Json found = Json::array();
  for (const auto* value : path->find(kDocument)) found.push_back(*value);
  EXPECT_EQ(found, Json::parse(GetParam().found)) << GetParam().path;
}

INSTANTIATE_TEST_SUITE_P(
    All,
    JsonPathTest,
    testing::Values(
        PathCase{".spec.image", R"(["i"])"},
        PathCase{"spec.image", R"(["i"])"},
        PathCase{"$.spec['image']", R"(["i"])"},
        PathCase{".spec.nothing.there", "[]"},
        PathCase{R"(.metadata.labels.a\.b/c)", R"(["x"])"},
        PathCase{".metadata.labels['a.b/c']", R"(["x"])"},
        PathCase{R"(.status.conditions[?(@.type=="Ready")].status)", R"(["True"])"},
        PathCase{".status.conditions[?(@.type == 'Ready')].status", R"(["True"])"},
        PathCase{".status.conditions[?(@.type!='Ready')].type", R"(["Synced"])"},
        PathCase{".spec.ports[?(@.n>=2)].n", "[2,3]"},
        PathCase{".spec.ports[?(@.absent)].n", "[]"},
        PathCase{".spec.ports[0].n", "[1]"},
        PathCase{".spec.ports[-1].n", "[3]"},
        PathCase{".spec.ports[7].n", "[]"},
        PathCase{".spec.ports[1:].n", "[2,3]"},
        PathCase{".spec.ports[0:2].n", "[1,2]"},
        PathCase{".spec.ports[*].n", "[1,2,3]"},
        PathCase{"..n", "[1,2,3]"}));

TEST(JsonPathErrorTest, TellsThePlace) {
  for (const auto* path : {".a[", ".a[x]", ".a[?(@.b=1)]", ".a[?(@.b==x)]", "a..", ".a['b]"})
    EXPECT_FALSE(JsonPath::parse(path)) << path;
  EXPECT_EQ(evalJsonPath(".a[", Json::object()), Json());
  EXPECT_EQ(JsonPath::parse(".a[x]").error().reason, Reason::BadRequest);
}

}  // namespace
}  // namespace berth
