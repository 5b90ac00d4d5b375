#include "reconcilers/clientdeployment/tenant_network.hpp"

#include <thread>

#include <gmock/gmock.h>

#include "core/base/guarded.hpp"
#include "reconcilers/marks.hpp"

namespace berth::clientdeployment {
namespace {

/// An engine before 1.44: a name may be there more than once.
class CarelessNetworks final : public docker::Networks {
 public:
  Result<docker::NetworkState> create(const Context&, const docker::NetworkSpec& spec) override {
    return networks_.with([&](auto& networks) -> Result<docker::NetworkState> {
      docker::NetworkState state{.name = spec.name, .labels = spec.labels};
      state.id = "n" + std::to_string(++made_);
      networks.push_back(state);
      return state;
    });
  }
  Result<docker::NetworkState> inspect(const Context&, const std::string& id) override {
    for (const auto& network : all())
      if (network.id == id || network.name == id) return network;
    return Error{Reason::NotFound, id};
  }
  Result<std::vector<docker::NetworkState>> list(
      const Context&, const docker::Labels& labels) override {
    auto found = all();
    std::erase_if(found, [&](const docker::NetworkState& network) {
      return !std::ranges::all_of(labels, [&](const auto& label) {
        const auto at = network.labels.find(label.first);
        return at != network.labels.end() && at->second == label.second;
      });
    });
    return found;
  }
  Result<> remove(const Context&, const std::string& id) override {
    if (id == inUse) return Error{Reason::Conflict, "in use"};
    networks_.with([&](auto& networks) {
      std::erase_if(networks, [&](const auto& network) { return network.id == id; });
    });
    return Ok{};
  }

  [[nodiscard]] std::vector<docker::NetworkState> all() const {
    return networks_.with([](const auto& networks) { return networks; });
  }

  std::string inUse;

 private:
  Guarded<std::vector<docker::NetworkState>> networks_;
  int made_ = 0;
};

class TenantNetworkTest : public testing::Test {
 protected:
  static inline const std::string kCluster = "0123456789abcdef";

  Result<> ensure() { return network_.ensure({}, networks_, kCluster, "local"); }
  docker::NetworkSpec ours() {
    return {
        .name = mark::networkName(kCluster),
        .labels = {{mark::kClusterId, kCluster}, {mark::kRole, mark::kTenantsRole}}};
  }

  CarelessNetworks networks_;
  TenantNetwork network_;
};

TEST_F(TenantNetworkTest, IsMadeOnceThoughManyWantIt) {
  {
    std::vector<std::jthread> workers;
    const auto insist = [&] {
      auto result = ensure();
      while (!result && result.error().isRetryable()) result = ensure();
      EXPECT_TRUE(result);
    };
    for (int i = 0; i < 8; ++i) workers.emplace_back(insist);
  }

  EXPECT_EQ(networks_.all().size(), 1);
}

TEST_F(TenantNetworkTest, TakesAwayWhatIsThereTwiceButNotWhatIsInUse) {
  networks_.inUse = networks_.create({}, ours())->id;
  ASSERT_TRUE(networks_.create({}, ours()));

  ASSERT_TRUE(ensure());

  ASSERT_EQ(networks_.all().size(), 1);
  EXPECT_EQ(networks_.all()[0].id, networks_.inUse);
}

TEST_F(TenantNetworkTest, LeavesAForeignNetworkOfThatNameAloneAndSaysSo) {
  ASSERT_TRUE(networks_.create({}, {.name = mark::networkName(kCluster)}));

  const auto result = ensure();

  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, testing::HasSubstr("not ours"));
  EXPECT_EQ(networks_.all().size(), 1);
}

}  // namespace
}  // namespace berth::clientdeployment
