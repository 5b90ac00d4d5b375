#include <algorithm>

#include "core/yaml/scalar.hpp"
#include "core/yaml/yaml.hpp"

namespace berth {
namespace {

constexpr std::string_view kIndicators = ",[]{}#&*!|>'\"%@`";

/// A longer key needs the form with "?", for readers look so far only for a colon.
constexpr std::size_t kMaxSimpleKey = 128;

/// A scalar may go on in the next line after so many characters.
constexpr std::size_t kLineWidth = 80;

bool isContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

bool isControl(char c) { return (static_cast<unsigned char>(c) < 0x20U && c != '\n') || c == 0x7F; }

/// Bytes that a reader may not get back from a plain or single-quoted scalar: control
/// characters, and the line ends and marks beyond ASCII.
bool needsEscapes(const std::string& text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (isControl(text[i])) return true;
    const auto rest = std::string_view(text).substr(i, 3);
    if (rest.starts_with("\xC2") && rest.size() > 1 && static_cast<unsigned char>(rest[1]) < 0xA0U)
      return true;
    if (rest == "\xE2\x80\xA8" || rest == "\xE2\x80\xA9" || rest == "\xEF\xBB\xBF") return true;
  }
  return false;
}

/// Whether YAML would take the text for itself in a block, without quotes.
bool isPlain(const std::string& text) {
  if (text.empty() || text.front() == ' ' || text.back() == ' ') return false;
  if (text.starts_with("---") || text.starts_with("...")) return false;
  if (kIndicators.find(text[0]) != std::string_view::npos) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool blankNext = i + 1 == text.size() || text[i + 1] == ' ';
    if (text[i] == '\n') return false;
    if (text[i] == ':' && blankNext) return false;
    if (text[i] == '#' && i > 0 && text[i - 1] == ' ') return false;
    if (i == 0 && (text[i] == '-' || text[i] == '?') && blankNext) return false;
  }
  return true;
}

/// How many digits, at most `most`, `text` begins with; takes them off.
std::size_t takeDigits(std::string_view& text, std::size_t most) {
  std::size_t count = 0;
  while (count < most && !text.empty() && text[0] >= '0' && text[0] <= '9') {
    text.remove_prefix(1);
    ++count;
  }
  return count;
}

/// 12:30, a number to base sixty in YAML 1.1.
bool looksSexagesimal(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  if (takeDigits(text, text.size()) == 0 || !text.starts_with(':')) return false;
  while (text.starts_with(':')) {
    text.remove_prefix(1);
    if (takeDigits(text, 2) == 0) return false;
  }
  return text.find_first_not_of("._0123456789") == std::string_view::npos;
}

/// 2026-01-02, with or without a time.
bool looksDated(std::string_view text) {
  if (takeDigits(text, 4) != 4) return false;
  for (int part = 0; part < 2; ++part) {
    if (!text.starts_with('-')) return false;
    text.remove_prefix(1);
    if (takeDigits(text, 2) == 0) return false;
  }
  if (text.empty()) return true;
  const bool timed = text[0] == 'T' || text[0] == 't' || text[0] == ' ';
  return timed && std::ranges::count(text, ':') >= 2;
}

/// Words and numbers that some reader of YAML, old or new, does not take for text.
bool looksTyped(const std::string& text) {
  static constexpr std::string_view kOneLetter = "yYnN";
  if (text.size() == 1 && kOneLetter.find(text[0]) != std::string_view::npos) return true;
  if (text == "<<" || text == "=") return true;
  if (!yaml::resolvePlain(text).is_string()) return true;
  const auto magnitude = text.substr(text[0] == '-' || text[0] == '+' ? 1 : 0);
  for (const char* word : {".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN"})
    if (magnitude == word) return true;
  return looksSexagesimal(text) || looksDated(text);
}

std::string doubleQuoted(const std::string& text) { return dumpJson(Json(text)); }

std::string singleQuoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? "''" : std::string(1, c);
  return quoted + "'";
}

std::string inlineText(const std::string& text) {
  if (text.find('\n') != std::string::npos || needsEscapes(text)) return doubleQuoted(text);
  if (text.empty() || looksTyped(text)) return doubleQuoted(text);
  return isPlain(text) ? text : singleQuoted(text);
}

/// A text of several lines that a literal block gives back as it was.
bool fitsLiteral(const std::string& text) {
  return text.find('\n') != std::string::npos && text.front() != ' ' && text.front() != '\n' &&
         text.back() != ' ' && text.find(" \n") == std::string::npos && !needsEscapes(text);
}

class Writer {
 public:
  std::string text;

  void write(const Json& value, std::size_t indent) {
    if (value.is_object() && !value.empty()) {
      writeMap(value, indent);
    } else if (value.is_array() && !value.empty()) {
      writeList(value, indent);
    } else {
      writeScalar(value, indent);
    }
  }

 private:
  void pad(std::size_t indent) { text.append(indent, ' '); }

  /// The first line of a block follows its "- " on the same line.
  void writeMap(const Json& value, std::size_t indent) {
    bool first = true;
    for (const auto& [name, member] : value.items()) {
      if (!first) pad(indent);
      first = false;
      const auto key = inlineText(name);
      const bool simple = key.size() <= kMaxSimpleKey;
      text += simple ? key + ":" : "? " + key + "\n";
      if (!simple) {
        pad(indent);
        text += ':';
      }
      const bool nested = member.is_structured() && !member.empty();
      if (!nested) {
        text += ' ';
        write(member, indent + 2);
        continue;
      }
      // A list stands at the level of its key, as kubectl has it.
      const auto inner = member.is_array() && simple ? indent : indent + 2;
      text += '\n';
      pad(inner);
      write(member, inner);
    }
  }

  void writeList(const Json& value, std::size_t indent) {
    bool first = true;
    for (const auto& item : value) {
      if (!first) pad(indent);
      first = false;
      text += "- ";
      write(item, indent + 2);
    }
  }

  void writeScalar(const Json& value, std::size_t indent) {
    if (!value.is_string()) {
      text += dumpJson(value) + "\n";
      return;
    }
    const auto& string = value.get_ref<const std::string&>();
    if (!fitsLiteral(string)) {
      writeFolded(inlineText(string), indent);
      return;
    }
    writeLiteral(string, indent == 0 ? 2 : indent);
  }

  /// A line that has become too long goes on at the next lone blank, as kubectl breaks it.
  void writeFolded(const std::string& token, std::size_t indent) {
    const bool escapes = token[0] == '"';
    const bool quoted = escapes || token[0] == '\'';
    const std::size_t first = quoted ? 2 : 1;
    const std::size_t last = token.size() - (quoted ? 2 : 1);
    std::size_t column = columnNow();
    for (std::size_t i = 0; i < token.size(); ++i) {
      const bool lone = token[i] == ' ' && i >= first && i < last && token[i - 1] != ' ';
      if (lone && column > kLineWidth && (escapes || token[i + 1] != ' ')) {
        text += '\n';
        pad(indent);
        column = indent;
        if (token[i + 1] != ' ') continue;
        text += '\\';
        ++column;
        continue;
      }
      text += token[i];
      column += isContinuation(token[i]) ? 0U : 1U;
    }
    text += '\n';
  }

  [[nodiscard]] std::size_t columnNow() const {
    const auto begin = text.find_last_of('\n') + 1;  // 0 when there is none
    return static_cast<std::size_t>(
        std::count_if(text.begin() + std::ptrdiff_t(begin), text.end(), [](char c) {
          return !isContinuation(c);
        }));
  }

  void writeLiteral(const std::string& string, std::size_t indent) {
    const auto end = string.find_last_not_of('\n') + 1;
    const auto newlines = string.size() - end;
    text += newlines == 0 ? "|-\n" : newlines == 1 ? "|\n" : "|+\n";
    for (std::size_t start = 0; start < string.size();) {
      const auto stop = std::min(string.find('\n', start), string.size());
      if (stop > start) pad(indent);
      text.append(string, start, stop - start);
      text += '\n';
      start = stop + 1;
    }
  }
};

}  // namespace

std::string toYaml(const Json& document) {
  Writer writer;
  writer.write(document, 0);
  return std::move(writer.text);
}

}  // namespace berth
