/// @file
/// Selectors: which objects a list or a watch is about.
///
/// Labels: `a=b`, `a==b`, `a!=b`, `a in (x,y)`, `a notin (x,y)`, `a`, `!a`, `a>1`, `a<1`; a comma
/// is "and".  `!=` and `notin` also match objects that do not have the label.
/// Fields: `metadata.name=a`, `==`, `!=`, comma.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/object/meta.hpp"

namespace berth {

class LabelSelector {
 public:
  enum class Operator { In, NotIn, Exists, DoesNotExist, GreaterThan, LessThan };
  struct Requirement {
    std::string key;
    Operator op = Operator::Exists;
    std::vector<std::string> values;  // sorted
    bool operator==(const Requirement&) const = default;
  };

  /// Everything matches.
  LabelSelector() = default;
  explicit LabelSelector(std::vector<Requirement> requirements);

  /// BadRequest, as the API answers, when it does not parse.
  static Result<LabelSelector> parse(std::string_view text);
  /// metav1.LabelSelector: {matchLabels: {…}, matchExpressions: [{key, operator, values}]}.
  static Result<LabelSelector> fromJson(const Json& selector);

  [[nodiscard]] bool matches(const Labels& labels) const;
  [[nodiscard]] bool empty() const { return requirements_.empty(); }
  [[nodiscard]] const std::vector<Requirement>& requirements() const { return requirements_; }
  /// The text form again, in which parse() gives the same selector.
  [[nodiscard]] std::string text() const;

 private:
  std::vector<Requirement> requirements_;
};

class FieldSelector {
 public:
  struct Requirement {
    std::string field;  // metadata.name
    std::string value;
    bool equal = true;
    bool operator==(const Requirement&) const = default;
  };
  /// The text of a field of the object that is looked at; empty when it has none.
  using Lookup = std::function<std::string(const std::string& field)>;

  FieldSelector() = default;
  /// BadRequest when it does not parse.  `\\`, `\,` and `\=` stand for themselves.
  static Result<FieldSelector> parse(std::string_view text);

  [[nodiscard]] bool matches(const Lookup& lookup) const;
  [[nodiscard]] bool empty() const { return requirements_.empty(); }
  [[nodiscard]] const std::vector<Requirement>& requirements() const { return requirements_; }

 private:
  std::vector<Requirement> requirements_;
};

}  // namespace berth
