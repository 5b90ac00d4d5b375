/// @file
/// HubState: what the hub knows, and the rules by which it changes; no threads, no
/// store.  Only for watch_hub.cpp.  One thread, or under a lock.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "controller/runtime/watch_hub.hpp"

namespace berth::runtime {

/// The wake functions to be called once the lock has been given up.
using Wakes = std::vector<std::shared_ptr<const std::function<void()>>>;

class HubState {
 public:
  explicit HubState(std::size_t ring) : ring_(ring) {}

  [[nodiscard]] bool synced() const { return synced_; }
  [[nodiscard]] Revision revision() const { return revision_; }
  /// Counts the times that everything was begun anew; a cursor of an older life has
  /// expired.
  [[nodiscard]] std::uint64_t life() const { return life_; }

  /// Begins anew with a snapshot.
  Wakes reset(Revision revision, std::vector<CachedObjectPtr> objects);
  /// `objects[i]` belongs to `changes[i]`; the first one follows revision().
  Wakes apply(
      const std::vector<store::Change>& changes, const std::vector<CachedObjectPtr>& objects);
  /// Stops serving until the next reset(): subscriptions expire.
  Wakes distrust();

  [[nodiscard]] HubList list(const std::string& resource, const std::string& namespaceName) const;
  [[nodiscard]] CachedObjectPtr get(const std::string& resource, const ObjectKey& key) const;

  /// Whether every change of `resource` after `from` is still here.
  [[nodiscard]] bool reaches(const std::string& resource, Revision from) const;
  [[nodiscard]] std::vector<HubChangePtr> changesAfter(
      const std::string& resource, Revision from) const;

  /// Until the function is destroyed by all its owners.
  void wakeOnChange(
      const std::string& resource, const std::shared_ptr<const std::function<void()>>& wake);

 private:
  struct Table {
    std::map<ObjectKey, CachedObjectPtr> objects;
    std::deque<HubChangePtr> changes;
    Revision edge = 0;  // the newest change that was dropped
    std::vector<std::weak_ptr<const std::function<void()>>> wakes;
  };

  Table& table(const std::string& resource);
  void append(Table& table, HubChangePtr change);
  static void collect(Table& table, Wakes& wakes);

  std::size_t ring_;
  bool synced_ = false;
  Revision revision_ = 0;
  Revision base_ = 0;  // of the snapshot that everything began with
  std::uint64_t life_ = 0;
  std::map<std::string, Table> tables_;
  std::deque<Table*> order_;  // whose change came when; std::map keeps addresses
};

}  // namespace berth::runtime
