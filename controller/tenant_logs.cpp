#include "controller/tenant_logs.hpp"

#include <charconv>

#include "berth/v1alpha1/client_deployment.hpp"
#include "berth/v1alpha1/host.hpp"
#include "reconcilers/host/address.hpp"
#include "reconcilers/marks.hpp"

namespace berth {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{16} * 1024 * 1024;  // of an answer that ends

Result<std::optional<std::int64_t>> countOf(const http::Target& target, const char* name) {
  if (!target.has(name)) return std::optional<std::int64_t>();
  const std::string text = target.param(name);
  std::int64_t count = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || rest != text.data() + text.size() || count < 0)
    return Error{Reason::BadRequest, std::string(name) + ": '" + text + "' is not a count"};
  return std::optional(count);
}

Result<docker::LogOptions> optionsOf(const http::Target& target, Time now) {
  docker::LogOptions options;
  options.follow = target.param("follow") == "true";
  options.timestamps = target.param("timestamps") == "true";
  BERTH_TRY(options.tail, countOf(target, "tailLines"));
  BERTH_TRY(const auto seconds, countOf(target, "sinceSeconds"));
  if (seconds) options.since = now - std::chrono::seconds(*seconds);
  return options;
}

http::Response plainText() {
  return {.status = 200, .headers = {{"Content-Type", "text/plain; charset=utf-8"}}};
}

}  // namespace

Result<TenantLogs::Source> TenantLogs::find(const Context& context, const Json& deployment) {
  BERTH_TRY(const auto tenant, decodeObject<v1alpha1::ClientDeployment>(deployment));
  const std::string& name = tenant.metadata.name;
  const auto placed = tenant.metadata.annotations.find(mark::kHost);
  if (placed == tenant.metadata.annotations.end())
    return Error{Reason::NotFound, name + " is not placed on a host yet"};
  BERTH_TRY(
      const auto document, objects_.get(context, v1alpha1::Host::kType, {"", placed->second}));
  BERTH_TRY(const auto host, decodeObject<v1alpha1::Host>(document));
  BERTH_TRY(const auto machine, machines_.find(host::addressOf(host)));
  BERTH_TRY(
      const auto containers,
      machine.docker.reader.list(context, mark::ownerLabels(clusterId_, tenant.metadata.uid)));
  if (containers.empty()) return Error{Reason::NotFound, name + " has no container"};
  const auto newest =
      std::ranges::max_element(containers, {}, &docker::ContainerSummary::createdAt);
  return Source{machine.docker.io, newest->id, {}};
}

Result<http::Response> TenantLogs::answer(
    const Context& context, const Json& deployment, const http::Target& target) {
  BERTH_TRY(auto options, optionsOf(target, clock_.wall()));
  BERTH_TRY(auto source, find(context, deployment));
  source.options = options;
  if (options.follow) return follow(std::move(source));
  auto response = plainText();
  BERTH_CHECK(source.io.logs(
      context, source.container, options, [&](docker::Output, std::string_view bytes) {
        response.body += bytes;
        return response.body.size() < kMaxBytes;
      }));
  return response;
}

Result<http::Response> TenantLogs::follow(Source source) {
  const auto count = followers_.with([](auto& followers) {
    std::erase_if(followers, [](const Follower& follower) { return follower.done->load(); });
    return followers.size();
  });
  if (count >= kMaxFollowers)
    return Error{Reason::TooManyRequests, "too many follow logs already; try without follow"};
  auto response = plainText();
  response.stream = [this, source = std::move(source)](std::shared_ptr<http::StreamWriter> writer) {
    begin(source, std::move(writer));
  };
  return response;
}

void TenantLogs::begin(const Source& source, std::shared_ptr<http::StreamWriter> writer) {
  followers_.with([&](auto& followers) {
    auto& follower = followers.emplace_back();
    writer->onClosed([end = follower.end]() mutable { end.request_stop(); });
    follower.thread =
        std::jthread([source, writer, done = follower.done, stop = follower.end.get_token()] {
          const auto send = [&](docker::Output, std::string_view bytes) {
            return writer->write(std::make_shared<const std::string>(bytes));
          };
          const auto ended = source.io.logs({.stop = stop}, source.container, source.options, send);
          if (!ended)  // the headers are long gone: say it where it will be read
            writer->write(
                std::make_shared<const std::string>("error: " + ended.error().message + "\n"));
          writer->close();
          done->store(true);
        });
  });
}

void TenantLogs::stop() {
  auto followers = followers_.with([](auto& held) { return std::exchange(held, {}); });
  for (auto& follower : followers) follower.end.request_stop();
}

}  // namespace berth
