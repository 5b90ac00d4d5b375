/// @file
/// EpollProber: probes many tenants from one thread, over keep-alive connections
/// that nothing waits for.  A probe is three system calls.  Thread-safe.
#pragma once

#include <memory>
#include <string>

#include "reconcilers/providers/hosts/prober.hpp"

namespace berth::hosts {

class EpollProber final : public Prober {
 public:
  /// The clock must outlive it.
  explicit EpollProber(const Clock& clock);
  ~EpollProber() override;
  EpollProber(const EpollProber&) = delete;
  EpollProber& operator=(const EpollProber&) = delete;

  void set(const std::string& key, const ProbeSpec& spec) override;
  void remove(const std::string& key) override;
  [[nodiscard]] std::optional<ProbeResult> latest(const std::string& key) const override;
  void onChange(ProbeCallback callback) override;

 private:
  class Loop;
  std::unique_ptr<Loop> loop_;
};

}  // namespace berth::hosts
