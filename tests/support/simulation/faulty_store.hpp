/// @file
/// FaultyStore: a store as one controller sees it, with everything that can happen
/// between them.  One thread.
#pragma once

#include <string>

#include "controller/store/store.hpp"
#include "tests/support/simulation/nemesis.hpp"
#include "tests/support/simulation/planted.hpp"

namespace berth::simulation {

class FaultyStore final : public store::Store, public store::Leases {
 public:
  FaultyStore(store::Store& store, store::Leases& leases, Nemesis& nemesis, const Planted& planted)
      : store_(store), leases_(leases), nemesis_(nemesis), planted_(planted) {}

  Result<store::StoredObjectPtr> write(const Context& context, const store::Write& write) override {
    auto sent = write;
    if (planted_.has(Bug::NoCompareAndSwap)) sent.expected.reset();
    auto allowed = context;
    if (planted_.has(Bug::NoFence)) allowed.epoch = {};
    auto written = call("store.write " + write.resource + " " + write.key.text(), false, [&] {
      return store_.write(allowed, sent);
    });
    nemesis_.note(
        "wrote " + write.resource + " " + write.key.text() +
        (written ? "" : ": " + std::string(toString(written.error().reason))));
    return written;
  }
  Result<store::StoredObjectPtr> get(
      const Context& context, const std::string& resource, const ObjectKey& key) override {
    return call("store.get", false, [&] { return store_.get(context, resource, key); });
  }
  Result<store::Page> list(const Context& context, const ListOptions& options) override {
    return call("store.list", true, [&] { return store_.list(context, options); });
  }
  Result<store::Changes> changesSince(
      const Context& context, store::Revision revision, std::size_t limit) override {
    return call(
        "store.changes", true, [&] { return store_.changesSince(context, revision, limit); });
  }
  Result<store::Revision> compact(const Context& context, std::int64_t keep) override {
    return store_.compact(context, keep);
  }
  Result<store::LeaseState> tryLease(
      const Context& context,
      const std::string& name,
      const std::string& holder,
      Duration ttl) override {
    return call("store.lease", false, [&] { return leases_.tryLease(context, name, holder, ttl); });
  }
  Result<> release(
      const Context& context, const std::string& name, const std::string& holder) override {
    return leases_.release(context, name, holder);
  }

 private:
  template <class Function>
  auto call(const std::string& name, bool alone, Function&& function)
      -> std::invoke_result_t<Function> {
    const auto fate = nemesis_.before(name, alone);
    if (nemesis_.storeAway() || fate == Fate::LoseRequest)
      return lostRequest(nemesis_, name + ": the store does not answer");
    auto result = function();
    if (fate == Fate::LoseReply) return Error{Reason::Timeout, name + ": no answer in time"};
    return result;
  }

  store::Store& store_;
  store::Leases& leases_;
  Nemesis& nemesis_;
  const Planted& planted_;
};

}  // namespace berth::simulation
