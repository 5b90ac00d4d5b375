#include "controller/api/request_info.hpp"

#include <algorithm>
#include <cctype>
#include <vector>

#include "core/object/selector.hpp"

namespace berth::api {
namespace {

std::vector<std::string> segmentsOf(const std::string& path) {
  std::vector<std::string> segments;
  for (std::size_t start = 0; start < path.size();) {
    const auto end = std::min(path.find('/', start), path.size());
    if (end > start) segments.push_back(path.substr(start, end - start));
    start = end + 1;
  }
  return segments;
}

std::string verbOf(const std::string& method, bool named, bool watch) {
  if (method == "GET" || method == "HEAD") return named ? "get" : watch ? "watch" : "list";
  if (method == "POST") return "create";
  if (method == "PUT") return "update";
  if (method == "PATCH") return "patch";
  if (method == "DELETE") return named ? "delete" : "deletecollection";
  return {};
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return char(std::tolower(c)); });
  return text;
}

/// As RBAC sees `?fieldSelector=metadata.name=a`: the request is about that object.
std::string selectedName(const http::Target& target) {
  const auto selector = FieldSelector::parse(target.param("fieldSelector"));
  if (!selector) return {};
  for (const auto& requirement : selector->requirements())
    if (requirement.field == "metadata.name" && requirement.equal) return requirement.value;
  return {};
}

}  // namespace

bool isTrue(const http::Target& target, const std::string& name) {
  if (!target.has(name)) return false;
  const auto value = target.param(name);
  return value.empty() || value == "1" || value == "true" || value == "True";
}

RequestInfo readRequest(const std::string& method, const http::Target& target) {
  RequestInfo info{.verb = lower(method), .path = target.path, .isDryRun = target.has("dryRun")};
  // Some clients ask for /version/ and /apis/.
  if (info.path.size() > 1 && info.path.ends_with('/')) info.path.pop_back();
  auto parts = segmentsOf(target.path);
  std::size_t at = 0;
  if (parts.size() > 2 && parts[0] == "api") {
    info.version = parts[1];
    at = 2;
  } else if (parts.size() > 3 && parts[0] == "apis") {
    info.group = parts[1];
    info.version = parts[2];
    at = 3;
  } else {
    return info;
  }
  // "namespaces/NS/PLURAL" is in a namespace; "namespaces[/NS[/status|finalize]]"
  // is the kind Namespace itself.
  const bool scoped = parts[at] == "namespaces" && parts.size() > at + 2 &&
                      !(info.group.empty() && parts.size() == at + 3 &&
                        (parts[at + 2] == "status" || parts[at + 2] == "finalize"));
  if (scoped) {
    info.namespaceName = parts[at + 1];
    at += 2;
  }
  if (parts.size() > at + 3) return info;
  info.isResource = true;
  info.plural = parts[at];
  if (parts.size() > at + 1) info.name = parts[at + 1];
  if (parts.size() > at + 2) info.subresource = parts[at + 2];
  info.verb = verbOf(method, !info.name.empty(), isTrue(target, "watch"));
  if (info.name.empty() && target.has("fieldSelector")) info.selectedName = selectedName(target);
  return info;
}

}  // namespace berth::api
