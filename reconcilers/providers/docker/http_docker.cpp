#include "reconcilers/providers/docker/http_docker.hpp"

#include "reconcilers/providers/docker/http_roles.hpp"

namespace berth::docker {

struct HttpDocker::Roles {
  Roles(std::unique_ptr<http::Transport> transport, const Clock& clock, HttpOptions options)
      : api(std::move(transport), clock, std::move(options)) {}

  EngineApi api;
  HttpEngine engine{api};
  HttpContainers containers{api};
  HttpIo io{api};
  HttpImages images{api};
  HttpVolumes volumes{api};
  HttpNetworks networks{api};
};

HttpDocker::HttpDocker(
    std::unique_ptr<http::Transport> transport, const Clock& clock, HttpOptions options)
    : roles_(std::make_unique<Roles>(std::move(transport), clock, std::move(options))) {}

HttpDocker::~HttpDocker() = default;

Docker HttpDocker::roles() {
  auto& all = *roles_;
  return {
      all.engine,
      all.containers,
      all.containers,
      all.containers,
      all.io,
      all.images,
      all.volumes,
      all.networks};
}

}  // namespace berth::docker
