#include "core/object/names.hpp"

#include <algorithm>
#include <cstdint>

namespace berth {
namespace {

bool isLower(char c) { return c >= 'a' && c <= 'z'; }
bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isLowerOrDigit(char c) { return isLower(c) || isDigit(c); }
bool isAlphanumeric(char c) { return isLowerOrDigit(c) || (c >= 'A' && c <= 'Z'); }
bool isQualified(char c) { return isAlphanumeric(c) || c == '-' || c == '_' || c == '.'; }

std::string tooLong(std::size_t limit) {
  return "must be no more than " + std::to_string(limit) + " bytes";
}

bool isLabel(std::string_view text) {
  return !text.empty() && isLowerOrDigit(text.front()) && isLowerOrDigit(text.back()) &&
         std::ranges::all_of(text, [](char c) { return isLowerOrDigit(c) || c == '-'; });
}

bool isSubdomain(std::string_view text) {
  while (true) {
    const auto dot = text.find('.');
    if (!isLabel(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

bool isQualifiedPart(std::string_view text) {
  return !text.empty() && isAlphanumeric(text.front()) && isAlphanumeric(text.back()) &&
         std::ranges::all_of(text, isQualified);
}

constexpr const char* kLabelWords =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and "
    "must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used "
    "for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
constexpr const char* kSubdomainWords =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or "
    "'.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used "
    "for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
constexpr const char* kNamePartWords =
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end "
    "with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for "
    "validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
constexpr const char* kLabelValueWords =
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or "
    "'.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  "
    "or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

}  // namespace

std::optional<std::string> checkLabelName(std::string_view text) {
  if (text.size() > kMaxLabel) return tooLong(kMaxLabel);
  if (!isLabel(text)) return kLabelWords;
  return std::nullopt;
}

std::optional<std::string> checkSubdomain(std::string_view text) {
  if (text.size() > kMaxSubdomain) return tooLong(kMaxSubdomain);
  if (!isSubdomain(text)) return kSubdomainWords;
  return std::nullopt;
}

std::optional<std::string> checkQualifiedName(std::string_view text) {
  const auto slash = text.find('/');
  if (slash != std::string_view::npos) {
    const auto prefix = text.substr(0, slash);
    if (prefix.empty()) return "prefix part must be non-empty";
    if (const auto problem = checkSubdomain(prefix)) return "prefix part " + *problem;
    text.remove_prefix(slash + 1);
    if (text.find('/') != std::string_view::npos)
      return "a qualified name must consist of a name with an optional DNS subdomain prefix and "
             "'/' (e.g. 'example.com/MyName')";
  }
  if (text.empty()) return "name part must be non-empty";
  if (text.size() > kMaxLabel) return "name part " + tooLong(kMaxLabel);
  if (!isQualifiedPart(text)) return kNamePartWords;
  return std::nullopt;
}

std::optional<std::string> checkLabelValue(std::string_view text) {
  if (text.size() > kMaxLabel) return tooLong(kMaxLabel);
  if (!text.empty() && !isQualifiedPart(text)) return kLabelValueWords;
  return std::nullopt;
}

std::string boundedName(std::string_view text, std::size_t maxLength) {
  constexpr std::size_t kHashLength = 8;
  if (text.size() <= maxLength) return std::string(text);
  std::uint64_t hash = 14695981039346656037U;  // FNV-1a
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  std::string suffix;
  for (std::size_t i = 0; i < kHashLength; ++i, hash >>= 5U)
    suffix += "0123456789abcdefghijklmnopqrstuv"[hash & 31U];
  auto kept = text.substr(0, maxLength - kHashLength - 1);
  while (!kept.empty() && !isLowerOrDigit(kept.back())) kept.remove_suffix(1);
  return std::string(kept) + "-" + suffix;
}

}  // namespace berth
