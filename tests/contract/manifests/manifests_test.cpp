#include <filesystem>
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>

#include "berth/embedded_crds.hpp"
#include "core/schema/crd.hpp"
#include "core/schema/shape.hpp"
#include "core/schema/validate.hpp"
#include "core/yaml/yaml.hpp"

namespace berth {
namespace {

const std::filesystem::path kManifests = std::filesystem::path(BERTH_SOURCE_DIR) / "manifests";

std::vector<std::shared_ptr<const CrdDefinition>> loadKinds() {
  std::vector<std::shared_ptr<const CrdDefinition>> kinds;
  for (const auto& crd : kinds::embeddedCrds())
    kinds.push_back(*loadCrd(parseJson(crd.json)->document));
  return kinds;
}

const CrdDefinition* kindOf(const Json& object) {
  static const auto kKinds = loadKinds();
  for (const auto& kind : kKinds)
    if (kind->type().kind == stringAt(object, "kind") &&
        kind->type().apiVersion() == stringAt(object, "apiVersion"))
      return kind.get();
  return nullptr;
}

std::vector<std::filesystem::path> allManifests() {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(kManifests))
    if (entry.path().extension() == ".yaml" && entry.path().filename() != "kustomization.yaml")
      paths.push_back(entry.path());
  std::ranges::sort(paths);
  return paths;
}

std::vector<YamlDocument> read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  auto documents = parseYaml(text);
  if (!documents) {
    ADD_FAILURE() << path << ": " << documents.error().message;
    return {};
  }
  return *std::move(documents);
}

class ManifestTest : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(ManifestTest, IsTakenByTheStrictestServer) {
  for (auto& [object, line, duplicateKeys] : read(GetParam())) {
    SCOPED_TRACE("line " + std::to_string(line));
    const auto* kind = kindOf(object);
    ASSERT_NE(kind, nullptr) << stringAt(object, "kind");
    const auto& schema = kind->storage().schema;

    EXPECT_TRUE(duplicateKeys.empty());
    for (const auto& field : findUnknownFields(schema, object)) ADD_FAILURE() << field.message();
    applyDefaults(schema, object);
    for (const auto& cause : validate(schema, object))
      ADD_FAILURE() << cause.field << ": " << cause.message;
    for (const auto& cause : validateMetadata(object))
      ADD_FAILURE() << cause.field << ": " << cause.message;
  }
}

std::string nameOf(const testing::TestParamInfo<std::filesystem::path>& manifest) {
  auto name = std::filesystem::relative(manifest.param, kManifests).replace_extension().string();
  for (char& c : name) c = std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, ManifestTest, testing::ValuesIn(allManifests()), nameOf);

TEST(ExamplesTest, HaveAMinimalAndAFullOneOfEveryKind) {
  for (const auto& kind : loadKinds()) {
    if (kind->group != "berth.dev") continue;
    const auto* annotations = findPath(kind->document, "metadata.annotations");
    const bool isServersOwn =
        annotations != nullptr && annotations->contains("berth.dev/read-only");
    if (isServersOwn) continue;  // nobody writes one
    for (const auto* size : {"minimal", "full"}) {
      const auto path = kManifests / "examples" / (kind->names.singular + "-" + size + ".yaml");
      EXPECT_TRUE(std::filesystem::exists(path)) << path;
    }
  }
}

}  // namespace
}  // namespace berth
