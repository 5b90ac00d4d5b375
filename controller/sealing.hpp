/// @file
/// Sealing: the key file of a process, and the store as it looks through it.
///
/// The file is made at the first start on a store that has no key yet.  Any other
/// start without the keys that the store needs is refused, because Secrets would be
/// lost to it.  While the process runs, a changed file takes effect within seconds.
#pragma once

#include <memory>
#include <string>

#include "controller/store/open.hpp"
#include "controller/store/resealer.hpp"
#include "controller/store/sealed_store.hpp"
#include "core/run/actor.hpp"
#include "core/telemetry/log.hpp"
#include "core/telemetry/metrics.hpp"

namespace berth {

class Sealing {
 public:
  struct Options {
    std::string keyFile;
    Log log = {};
    Metrics* metrics = nullptr;
  };

  /// `opened` and `random` must outlive it.  ServiceUnavailable when a key is missing.
  static Result<std::unique_ptr<Sealing>> open(
      store::OpenedStore& opened, const Options& options, Random& random);

  store::Store& store() { return store_; }
  /// Reads the file again when it changed; for every process.
  Actor& watcher() { return watcher_; }
  /// For the leader; nullptr for a store in memory.
  std::unique_ptr<Actor> makeResealer();

 private:
  class Watcher final : public Actor {
   public:
    Watcher(Sealing& sealing, std::string text) : sealing_(sealing), text_(std::move(text)) {}
    Time turn(const Context& context, Time now) override;

   private:
    Sealing& sealing_;
    std::string text_;  // of the file when it was last looked at
  };

  Sealing(
      store::OpenedStore& opened,
      const Options& options,
      store::Keyring keyring,
      std::string storeId,
      Random& random);

  store::OpenedStore& opened_;
  const Options options_;
  store::Sealer sealer_;
  store::SealedStore store_;
  Watcher watcher_;
};

/// ServiceUnavailable when rows of the store are sealed with keys that the keyring,
/// which was read from `keyFile`, does not have.
Result<> checkKeys(store::RawRows& rows, const store::Keyring& keyring, const std::string& keyFile);

}  // namespace berth
