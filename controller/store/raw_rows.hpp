/// @file
/// RawRows: what lies in the database beneath SealedStore, for those who change keys.
///
/// A row is a state of a sealed kind: the newest one of an object, or one of the log.
/// Its text may be replaced in place, by the same document sealed anew: that is no
/// change, and nobody who watches hears of it.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "controller/store/sealer.hpp"
#include "controller/store/store.hpp"

namespace berth::store {

struct RawRow {
  SealedPlace place;
  Revision revision = 0;
  Body body;
};

struct SealingState {
  std::string storeId;  // for the life of the store, copies and backups included
  std::string key;      // the id of the newest key; empty before the first
};

class RawRows {
 public:
  enum class Table { Objects, Log };

  virtual ~RawRows() = default;
  /// Notes the first key, when there is none yet; gives what is noted.
  virtual Result<SealingState> sealingState(
      const Context& context, const std::string& firstKey) = 0;
  virtual Result<> setSealingKey(const Context& context, const std::string& key) = 0;
  /// How many rows of both tables begin with what (see sealOf).
  virtual Result<std::map<std::string, std::int64_t>> seals(const Context& context) = 0;
  /// Rows that do not begin with `seal`, after that revision and in its order.
  virtual Result<std::vector<RawRow>> rowsBut(
      const Context& context, Table table, const std::string& seal, Revision after) = 0;
  /// Those that have gone meanwhile are left alone.
  virtual Result<> replaceTexts(
      const Context& context, Table table, std::span<const RawRow> rows) = 0;
};

}  // namespace berth::store
