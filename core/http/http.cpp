#include "core/http/http.hpp"

#include <algorithm>
#include <cctype>

namespace berth::http {

namespace {

bool sameName(std::string_view a, std::string_view b) {
  const auto same = [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), same);
}

int hexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

Result<std::string> percentDecode(std::string_view text, bool plusIsBlank) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      const int high = i + 2 < text.size() ? hexDigit(text[i + 1]) : -1;
      const int low = high >= 0 ? hexDigit(text[i + 2]) : -1;
      if (low < 0) return Error{Reason::BadRequest, "request target: broken percent-escape"};
      c = static_cast<char>(high * 16 + low);
      i += 2;
    } else if (c == '+' && plusIsBlank) {
      c = ' ';
    }
    if (c == '\0') return Error{Reason::BadRequest, "request target: has a NUL"};
    out.push_back(c);
  }
  return out;
}

/// Two parts that read one path must not see two different ones.
Result<> checkPath(std::string_view path) {
  for (auto at = path.find('%'); at != std::string_view::npos; at = path.find('%', at + 1)) {
    const auto code = path.substr(at, 3);
    if (sameName(code, "%2f") || sameName(code, "%5c"))
      return Error{Reason::BadRequest, "request target: encoded slash"};
  }
  return Ok{};
}

Result<> checkSegments(std::string_view path) {
  while (!path.empty()) {
    const auto end = std::min(path.find('/'), path.size());
    const auto segment = path.substr(0, end);
    if (segment == "." || segment == "..")
      return Error{Reason::BadRequest, "request target: dot segment"};
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return Ok{};
}

Result<> addParameter(std::string_view item, Target& target) {
  if (item.empty()) return Ok{};
  const auto equals = item.find('=');
  const auto value = equals == std::string_view::npos ? "" : item.substr(equals + 1);
  BERTH_TRY(auto name, percentDecode(item.substr(0, equals), true));
  BERTH_TRY(auto decoded, percentDecode(value, true));
  target.query.emplace(std::move(name), std::move(decoded));
  return Ok{};
}

}  // namespace

std::string_view Headers::get(std::string_view name) const {
  for (const auto& [key, value] : items_)
    if (sameName(key, name)) return value;
  return {};
}

bool Headers::has(std::string_view name) const {
  return std::any_of(
      items_.begin(), items_.end(), [&](const auto& item) { return sameName(item.first, name); });
}

void Headers::set(std::string name, std::string value) {
  std::erase_if(items_, [&](const auto& item) { return sameName(item.first, name); });
  add(std::move(name), std::move(value));
}

void Headers::add(std::string name, std::string value) {
  items_.emplace_back(std::move(name), std::move(value));
}

std::string Target::param(const std::string& name) const {
  const auto found = query.lower_bound(name);
  return found == query.end() || found->first != name ? std::string() : found->second;
}

Result<Target> parseTarget(std::string_view target) {
  Target parsed;
  const auto mark = target.find('?');
  BERTH_CHECK(checkPath(target.substr(0, mark)));
  BERTH_TRY(parsed.path, percentDecode(target.substr(0, mark), false));
  BERTH_CHECK(checkSegments(parsed.path));
  if (mark == std::string_view::npos) return parsed;
  std::string_view rest = target.substr(mark + 1);
  while (!rest.empty()) {
    const auto end = std::min(rest.find('&'), rest.size());
    BERTH_CHECK(addParameter(rest.substr(0, end), parsed));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return parsed;
}

std::string percentEncode(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || c == '-' || c == '.' || c == '_' || c == '~') {
      out.push_back(c);
    } else {
      out += {'%', kDigits[byte >> 4U], kDigits[byte & 15U]};
    }
  }
  return out;
}

}  // namespace berth::http
