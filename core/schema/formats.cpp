#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <charconv>
#include <map>

#include "core/base/clock.hpp"
#include "core/object/duration.hpp"
#include "core/object/names.hpp"
#include "core/schema/validate.hpp"

namespace berth {
namespace {

bool isHex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool isAddress(int family, std::string_view text) {
  std::array<unsigned char, sizeof(in6_addr)> address{};
  return text.size() < INET6_ADDRSTRLEN &&
         inet_pton(family, std::string(text).c_str(), address.data()) == 1;
}

bool isIpv4(std::string_view text) { return isAddress(AF_INET, text); }
bool isIpv6(std::string_view text) { return isAddress(AF_INET6, text); }
bool isIp(std::string_view text) { return isIpv4(text) || isIpv6(text); }

bool isCidr(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == text.npos) return false;
  const auto digits = text.substr(slash + 1);
  int bits = -1;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
  if (error != std::errc() || end != digits.data() + digits.size() || bits < 0) return false;
  const auto address = text.substr(0, slash);
  return (isIpv4(address) && bits <= 32) || (isIpv6(address) && bits <= 128);
}

bool isDateTime(std::string_view text) { return parseRfc3339(text).has_value(); }

bool isDate(std::string_view text) {
  return text.size() == 10 && isDateTime(std::string(text) + "T00:00:00Z");
}

bool isDuration(std::string_view text) { return parseDuration(text).has_value(); }

bool isHostname(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(
      lower, lower.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
  return !checkSubdomain(lower);
}

bool isEmail(std::string_view text) {
  const auto at = text.rfind('@');
  const auto isPlain = [](char c) { return c > ' ' && c != '@' && c != 127; };
  return at != text.npos && at > 0 && std::ranges::all_of(text.substr(0, at), isPlain) &&
         isHostname(text.substr(at + 1));
}

bool isUri(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == text.npos || colon == 0 || colon + 1 == text.size()) return text.starts_with('/');
  const auto isScheme = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '-' || c == '.';
  };
  return std::ranges::all_of(text.substr(0, colon), isScheme) &&
         std::ranges::none_of(text, [](char c) { return c >= 0 && (c <= ' ' || c == 127); });
}

bool isUuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !isHex(text[i])) return false;
  }
  return true;
}

bool isBase64(std::string_view text) {
  const auto padding = text.size() - std::min(text.find('='), text.size());
  const auto isDigit = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '/';
  };
  return text.size() % 4 == 0 && padding <= 2 &&
         std::ranges::all_of(text.substr(0, text.size() - padding), isDigit) &&
         std::ranges::all_of(text.substr(text.size() - padding), [](char c) { return c == '='; });
}

bool isMac(std::string_view text) {
  if (text.size() != 17) return false;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (i % 3 == 2 ? text[i] != ':' && text[i] != '-' : !isHex(text[i])) return false;
  return true;
}

using Check = bool (*)(std::string_view);

const std::map<std::string, Check, std::less<>>& checks() {
  static const std::map<std::string, Check, std::less<>> kChecks = {
      {"byte", isBase64},
      {"cidr", isCidr},
      {"date", isDate},
      {"date-time", isDateTime},
      {"duration", isDuration},
      {"email", isEmail},
      {"hostname", isHostname},
      {"ip", isIp},
      {"ipv4", isIpv4},
      {"ipv6", isIpv6},
      {"mac", isMac},
      {"uri", isUri},
      {"uuid", isUuid},
  };
  return kChecks;
}

}  // namespace

bool hasFormat(std::string_view format, std::string_view value) {
  const auto found = checks().find(format);
  return found == checks().end() || found->second(value);
}

}  // namespace berth
