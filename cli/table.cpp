#include "cli/table.hpp"

#include <algorithm>
#include <cctype>

namespace berth::cli {

namespace {

/// One line: a cell with several shows its first and "...".
std::string oneLine(const std::string& text) {
  const auto end = text.find_first_of("\f\n\r");
  auto line = end == std::string::npos ? text : text.substr(0, end) + "...";
  std::erase_if(line, [](unsigned char c) { return c < 0x20 || c == 0x7f; });  // no escape codes
  return line;
}

std::string cellText(const Json& cell) {
  if (cell.is_null()) return "";
  return oneLine(cell.is_string() ? cell.get<std::string>() : dumpJson(cell));
}

std::string upper(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::toupper(c); });
  return text;
}

std::string labelText(const Json& row, const std::string& key) {
  const auto* labels = findPath(row, "object.metadata.labels");
  if (labels == nullptr || !labels->is_object() || !labels->contains(key)) return "";
  return cellText((*labels)[key]);
}

std::string allLabels(const Json& row) {
  const auto* labels = findPath(row, "object.metadata.labels");
  if (labels == nullptr || !labels->is_object() || labels->empty()) return "<none>";
  std::string text;
  for (const auto& [key, value] : labels->items())
    text += (text.empty() ? "" : ",") + key + "=" + cellText(value);
  return text;
}

}  // namespace

TablePrinter::TablePrinter(TableOptions options)
    : options_(std::move(options)),
      writer_(TabLayout{.minimum = 6, .padding = 3, .remember = true}) {}

void TablePrinter::takeColumns(const Json& table) {
  const auto found = table.find("columnDefinitions");
  if (found != table.end() && found->is_array() && !found->empty()) columns_ = *found;
}

std::string TablePrinter::headerLine(const Lead& lead) const {
  std::string line = lead.header.empty() ? "" : lead.header + "\t";
  if (options_.withNamespace) line += "NAMESPACE\t";
  for (const auto& column : columns_)
    if (options_.wide || integerAt(column, "priority") == 0)
      line += upper(stringAt(column, "name")) + "\t";
  for (const auto& key : options_.labelColumns)
    line += upper(key.substr(key.rfind('/') + 1)) + "\t";
  if (options_.showLabels) line += "LABELS\t";
  line.back() = '\n';
  return line;
}

std::string TablePrinter::rowLine(const Json& row, const Lead& lead) const {
  std::string line = lead.cell.empty() ? "" : lead.cell + "\t";
  if (options_.withNamespace) line += stringAt(row, "object.metadata.namespace") + "\t";
  const auto cells = row.value("cells", Json::array());
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (!options_.wide && integerAt(columns_[i], "priority") != 0) continue;
    const bool prefixed = i == 0 && !options_.namePrefix.empty();
    if (prefixed) line += options_.namePrefix + "/";
    line += (i < cells.size() ? cellText(cells[i]) : "") + "\t";
  }
  for (const auto& key : options_.labelColumns) line += labelText(row, key) + "\t";
  if (options_.showLabels) line += allLabels(row) + "\t";
  line.back() = '\n';
  return line;
}

std::string TablePrinter::printRows(const Json& table, const Lead& lead) {
  takeColumns(table);
  if (columns_.empty()) return {};
  if (options_.headers && !headerPrinted_) writer_.write(headerLine(lead));
  headerPrinted_ = true;
  for (const auto& row : table.value("rows", Json::array())) writer_.write(rowLine(row, lead));
  return writer_.flush();
}

std::string TablePrinter::print(const Json& table) { return printRows(table, {}); }

std::string TablePrinter::printWithLead(
    const Json& table, const std::string& header, const std::string& cell) {
  return printRows(table, {header, cell});
}

Json plainTable(const Json& list, Time now) {
  Json table{{"kind", "Table"}, {"metadata", list.value("metadata", Json::object())}};
  table["columnDefinitions"] = Json::array({Json{{"name", "Name"}}, Json{{"name", "Age"}}});
  table["rows"] = Json::array();
  const auto items = list.contains("items") ? list["items"] : Json::array({list});
  for (const auto& item : items) {
    const auto made = parseRfc3339(stringAt(item, "metadata.creationTimestamp"));
    table["rows"].push_back(
        {{"cells", {stringAt(item, "metadata.name"), made ? formatAge(now - *made) : "<unknown>"}},
         {"object", item}});
  }
  return table;
}

}  // namespace berth::cli
