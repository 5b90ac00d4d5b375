#include "core/object/selector.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "core/object/names.hpp"

namespace berth {
namespace {

using Operator = LabelSelector::Operator;
using Requirement = LabelSelector::Requirement;

Error unparsable(const std::string& problem) {
  return {Reason::BadRequest, "unable to parse requirement: " + problem};
}

bool isBlank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool isSpecial(char c) { return std::string_view("=!(),><").find(c) != std::string_view::npos; }

/// Words, and operators of one or two characters; empty at the end.
class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) { next(); }

  [[nodiscard]] std::string_view token() const { return token_; }
  [[nodiscard]] bool isWord() const { return !token_.empty() && !isSpecial(token_[0]); }
  [[nodiscard]] bool atEnd() const { return token_.empty(); }

  std::string_view take() {
    const auto taken = token_;
    next();
    return taken;
  }
  bool takeIf(std::string_view wanted) {
    if (token_ != wanted) return false;
    next();
    return true;
  }

 private:
  void next() {
    while (!text_.empty() && isBlank(text_[0])) text_.remove_prefix(1);
    std::size_t length = 0;
    if (!text_.empty() && isSpecial(text_[0])) {
      const auto two = text_.substr(0, 2);
      length = two == "==" || two == "!=" ? 2 : 1;
    } else {
      while (length < text_.size() && !isBlank(text_[length]) && !isSpecial(text_[length]))
        ++length;
    }
    token_ = text_.substr(0, length);
    text_.remove_prefix(length);
  }

  std::string_view text_;
  std::string_view token_;
};

std::optional<std::int64_t> toInteger(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

Result<Requirement> checked(Requirement requirement) {
  if (const auto problem = checkQualifiedName(requirement.key))
    return unparsable("key: Invalid value: \"" + requirement.key + "\": " + *problem);
  const bool ordered =
      requirement.op == Operator::GreaterThan || requirement.op == Operator::LessThan;
  for (const auto& value : requirement.values) {
    if (const auto problem = checkLabelValue(value))
      return unparsable("values: Invalid value: \"" + value + "\": " + *problem);
    if (ordered && !toInteger(value))
      return unparsable("for 'Gt', 'Lt' operators, the value must be an integer");
  }
  std::ranges::sort(requirement.values);
  // Not std::ranges::unique: clang 14 cannot compile the subrange that it gives back.
  const auto end = std::unique(requirement.values.begin(), requirement.values.end());
  requirement.values.erase(end, requirement.values.end());
  return requirement;
}

/// (x,y); what is missing between commas is the empty value.
Result<std::vector<std::string>> parseSet(Lexer& lexer) {
  std::vector<std::string> values;
  if (!lexer.takeIf("(")) return unparsable("expected '(' after in or notin");
  if (lexer.token() == ")")
    return unparsable("for 'in', 'notin' operators, values set can't be empty");
  do {
    values.emplace_back(lexer.isWord() ? lexer.take() : std::string_view());
  } while (lexer.takeIf(","));
  if (!lexer.takeIf(")"))
    return unparsable("found '" + std::string(lexer.token()) + "', expected: ',', or ')'");
  return values;
}

Result<Requirement> parseRequirement(Lexer& lexer) {
  Requirement requirement;
  const bool negated = lexer.takeIf("!");
  if (!lexer.isWord())
    return unparsable(
        "found '" + std::string(lexer.token()) + "', expected: !, identifier, or 'end of string'");
  requirement.key = lexer.take();
  if (negated) {
    requirement.op = Operator::DoesNotExist;
    return checked(std::move(requirement));
  }
  if (lexer.atEnd() || lexer.token() == ",") return checked(std::move(requirement));
  const auto op = lexer.take();
  if (op == "in" || op == "notin") {
    requirement.op = op == "in" ? Operator::In : Operator::NotIn;
    BERTH_TRY(requirement.values, parseSet(lexer));
    return checked(std::move(requirement));
  }
  if (op == "=" || op == "==") {
    requirement.op = Operator::In;
  } else if (op == "!=") {
    requirement.op = Operator::NotIn;
  } else if (op == ">") {
    requirement.op = Operator::GreaterThan;
  } else if (op == "<") {
    requirement.op = Operator::LessThan;
  } else {
    return unparsable("found '" + std::string(op) + "', expected: in, notin, =, ==, !=, gt, lt");
  }
  requirement.values = {std::string(lexer.isWord() ? lexer.take() : std::string_view())};
  return checked(std::move(requirement));
}

bool matchesOne(const Requirement& requirement, const Labels& labels) {
  const auto found = labels.find(requirement.key);
  const bool has = found != labels.end();
  const auto listed = [&] { return std::ranges::binary_search(requirement.values, found->second); };
  switch (requirement.op) {
    case Operator::In:
      return has && listed();
    case Operator::NotIn:
      return !has || !listed();
    case Operator::Exists:
      return has;
    case Operator::DoesNotExist:
      return !has;
    case Operator::GreaterThan:
    case Operator::LessThan:
      break;
  }
  const auto value = has ? toInteger(found->second) : std::nullopt;
  const auto bound = toInteger(requirement.values.at(0));
  if (!value || !bound) return false;
  return requirement.op == Operator::GreaterThan ? *value > *bound : *value < *bound;
}

std::string textOf(const Requirement& requirement) {
  std::string values;
  for (const auto& value : requirement.values)
    values += (&value == requirement.values.data() ? "" : ",") + value;
  const bool one = requirement.values.size() == 1;
  switch (requirement.op) {
    case Operator::In:
      return requirement.key + (one ? "=" + values : " in (" + values + ")");
    case Operator::NotIn:
      return requirement.key + (one ? "!=" + values : " notin (" + values + ")");
    case Operator::Exists:
      return requirement.key;
    case Operator::DoesNotExist:
      return "!" + requirement.key;
    case Operator::GreaterThan:
      return requirement.key + ">" + values;
    case Operator::LessThan:
      return requirement.key + "<" + values;
  }
  return "";
}

Result<Requirement> expressionOf(const Json& expression) {
  const auto op = stringAt(expression, "operator");
  Requirement requirement{.key = stringAt(expression, "key")};
  if (const auto found = expression.find("values"); found != expression.end() && found->is_array())
    for (const auto& value : *found)
      if (value.is_string()) requirement.values.push_back(value.get<std::string>());
  if (op == "In" || op == "NotIn") {
    requirement.op = op == "In" ? Operator::In : Operator::NotIn;
    if (requirement.values.empty())
      return unparsable("for 'in', 'notin' operators, values set can't be empty");
  } else if (op == "Exists" || op == "DoesNotExist") {
    requirement.op = op == "Exists" ? Operator::Exists : Operator::DoesNotExist;
    if (!requirement.values.empty())
      return unparsable("values set must be empty for exists and does not exist");
  } else {
    return Error{Reason::BadRequest, "\"" + op + "\" is not a valid label selector operator"};
  }
  return checked(std::move(requirement));
}

/// The part up to an unescaped comma, and the rest; `\x` stays for the next step.
std::string_view takeTerm(std::string_view& text) {
  std::size_t end = 0;
  while (end < text.size() && text[end] != ',') end += text[end] == '\\' ? 2U : 1U;
  end = std::min(end, text.size());
  const auto term = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return term;
}

std::optional<std::string> unescape(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escaped = text[i] == '\\';
    if (escaped && ++i == text.size()) return std::nullopt;
    if (!escaped && text[i] == '=') return std::nullopt;
    plain += text[i];
  }
  return plain;
}

Result<FieldSelector::Requirement> parseField(std::string_view term) {
  const auto invalid = [&] {
    return Error{
        Reason::BadRequest,
        "invalid selector: '" + std::string(term) + "'; can't understand '" + std::string(term) +
            "'"};
  };
  const auto at = term.find('=');
  if (at == std::string_view::npos || at == 0) return invalid();
  const bool negated = term[at - 1] == '!';
  const bool doubled = !negated && term.substr(at, 2) == "==";
  const auto value = unescape(term.substr(at + (doubled ? 2 : 1)));
  const auto name = term.substr(0, at - (negated ? 1 : 0));
  if (!value || name.empty()) return invalid();
  return FieldSelector::Requirement{std::string(name), *value, !negated};
}

}  // namespace

LabelSelector::LabelSelector(std::vector<Requirement> requirements)
    : requirements_(std::move(requirements)) {}

Result<LabelSelector> LabelSelector::parse(std::string_view text) {
  Lexer lexer(text);
  std::vector<Requirement> requirements;
  while (!lexer.atEnd()) {
    BERTH_TRY(auto requirement, parseRequirement(lexer));
    requirements.push_back(std::move(requirement));
    if (lexer.atEnd()) break;
    if (!lexer.takeIf(","))
      return unparsable(
          "found '" + std::string(lexer.token()) + "', expected: ',' or 'end of string'");
    if (lexer.atEnd()) return unparsable("found '', expected: identifier after ','");
  }
  return LabelSelector(std::move(requirements));
}

Result<LabelSelector> LabelSelector::fromJson(const Json& selector) {
  std::vector<Requirement> requirements;
  if (const auto* labels = findPath(selector, "matchLabels"); labels && labels->is_object()) {
    for (const auto& [key, value] : labels->items()) {
      if (!value.is_string()) return unparsable("matchLabels." + key + " is not a string");
      BERTH_TRY(auto requirement, checked({key, Operator::In, {value.get<std::string>()}}));
      requirements.push_back(std::move(requirement));
    }
  }
  if (const auto* list = findPath(selector, "matchExpressions"); list && list->is_array()) {
    for (const auto& expression : *list) {
      BERTH_TRY(auto requirement, expressionOf(expression));
      requirements.push_back(std::move(requirement));
    }
  }
  return LabelSelector(std::move(requirements));
}

bool LabelSelector::matches(const Labels& labels) const {
  return std::ranges::all_of(
      requirements_, [&](const auto& requirement) { return matchesOne(requirement, labels); });
}

std::string LabelSelector::text() const {
  std::string all;
  for (const auto& requirement : requirements_)
    all += (all.empty() ? "" : ",") + textOf(requirement);
  return all;
}

Result<FieldSelector> FieldSelector::parse(std::string_view text) {
  FieldSelector selector;
  while (!text.empty()) {
    const auto term = takeTerm(text);
    if (term.empty()) continue;
    BERTH_TRY(auto requirement, parseField(term));
    selector.requirements_.push_back(std::move(requirement));
  }
  return selector;
}

bool FieldSelector::matches(const Lookup& lookup) const {
  return std::ranges::all_of(requirements_, [&](const auto& requirement) {
    return (lookup(requirement.field) == requirement.value) == requirement.equal;
  });
}

}  // namespace berth
