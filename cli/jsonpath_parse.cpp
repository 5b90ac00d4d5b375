#include <cctype>
#include <charconv>

#include "cli/exit_codes.hpp"
#include "cli/jsonpath.hpp"

namespace berth::cli {

namespace {

Error bad(const std::string& why, std::string_view text) {
  return usageError("jsonpath: " + why + " in \"" + std::string(text) + "\"");
}

/// A cursor over the text between two braces.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<JsonPath> path() {
    JsonPath result;
    static_cast<void>(take('$') || take('@'));
    while (at_ < text_.size() && !stops()) BERTH_CHECK(step(result));
    return result;
  }

  [[nodiscard]] bool done() const { return at_ >= text_.size(); }
  [[nodiscard]] std::string_view rest() const { return text_.substr(at_); }

  void skipBlanks() {
    while (!done() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
  }

  /// A filter's inside: LEFT [== RIGHT].
  Result<PathFilter> filter() {
    PathFilter result;
    skipBlanks();
    BERTH_TRY(result.left, path());
    skipBlanks();
    for (const char* word : {"==", "!=", "<=", ">=", "<", ">"}) {
      if (!rest().starts_with(word)) continue;
      result.comparison = word;
      at_ += result.comparison.size();
      break;
    }
    if (result.comparison.empty()) {
      if (!done()) return bad("unknown comparison", text_);
      return result;
    }
    skipBlanks();
    BERTH_CHECK(right(result));
    skipBlanks();
    if (!done()) return bad("unexpected text after the comparison", text_);
    return result;
  }

 private:
  [[nodiscard]] bool stops() const {
    return std::string_view(" \t=!<>").find(text_[at_]) != std::string_view::npos;
  }

  bool take(char c) {
    if (done() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  Result<> step(JsonPath& result) {
    if (rest().starts_with("..")) {
      result.steps.push_back({.kind = PathStep::Kind::Recursive});
      at_ += 2;
      if (done()) return bad("nothing after ..", text_);
      return text_[at_] == '[' ? step(result) : name(result);
    }
    if (text_[at_] == '[') return bracket(result);
    if (!take('.') && !result.steps.empty()) return bad("unexpected character", rest());
    if (done() || stops()) return Ok{};
    if (text_[at_] == '[') return bracket(result);
    return name(result);
  }

  Result<> name(JsonPath& result) {
    if (take('*')) {
      result.steps.push_back({.kind = PathStep::Kind::Wildcard});
      return Ok{};
    }
    std::string word;
    while (!done() && !stops() && text_[at_] != '.' && text_[at_] != '[') {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      word += text_[at_++];
    }
    if (word.empty()) return bad("a name is missing", text_);
    result.steps.push_back({.kind = PathStep::Kind::Field, .names = {word}});
    return Ok{};
  }

  Result<> bracket(JsonPath& result) {
    const auto end = closing();
    if (end == std::string_view::npos) return bad("[ is not closed", text_);
    const auto inside = text_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    if (inside == "*") {
      result.steps.push_back({.kind = PathStep::Kind::Wildcard});
      return Ok{};
    }
    if (inside.starts_with("?(") && inside.ends_with(")")) {
      BERTH_TRY(auto condition, Parser(inside.substr(2, inside.size() - 3)).filter());
      result.steps.push_back(
          {.kind = PathStep::Kind::Filter,
           .filter = std::make_shared<const PathFilter>(std::move(condition))});
      return Ok{};
    }
    if (inside.starts_with('\'') || inside.starts_with('"')) return names(inside, result);
    return indexes(inside, result);
  }

  /// The place of the bracket that closes the one at the cursor.
  [[nodiscard]] std::size_t closing() const {
    int depth = 0;
    char quote = '\0';
    for (std::size_t i = at_; i < text_.size(); ++i) {
      const char c = text_[i];
      if (quote != '\0') {
        if (c == quote) quote = '\0';
      } else if (c == '\'' || c == '"') {
        quote = c;
      } else if (c == '[') {
        ++depth;
      } else if (c == ']' && --depth == 0) {
        return i;
      }
    }
    return std::string_view::npos;
  }

  static Result<> names(std::string_view inside, JsonPath& result) {
    PathStep step{.kind = PathStep::Kind::Field};
    while (!inside.empty()) {
      const char quote = inside[0];
      const auto end = inside.find(quote, 1);
      if ((quote != '\'' && quote != '"') || end == std::string_view::npos)
        return bad("a quoted name is expected", inside);
      step.names.emplace_back(inside.substr(1, end - 1));
      inside.remove_prefix(end + 1);
      while (!inside.empty() && (inside[0] == ',' || inside[0] == ' ')) inside.remove_prefix(1);
    }
    result.steps.push_back(std::move(step));
    return Ok{};
  }

  static Result<int> number(std::string_view text) {
    int value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (problem != std::errc() || end != text.data() + text.size())
      return bad("not an index: " + std::string(text), text);
    return value;
  }

  static Result<> indexes(std::string_view inside, JsonPath& result) {
    PathStep step{.kind = PathStep::Kind::Slice};
    if (const auto colon = inside.find(':'); colon != std::string_view::npos) {
      const auto from = inside.substr(0, colon);
      const auto to = inside.substr(colon + 1);
      if (!from.empty()) {
        BERTH_TRY(step.begin, number(from));
      }
      if (!to.empty()) {
        BERTH_TRY(step.end, number(to));
        step.openEnd = false;
      }
      result.steps.push_back(std::move(step));
      return Ok{};
    }
    while (true) {
      const auto comma = inside.find(',');
      BERTH_TRY(const int index, number(inside.substr(0, comma)));
      step.indexes.push_back(index);
      if (comma == std::string_view::npos) break;
      inside.remove_prefix(comma + 1);
    }
    result.steps.push_back(std::move(step));
    return Ok{};
  }

  Result<> right(PathFilter& result) {
    if (done()) return bad("a value is missing", text_);
    if (text_[at_] == '@' || text_[at_] == '$') {
      result.rightIsPath = true;
      BERTH_TRY(result.rightPath, path());
      return Ok{};
    }
    if (const char quote = text_[at_]; quote == '\'' || quote == '"') {
      const auto end = text_.find(quote, at_ + 1);
      if (end == std::string_view::npos) return bad("a quote is not closed", text_);
      result.rightValue = std::string(text_.substr(at_ + 1, end - at_ - 1));
      at_ = end + 1;
      return Ok{};
    }
    auto value = parseJson(rest());
    if (!value) return bad("not a value", rest());
    result.rightValue = std::move(value->document);
    at_ = text_.size();
    return Ok{};
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

std::string_view trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

/// "\n" and the like in a quoted piece of a template.
std::string unescape(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      plain += text[i];
      continue;
    }
    const char c = text[++i];
    plain += c == 'n' ? '\n' : c == 't' ? '\t' : c;
  }
  return plain;
}

/// The place of the brace that closes the one before `at`.
std::size_t closingBrace(std::string_view text, std::size_t at) {
  char quote = '\0';
  for (; at < text.size(); ++at) {
    if (quote != '\0') {
      if (text[at] == '\\') {
        ++at;
      } else if (text[at] == quote) {
        quote = '\0';
      }
    } else if (text[at] == '"' || text[at] == '\'') {
      quote = text[at];
    } else if (text[at] == '}') {
      return at;
    }
  }
  return std::string_view::npos;
}

Result<std::vector<TemplateNode>> parseNodes(std::string_view& text, bool inRange);

/// What stands between two braces; a range takes its body off `text`.
Result<TemplateNode> parseNode(std::string_view inside, std::string_view& text) {
  if (inside.starts_with('"') || inside.starts_with('\'')) {
    if (inside.size() < 2 || inside.back() != inside.front())
      return bad("a quote is not closed", inside);
    return TemplateNode{.text = unescape(inside.substr(1, inside.size() - 2))};
  }
  const bool range = inside.starts_with("range ");
  TemplateNode node{.kind = range ? TemplateNode::Kind::Range : TemplateNode::Kind::Path};
  BERTH_TRY(node.path, JsonPath::parse(trim(range ? inside.substr(6) : inside)));
  if (range) {
    BERTH_TRY(node.body, parseNodes(text, true));
  }
  return node;
}

Result<std::vector<TemplateNode>> parseNodes(std::string_view& text, bool inRange) {
  std::vector<TemplateNode> nodes;
  while (!text.empty()) {
    if (const auto plain = std::min(text.find('{'), text.size()); plain > 0) {
      nodes.push_back({.text = std::string(text.substr(0, plain))});
      text.remove_prefix(plain);
      continue;
    }
    const auto end = closingBrace(text, 1);
    if (end == std::string_view::npos) return bad("{ is not closed", text);
    const auto inside = trim(text.substr(1, end - 1));
    text.remove_prefix(end + 1);
    if (inside == "end" && inRange) return nodes;
    if (inside == "end") return bad("end without range", inside);
    BERTH_TRY(auto node, parseNode(inside, text));
    nodes.push_back(std::move(node));
  }
  if (inRange) return bad("range without end", "{range}");
  return nodes;
}

}  // namespace

Result<JsonPath> JsonPath::parse(std::string_view text) {
  if (text.starts_with('{') && text.ends_with('}')) text = text.substr(1, text.size() - 2);
  Parser parser(trim(text));
  BERTH_TRY(auto path, parser.path());
  if (!parser.done()) return bad("unexpected text", parser.rest());
  return path;
}

Result<JsonPathTemplate> JsonPathTemplate::parse(std::string_view text) {
  JsonPathTemplate result;
  const auto isBare = text.find('{') == std::string_view::npos;
  if (isBare) {  // kubectl's relaxed form
    BERTH_TRY(auto path, JsonPath::parse(text));
    result.nodes_.push_back({.kind = TemplateNode::Kind::Path, .path = std::move(path)});
    return result;
  }
  BERTH_TRY(result.nodes_, parseNodes(text, false));
  return result;
}

}  // namespace berth::cli
