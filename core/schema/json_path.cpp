#include "core/schema/json_path.hpp"

#include <algorithm>
#include <charconv>

namespace berth {
namespace {

using Step = JsonPath::Step;
using Steps = std::vector<Step>;
using Found = std::vector<const Json*>;

constexpr std::size_t kMaxResults = 10'000;

/// Reads one path; `@` paths of filters with another of its kind.
class PathParser {
 public:
  explicit PathParser(std::string_view text) : text_(text) {}

  Result<Steps> parse() {
    if (peek() == '$' || peek() == '@') ++at_;
    if (at_ < text_.size() && peek() != '.' && peek() != '[') BERTH_CHECK(parseMember(false));
    while (at_ < text_.size()) {
      if (peek() == '.') {
        ++at_;
        const bool descend = peek() == '.';
        if (descend) ++at_;
        if (at_ == text_.size() && steps_.empty() && !descend) break;  // "." is the document
        if (peek() == '[' && !descend) continue;
        BERTH_CHECK(parseMember(descend));
      } else if (peek() == '[') {
        BERTH_CHECK(parseBracket());
      } else {
        return wrong("expected . or [");
      }
    }
    return std::move(steps_);
  }

 private:
  [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  [[nodiscard]] Error wrong(const std::string& problem) const {
    return {
        Reason::BadRequest,
        "jsonpath " + std::string(text_) + ", column " + std::to_string(at_ + 1) + ": " + problem};
  }

  Result<> parseMember(bool descend) {
    if (peek() == '*') {
      ++at_;
      steps_.push_back({.kind = descend ? Step::Kind::Descendant : Step::Kind::All});
      return Ok{};
    }
    std::string name;
    for (; at_ < text_.size() && peek() != '.' && peek() != '['; ++at_) {
      if (peek() == '\\' && ++at_ == text_.size()) return wrong("nothing after \\");
      name += text_[at_];
    }
    if (name.empty()) return wrong("expected a name");
    steps_.push_back(
        {.kind = descend ? Step::Kind::Descendant : Step::Kind::Member, .name = std::move(name)});
    return Ok{};
  }

  /// The text up to the bracket that closes this one, quotes respected.
  Result<std::string_view> takeBracket() {
    const auto start = ++at_;
    int depth = 1;
    char quote = '\0';
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (quote != '\0') {
        if (c == quote) quote = '\0';
      } else if (c == '\'' || c == '"') {
        quote = c;
      } else if (c == '[') {
        ++depth;
      } else if (c == ']' && --depth == 0) {
        return text_.substr(start, at_++ - start);
      }
    }
    return wrong("expected ]");
  }

  Result<> parseBracket() {
    BERTH_TRY(const auto inner, takeBracket());
    if (inner == "*") {
      steps_.push_back({.kind = Step::Kind::All});
    } else if (inner.size() >= 2 && (inner[0] == '\'' || inner[0] == '"')) {
      if (inner.back() != inner[0]) return wrong("expected the closing quote");
      steps_.push_back({.name = std::string(inner.substr(1, inner.size() - 2))});
    } else if (inner.starts_with("?(") && inner.ends_with(")")) {
      return parseFilter(inner.substr(2, inner.size() - 3));
    } else {
      return parseNumbers(inner);
    }
    return Ok{};
  }

  Result<> parseNumbers(std::string_view inner) {
    const auto colon = inner.find(':');
    Step step{.kind = colon == inner.npos ? Step::Kind::Index : Step::Kind::Slice};
    const auto read = [&](std::string_view digits, long& into) {
      const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), into);
      return error == std::errc() && end == digits.data() + digits.size() && !digits.empty();
    };
    const auto first = inner.substr(0, colon);
    if (!read(first, step.first) && (colon == inner.npos || !first.empty()))
      return wrong("expected an index, *, 'name' or ?(filter) in []");
    if (colon != inner.npos) {
      const auto last = inner.substr(colon + 1);
      step.open = last.empty();
      if (!step.open && !read(last, step.last)) return wrong("expected an index after :");
    }
    steps_.push_back(std::move(step));
    return Ok{};
  }

  Result<> parseFilter(std::string_view inner) {
    Step step{.kind = Step::Kind::Filter};
    const auto at = operatorAt(inner);
    BERTH_TRY(step.left, PathParser(trim(inner.substr(0, at))).parse());
    if (at != inner.npos) {
      const bool two = at + 1 < inner.size() && inner[at + 1] == '=';
      step.comparison = inner.substr(at, two ? 2 : 1);
      if (step.comparison == "=" || step.comparison == "!") return wrong("expected == or !=");
      const auto literal = trim(inner.substr(at + step.comparison.size()));
      if (literal.size() >= 2 && literal[0] == '\'' && literal.back() == '\'') {
        step.literal = std::string(literal.substr(1, literal.size() - 2));
      } else {
        step.literal = Json::parse(literal, nullptr, false);
        if (step.literal.is_discarded() || step.literal.is_structured())
          return wrong("expected a number, a quoted text, true or false");
      }
    }
    steps_.push_back(std::move(step));
    return Ok{};
  }

  static std::size_t operatorAt(std::string_view text) {
    char quote = '\0';
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (quote != '\0') {
        if (text[i] == quote) quote = '\0';
      } else if (text[i] == '\'' || text[i] == '"') {
        quote = text[i];
      } else if (std::string_view("=!<>").find(text[i]) != std::string_view::npos) {
        return i;
      }
    }
    return std::string_view::npos;
  }

  static std::string_view trim(std::string_view text) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(' ')) text.remove_suffix(1);
    return text;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  Steps steps_;
};

Found walk(const Steps& steps, const Json& document);

bool passes(const Step& filter, const Json& item) {
  const auto found = walk(filter.left, item);
  if (found.empty()) return false;
  const auto& value = *found[0];
  const auto& op = filter.comparison;
  if (op.empty()) return true;
  if (op == "==") return value == filter.literal;
  if (op == "!=") return value != filter.literal;
  const bool comparable = (value.is_number() && filter.literal.is_number()) ||
                          (value.is_string() && filter.literal.is_string());
  if (!comparable) return false;
  if (op == "<") return value < filter.literal;
  if (op == "<=") return value <= filter.literal;
  return op == ">" ? value > filter.literal : value >= filter.literal;
}

void descend(const std::string& name, const Json& value, Found& into) {
  if (!value.is_structured()) return;
  if (name.empty()) {
    for (const auto& item : value) into.push_back(&item);
  } else if (value.is_object()) {
    if (const auto found = value.find(name); found != value.end()) into.push_back(&*found);
  }
  for (const auto& item : value) descend(name, item, into);
}

void slice(const Step& step, const Json& list, Found& into) {
  const auto size = long(list.size());
  const auto place = [&](long index) {
    return std::clamp(index < 0 ? index + size : index, 0L, size);
  };
  const auto last = step.open ? size : place(step.last);
  for (auto i = place(step.first); i < last; ++i) into.push_back(&list[std::size_t(i)]);
}

void take(const Step& step, const Json& value, Found& into) {
  switch (step.kind) {
    case Step::Kind::Member:
      if (!value.is_object()) return;
      if (const auto found = value.find(step.name); found != value.end()) into.push_back(&*found);
      return;
    case Step::Kind::Descendant:
      descend(step.name, value, into);
      return;
    case Step::Kind::Index: {
      const auto index = step.first < 0 ? step.first + long(value.size()) : step.first;
      if (value.is_array() && index >= 0 && index < long(value.size()))
        into.push_back(&value[std::size_t(index)]);
      return;
    }
    case Step::Kind::Slice:
      if (value.is_array()) slice(step, value, into);
      return;
    case Step::Kind::All:
      if (value.is_structured())
        for (const auto& item : value) into.push_back(&item);
      return;
    case Step::Kind::Filter:
      if (value.is_array())
        for (const auto& item : value)
          if (passes(step, item)) into.push_back(&item);
      return;
  }
}

Found walk(const Steps& steps, const Json& document) {
  Found current = {&document};
  for (const auto& step : steps) {
    Found next;
    for (const auto* value : current) {
      take(step, *value, next);
      if (next.size() > kMaxResults) break;
    }
    current = std::move(next);
  }
  return current;
}

}  // namespace

Result<JsonPath> JsonPath::parse(std::string_view text) {
  JsonPath path;
  BERTH_TRY(path.steps_, PathParser(text).parse());
  return path;
}

std::vector<const Json*> JsonPath::find(const Json& document) const {
  return walk(steps_, document);
}

Json evalJsonPath(std::string_view path, const Json& document) {
  const auto parsed = JsonPath::parse(path);
  if (!parsed) return nullptr;
  const auto found = parsed->find(document);
  return found.empty() ? Json() : *found[0];
}

}  // namespace berth
