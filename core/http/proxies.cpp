#include "core/http/proxies.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>
#include <netinet/in.h>

namespace berth::http {

namespace {

constexpr int kBits = 128;
constexpr int kMappedBits = 96;  // in front of an IPv4 address

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

/// The addresses of all X-Forwarded-For, from the left.
std::vector<std::string_view> hopsOf(const Headers& headers) {
  std::vector<std::string_view> hops;
  for (const auto& [name, value] : headers.all()) {
    if (!Headers{{name, ""}}.has("X-Forwarded-For")) continue;
    for (std::string_view rest = value; !rest.empty();) {
      const auto end = std::min(rest.find(','), rest.size());
      hops.push_back(trimmed(rest.substr(0, end)));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return hops;
}

}  // namespace

std::optional<TrustedProxies::Bytes> TrustedProxies::bytesOf(std::string_view address) {
  const std::string text(address);
  in_addr v4{};
  in6_addr v6{};
  Bytes bytes{};
  if (::inet_pton(AF_INET, text.c_str(), &v4) == 1) {
    bytes[10] = bytes[11] = 0xff;
    const auto host = ntohl(v4.s_addr);
    for (std::size_t i = 0; i < 4; ++i)
      bytes[12 + i] = static_cast<std::uint8_t>(host >> (8 * (3 - i)));
    return bytes;
  }
  if (::inet_pton(AF_INET6, text.c_str(), &v6) != 1) return std::nullopt;
  std::copy(std::begin(v6.s6_addr), std::end(v6.s6_addr), bytes.begin());
  return bytes;
}

Result<TrustedProxies> TrustedProxies::parse(const std::vector<std::string>& networks) {
  TrustedProxies proxies;
  for (const auto& text : networks) {
    const auto slash = std::min(text.find('/'), text.size());
    const auto address = bytesOf(std::string_view(text).substr(0, slash));
    const int fixed = text.find(':') == std::string::npos ? kMappedBits : 0;
    int bits = kBits - fixed;
    if (slash < text.size()) {
      const auto* const end = text.data() + text.size();
      const auto [rest, problem] = std::from_chars(text.data() + slash + 1, end, bits);
      if (problem != std::errc() || rest != end) bits = -1;
    }
    if (!address || bits < 0 || bits > kBits - fixed)
      return Error{Reason::Invalid, "'" + text + "' is no address or network"};
    proxies.networks_.push_back({*address, fixed + bits});
  }
  return proxies;
}

bool TrustedProxies::contains(const Bytes& address) const {
  return std::ranges::any_of(networks_, [&](const Network& network) {
    for (int bit = 0; bit < network.bits; ++bit) {
      const auto at = static_cast<std::size_t>(bit / 8);
      const auto mask = 0x80U >> static_cast<unsigned>(bit % 8);
      if (((address[at] ^ network.address[at]) & mask) != 0) return false;
    }
    return true;
  });
}

bool TrustedProxies::contains(std::string_view address) const {
  if (networks_.empty()) return false;
  const auto bytes = bytesOf(address);
  return bytes && contains(*bytes);
}

std::string TrustedProxies::clientOf(const std::string& peer, const Headers& headers) const {
  std::string client = peer;
  const auto hops = networks_.empty() ? std::vector<std::string_view>() : hopsOf(headers);
  for (auto hop = hops.rbegin(); hop != hops.rend() && contains(client); ++hop) {
    if (!bytesOf(*hop)) break;
    constexpr std::string_view kMapped = "::ffff:";
    const bool mapped = hop->starts_with(kMapped) && hop->find('.') != std::string_view::npos;
    client = mapped ? hop->substr(kMapped.size()) : *hop;
  }
  return client;
}

}  // namespace berth::http
