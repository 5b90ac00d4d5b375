#include "core/http/loopback.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

namespace berth::http {

bool isLoopback(const std::string& address) {
  constexpr std::uint32_t kNetwork = 127;
  in_addr v4{};
  if (::inet_pton(AF_INET, address.c_str(), &v4) == 1) return ntohl(v4.s_addr) >> 24U == kNetwork;
  in6_addr v6{};
  return ::inet_pton(AF_INET6, address.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

bool isLoopbackHost(std::string_view host) {
  if (host.starts_with('[')) {
    const auto end = host.find(']');
    return end != std::string_view::npos && isLoopback(std::string(host.substr(1, end - 1)));
  }
  const auto name = host.substr(0, host.find(':'));
  return name == "localhost" || isLoopback(std::string(name));
}

Handler onlyForLoopback(Handler handler) {
  return [handler = std::move(handler)](const Request& request) {
    if (isLoopbackHost(request.headers.get("Host"))) return handler(request);
    return Response{
        .status = 403,
        .headers = {{"Content-Type", "text/plain; charset=utf-8"}},
        .body = "plain HTTP is for this machine: call it localhost or 127.0.0.1\n"};
  };
}

}  // namespace berth::http
