/// @file
/// JSONPath templates, as kubectl's `-o jsonpath=` takes them.
///
///     {.metadata.name}   {.items[*].spec['image']}   {..name}   {.a[0:2]}   {.a[-1]}
///     {.status.conditions[?(@.type=="Ready")].status}
///     {range .items[*]}{.metadata.name}{"\n"}{end}
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/json/json.hpp"

namespace berth::cli {

struct PathFilter;

struct PathStep {
  enum class Kind { Field, Wildcard, Recursive, Slice, Filter };
  Kind kind = Kind::Field;
  std::vector<std::string> names = {};  // Field: one or a union
  std::vector<int> indexes = {};        // Slice: a union of single ones; empty: the range
  int begin = 0;
  int end = 0;
  bool openEnd = true;
  std::shared_ptr<const PathFilter> filter = nullptr;
};

class JsonPath {
 public:
  /// With or without braces and leading dot: ".spec.image", "{.spec.image}", "spec.image".
  static Result<JsonPath> parse(std::string_view text);
  /// The documents there, in order; none when a step leads nowhere.
  [[nodiscard]] std::vector<const Json*> find(const Json& document) const;

  std::vector<PathStep> steps;
};

struct PathFilter {  // NOLINT(bugprone-exception-escape): Json's move does not throw
  JsonPath left;
  std::string comparison;  // ==, !=, <, <=, >, >=; empty: there is such a member
  JsonPath rightPath;
  Json rightValue;
  bool rightIsPath = false;
};

struct TemplateNode {
  enum class Kind { Text, Path, Range };
  Kind kind = Kind::Text;
  std::string text = {};
  JsonPath path = {};
  std::vector<TemplateNode> body = {};
};

class JsonPathTemplate {
 public:
  /// BadRequest with what is wrong.
  static Result<JsonPathTemplate> parse(std::string_view text);
  [[nodiscard]] std::string render(const Json& document) const;

 private:
  std::vector<TemplateNode> nodes_;
};

/// How a found value is printed: strings bare, the rest as JSON.
std::string plainText(const Json& value);

}  // namespace berth::cli
