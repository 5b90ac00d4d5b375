// The server that bench/http/run loads: "/" is a small document, "/big" 1 MB in a
// thousand pieces, "/watch" a stream that idles.  Prints the ports of its plain and its
// TLS end, and ends with its input.
#include "core/http/server.hpp"

#include <chrono>
#include <iostream>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/crypto/certificate.hpp"

namespace {

using namespace berth;
using namespace std::chrono_literals;

class Content {
 public:
  http::Response answer(const http::Request& request) {
    if (request.target == "/big") return big();
    if (request.target == "/watch") return {.stream = [this](auto writer) { keep(writer); }};
    return {
        .headers = {{"Content-Type", "application/json"}},
        .body = R"({"kind":"Status","apiVersion":"v1","status":"Success"})"};
  }

 private:
  http::Response big() const {
    http::Response response{.keep = piece_};
    response.pieces.assign(1000, *piece_);
    return response;
  }
  void keep(std::shared_ptr<http::StreamWriter> writer) {
    const std::lock_guard lock(mutex_);
    writers_.push_back(std::move(writer));
  }

  std::shared_ptr<const std::string> piece_ = std::make_shared<const std::string>(1000, 'x');
  std::mutex mutex_;
  std::vector<std::shared_ptr<http::StreamWriter>> writers_;
};

Result<TlsServerConfig> makeCertificates() {
  const auto now = SystemClock().wall();
  BERTH_TRY(const auto authority, makeAuthority("bench", now - 1h, now + 24h));
  const CertificateSpec spec{
      .commonName = "bench",
      .ipAddresses = {"127.0.0.1"},
      .notBefore = now - 1h,
      .notAfter = now + 24h};
  BERTH_TRY(const auto leaf, makeCertificate(authority, spec));
  return TlsServerConfig{leaf.certificatePem, leaf.keyPem};
}

Result<> run() {
  Content content;
  const auto handler = [&](const http::Request& request) { return content.answer(request); };
  BERTH_TRY(const auto tls, makeCertificates());
  http::Server plain({}, handler);
  http::Server secured({.tls = tls}, handler);
  BERTH_TRY(const auto plainPort, plain.start());
  BERTH_TRY(const auto securedPort, secured.start());
  std::cout << plainPort << ' ' << securedPort << std::endl;
  std::string line;
  while (std::getline(std::cin, line)) continue;
  return Ok{};
}

}  // namespace

int main() {
  const auto done = run();
  if (!done) std::cerr << done.error().message << '\n';
  return done ? 0 : 1;
}
