#include "controller/api/embedded_kinds.hpp"

#include "berth/embedded_crds.hpp"

namespace berth::api {
namespace {

RegistryPtr loadEmbedded() {
  std::vector<Json> documents;
  for (const auto& crd : kinds::embeddedCrds()) {
    auto parsed = parseJson(crd.json);
    BERTH_ASSERT(parsed.has_value());
    documents.push_back(std::move(parsed->document));
  }
  auto registry = Registry::load(documents);
  if (!registry) assertionFailed(registry.error().message.c_str(), __FILE__, __LINE__);
  return *std::move(registry);
}

}  // namespace

const RegistryPtr& embeddedKinds() {
  static const RegistryPtr kKinds = loadEmbedded();
  return kKinds;
}

}  // namespace berth::api
