#include "core/http/network.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

namespace berth::http {

std::string networkOf(std::string_view address) {
  constexpr std::size_t kPrefix = 8;
  std::string text(address.substr(0, address.find('%')));
  in6_addr parsed{};
  if (::inet_pton(AF_INET6, text.c_str(), &parsed) != 1) return text;
  return {reinterpret_cast<const char*>(parsed.s6_addr), kPrefix};
}

}  // namespace berth::http
