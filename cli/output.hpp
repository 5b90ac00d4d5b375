/// @file
/// Output: objects as yaml, json, name, jsonpath or custom columns.
#pragma once

#include <string>
#include <vector>

#include "cli/jsonpath.hpp"
#include "cli/targets.hpp"
#include "core/json/json.hpp"

namespace berth::cli {

class Output {
 public:
  enum class Form { Table, Wide, Yaml, Json, Name, JsonPath, CustomColumns };

  /// What -o says; empty is a table.  BadRequest lists the forms, or says what is
  /// wrong with the path.
  static Result<Output> parse(const std::string& text);

  [[nodiscard]] Form form() const { return form_; }
  [[nodiscard]] bool isTable() const { return form_ == Form::Table || form_ == Form::Wide; }
  /// One object, or a List of several.
  [[nodiscard]] std::string print(const Json& document) const;

 private:
  struct Column {
    std::string header;
    cli::JsonPath path;
  };

  Result<> parseColumns(const std::string& text);
  [[nodiscard]] std::string printColumns(const Json& document) const;

  Form form_ = Form::Table;
  JsonPathTemplate template_;
  std::vector<Column> columns_;
};

/// A v1 List of the items, as kubectl makes one of several answers.
Json makeList(Json items);
/// Takes metadata.managedFields out of an object, or of each item of a list.
void dropManagedFields(Json& document);
/// Indented by four, with <, > and & escaped, as kubectl writes JSON.
std::string kubectlJson(const Json& document);
/// One line, likewise: the form of the last-applied annotation.
std::string compactKubectlJson(const Json& document);
/// "clientdeployment.berth.dev/a", from the document alone.
std::string nameOf(const Json& document);

}  // namespace berth::cli
