/// @file
/// TenantLogs: what a tenant's container prints, as the subresource
/// clientdeployments/log: `follow`, `tailLines`, `sinceSeconds`, `timestamps`, as for a
/// Pod.
///
/// What has been printed is sent at once.  Following keeps a thread for as long as
/// somebody reads, kMaxFollowers at most.  Thread-safe.
#pragma once

#include <list>
#include <memory>
#include <string>
#include <thread>

#include "controller/api/api.hpp"
#include "core/base/guarded.hpp"
#include "reconcilers/machines.hpp"

namespace berth {

class TenantLogs {
 public:
  static constexpr std::size_t kMaxFollowers = 32;

  /// All must outlive it.
  TenantLogs(Machines& machines, ObjectClient& objects, const Clock& clock, std::string clusterId)
      : machines_(machines), objects_(objects), clock_(clock), clusterId_(std::move(clusterId)) {}
  ~TenantLogs() { stop(); }
  TenantLogs(const TenantLogs&) = delete;
  TenantLogs& operator=(const TenantLogs&) = delete;

  /// NotFound while the tenant has no container; TooManyRequests when as many follow
  /// as may.
  Result<http::Response> answer(
      const Context& context, const Json& deployment, const http::Target& target);
  /// Ends all followers.
  void stop();

 private:
  struct Source {
    docker::ContainerIo& io;
    std::string container;
    docker::LogOptions options;
  };
  struct Follower {
    std::stop_source end;
    std::shared_ptr<std::atomic<bool>> done = std::make_shared<std::atomic<bool>>(false);
    std::jthread thread;
  };

  Result<Source> find(const Context& context, const Json& deployment);
  Result<http::Response> follow(Source source);
  void begin(const Source& source, std::shared_ptr<http::StreamWriter> writer);

  Machines& machines_;
  ObjectClient& objects_;
  const Clock& clock_;
  const std::string clusterId_;
  Guarded<std::list<Follower>> followers_;
};

}  // namespace berth
