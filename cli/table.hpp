/// @file
/// TablePrinter: the server's Tables as kubectl prints them.
#pragma once

#include <string>
#include <vector>

#include "cli/tab_writer.hpp"
#include "core/base/clock.hpp"
#include "core/json/json.hpp"

namespace berth::cli {

struct TableOptions {
  bool wide = false;
  bool headers = true;
  bool withNamespace = false;
  bool showLabels = false;
  std::vector<std::string> labelColumns;  // -L
  std::string namePrefix;  // "clientdeployment.berth.dev", when several kinds are shown
};

/// One per kind: a later table (of a watch) keeps the columns of the first and
/// prints no headers again.  One thread.
class TablePrinter {
 public:
  explicit TablePrinter(TableOptions options);

  /// Lines for the rows of a Table; columnDefinitions may be null after the first.
  std::string print(const Json& table);
  /// Puts one more column in front, such as a watch's EVENT.
  std::string printWithLead(const Json& table, const std::string& header, const std::string& cell);

 private:
  struct Lead {
    std::string header;
    std::string cell;
  };

  std::string printRows(const Json& table, const Lead& lead);
  void takeColumns(const Json& table);
  [[nodiscard]] std::string headerLine(const Lead& lead) const;
  [[nodiscard]] std::string rowLine(const Json& row, const Lead& lead) const;

  TableOptions options_;
  TabWriter writer_;
  Json columns_ = Json::array();
  bool headerPrinted_ = false;
};

/// The Table that a server without Tables would have sent: NAME and AGE.
Json plainTable(const Json& list, Time now);

}  // namespace berth::cli
