#include "cli/follow.hpp"

#include <algorithm>

namespace berth::cli {

namespace {

constexpr auto kLongestWatch = std::chrono::minutes(5);
constexpr auto kGrace = std::chrono::seconds(5);  // for the server to end the stream by itself

/// What the collection holds of that name, and at which revision.
struct Seen {
  Json object;
  std::string revision;
};

Result<Seen> look(ApiClient& api, const Target& target) {
  RestRequest request{
      .path = target.type->path(target.namespaceName, ""),
      .query = {{"fieldSelector", "metadata.name=" + target.name}}};
  BERTH_TRY(auto list, api.call(request));
  Seen seen{.object = Json(), .revision = stringAt(list, "metadata.resourceVersion")};
  if (list.contains("items") && list["items"].is_array() && !list["items"].empty())
    seen.object = std::move(list["items"][0]);
  return seen;
}

}  // namespace

Result<bool> followObject(
    Session& session, const Target& target, Time deadline, const ObjectCheck& check) {
  BERTH_TRY(auto* api, session.api());
  for (;;) {
    BERTH_TRY(const auto seen, look(*api, target));
    if (check(seen.object)) return true;
    const auto left = deadline - session.now();
    if (left <= Duration::zero()) return false;
    const auto seconds = std::max<std::int64_t>(
        1,
        std::chrono::ceil<std::chrono::seconds>(std::min<Duration>(left, kLongestWatch)).count());
    RestRequest request{
        .path = target.type->path(target.namespaceName, ""),
        .query =
            {{"fieldSelector", "metadata.name=" + target.name},
             {"watch", "true"},
             {"resourceVersion", seen.revision},
             {"timeoutSeconds", std::to_string(seconds)}},
        .patience = std::chrono::seconds(seconds) + kGrace};
    bool satisfied = false;
    auto watched = api->watch(request, [&](const Json& event) {
      const auto type = stringAt(event, "type");
      if (type == "BOOKMARK") return session.now() < deadline;
      satisfied = check(type == "DELETED" ? Json() : event["object"]);
      return !satisfied && session.now() < deadline;
    });
    if (satisfied) return true;
    if (!watched && watched.error().reason != Reason::Expired) return std::move(watched).error();
  }
}

}  // namespace berth::cli
