/// @file
/// StoreBed: a store under test, with what it needs; and StoreTest, the fixture of
/// the cases that every store must pass.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "controller/store/audit_log.hpp"
#include "controller/store/store.hpp"
#include "core/base/clock.hpp"
#include "core/base/random.hpp"

namespace berth::store {

class StoreBed {
 public:
  virtual ~StoreBed() = default;
  virtual Store& store() = 0;
  virtual Leases& leases() = 0;
  virtual AuditLog& audit() = 0;
  /// Lets `time` pass for leases and remembered requests.
  virtual void pass(Duration time) = 0;
  /// Runs SQL behind the store's back; why it failed, "" when it did not.  nullopt: there
  /// is no SQL here.
  virtual std::optional<std::string> runSql(const std::string&) { return std::nullopt; }
  /// Takes away what protects the audit log from SQL.
  virtual void unguardAudit() {}
};

struct BedKind {
  std::string name;
  std::function<std::unique_ptr<StoreBed>()> make;
};
void PrintTo(const BedKind& kind, std::ostream* out);

/// Every kind of store there is.
std::vector<BedKind> bedKinds();

class StoreTest : public testing::TestWithParam<BedKind> {
 protected:
  static inline const std::string kKind = "clientdeployments.berth.dev";

  static Write create(const std::string& name, const std::string& text = "v1");
  static Write replace(const StoredObject& object, const std::string& text = "v2");
  static Write remove(const StoredObject& object);
  /// `text` as the document of these tests: {"v":"","text":TEXT}, whose revision is v.
  static Body body(const std::string& text);
  static std::string served(Revision revision, const std::string& text);

  /// The write succeeds, and this is its object.
  StoredObjectPtr put(const Write& write);
  Reason refused(const Write& write, const Context& context = {});
  Revision head();
  std::vector<Change> log();

  Store& store() { return bed_->store(); }
  Leases& leases() { return bed_->leases(); }
  AuditLog& audit() { return bed_->audit(); }

  std::unique_ptr<StoreBed> bed_ = GetParam().make();
  Revision start_ = head();
};

}  // namespace berth::store
