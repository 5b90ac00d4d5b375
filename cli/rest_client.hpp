/// @file
/// RestClient: the RestTransport over HTTP and TLS.  The only include of
/// cpprestsdk's HTTP client.
///
/// Connections are kept alive between calls.  One thread.
#pragma once

#include <memory>

#include "cli/kubeconfig.hpp"
#include "cli/rest_transport.hpp"

namespace berth::cli {

class RestClient final : public RestTransport {
 public:
  /// `patience` is the silence that ends a call which sets none of its own.
  /// Invalid when a certificate or key of the connection does not parse.
  static Result<std::unique_ptr<RestTransport>> make(Connection connection, Duration patience);
  ~RestClient() override;
  RestClient(const RestClient&) = delete;
  RestClient& operator=(const RestClient&) = delete;

  Result<RestResponse> send(const RestRequest& request) override;
  Result<RestResponse> stream(const RestRequest& request, const BytesHandler& onBytes) override;

 private:
  class Impl;
  explicit RestClient(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace berth::cli
