#include "core/http/url.hpp"

#include <arpa/inet.h>
#include <charconv>

namespace berth::http {
namespace {

constexpr std::uint16_t kHttpPort = 80;
constexpr std::uint16_t kHttpsPort = 443;

bool isHostByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == ':';
}

bool isTargetByte(char c) { return c > ' ' && c < '\x7f' && c != '#'; }

template <class Predicate>
bool all(std::string_view text, Predicate predicate) {
  for (const char c : text)
    if (!predicate(c)) return false;
  return true;
}

}  // namespace

std::string Url::authority() const {
  const auto name = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return port == (tls ? kHttpsPort : kHttpPort) ? name : name + ":" + std::to_string(port);
}

bool Url::isLoopback() const {
  in_addr address{};
  if (inet_pton(AF_INET, host.c_str(), &address) == 1) return host.starts_with("127.");
  return host == "localhost" || host == "::1";
}

Result<Url> parseUrl(std::string_view text) {
  const Error broken{Reason::Invalid, "'" + std::string(text) + "' is not a URL"};
  Url url{.tls = text.starts_with("https://")};
  if (!url.tls && !text.starts_with("http://")) return broken;
  text.remove_prefix(url.tls ? 8 : 7);
  const auto slash = text.find_first_of("/?");
  auto authority = text.substr(0, slash);
  if (slash != std::string_view::npos) url.target = text.substr(slash);
  if (url.target.front() == '?') url.target.insert(0, "/");

  url.port = url.tls ? kHttpsPort : kHttpPort;
  const bool bracketed = authority.starts_with('[');
  const auto end = bracketed ? authority.find(']') : authority.find(':');
  if (bracketed && end == std::string_view::npos) return broken;
  url.host = bracketed ? authority.substr(1, end - 1) : authority.substr(0, end);
  auto rest = end == std::string_view::npos ? std::string_view() : authority.substr(end);
  if (bracketed) rest.remove_prefix(1);
  if (!rest.empty()) {
    const char* const last = rest.data() + rest.size();
    const auto [stop, problem] = std::from_chars(rest.data() + 1, last, url.port);
    if (rest.front() != ':' || problem != std::errc() || stop != last || url.port == 0)
      return broken;
  }
  if (url.host.empty() || !all(url.host, isHostByte) || !all(url.target, isTargetByte))
    return broken;
  return url;
}

}  // namespace berth::http
