#include "reconcilers/clientdeployment/placement.hpp"

#include <algorithm>
#include <tuple>

#include "reconcilers/reasons.hpp"

namespace berth::clientdeployment {

namespace {

bool tolerates(const Wish& wish, const Taint& taint) {
  return std::ranges::any_of(wish.tolerations, [&](const Toleration& toleration) {
    if (!toleration.effect.empty() && toleration.effect != taint.effect) return false;
    if (toleration.operatorValue == "Exists")
      return toleration.key.empty() || toleration.key == taint.key;
    return toleration.key == taint.key && toleration.value == taint.value;
  });
}

const Taint* firstTaint(const Wish& wish, const Candidate& candidate, const char* effect) {
  const auto found = std::ranges::find_if(candidate.taints, [&](const Taint& taint) {
    return taint.effect == effect && !tolerates(wish, taint);
  });
  return found == candidate.taints.end() ? nullptr : &*found;
}

/// Empty when the host may be taken.
std::string whyNot(const Wish& wish, const Candidate& candidate) {
  if (!candidate.ready) return "is not ready";
  if (candidate.unschedulable) return "is unschedulable";
  for (const auto& [key, value] : wish.hostSelector) {
    const auto found = candidate.labels.find(key);
    if (found == candidate.labels.end() || found->second != value)
      return "lacks the label " + key + "=" + value;
  }
  if (const auto* taint = firstTaint(wish, candidate, "NoSchedule"))
    return "has the taint " + taint->key + (taint->value.empty() ? "" : "=" + taint->value);
  if (candidate.deployments >= candidate.maxDeployments) return "has its most deployments";
  if (candidate.promisedBytes + wish.memoryBytes > candidate.memoryBytes)
    return "has too little memory left";
  if (wish.hostPort && candidate.ports.contains(*wish.hostPort)) return "has given the port away";
  if (!wish.hostPort && !choosePort(wish.uid, candidate)) return "has no port left";
  return "";
}

/// Smaller is better.
auto rank(const Wish& wish, const Candidate& candidate) {
  const auto found = candidate.groups.find(wish.group);
  const auto together = wish.group.empty() || found == candidate.groups.end() ? 0 : found->second;
  const bool tainted = firstTaint(wish, candidate, "PreferNoSchedule") != nullptr;
  return std::tuple(
      together, tainted, candidate.promisedBytes - candidate.memoryBytes, candidate.name);
}

Placement on(const Wish& wish, const Candidate& candidate, std::vector<Verdict> refused) {
  const auto port = wish.hostPort ? wish.hostPort : choosePort(wish.uid, candidate);
  if (!port)
    return {
        .reason = reason::kPortsExhausted,
        .message = "every port of host " + candidate.name + " is given away; widen its portRange",
        .refused = std::move(refused)};
  return {
      .host = candidate.name,
      .port = *port,
      .reason = reason::kPlaced,
      .message = "placed on host " + candidate.name,
      .refused = std::move(refused)};
}

Placement onNamed(const Wish& wish, const std::vector<Candidate>& candidates) {
  const auto found = std::ranges::find(candidates, wish.hostName, &Candidate::name);
  if (found == candidates.end())
    return {
        .reason = reason::kHostNotFound,
        .message =
            "there is no host " + wish.hostName + "; create it or change spec.placement.hostName"};
  if (!found->ready)
    return {
        .reason = reason::kHostNotReady,
        .message = "host " + wish.hostName + " is not ready; see its conditions",
        .refused = {{found->name, "is not ready"}}};
  return on(wish, *found, {});
}

std::string listed(const std::vector<Verdict>& refused) {
  constexpr std::size_t kMost = 5;
  std::string text;
  for (std::size_t i = 0; i < std::min(kMost, refused.size()); ++i)
    text += (i == 0 ? "" : "; ") + refused[i].host + " " + refused[i].why;
  if (refused.size() > kMost) text += "; and " + std::to_string(refused.size() - kMost) + " more";
  return text;
}

}  // namespace

Placement place(const Wish& wish, const std::vector<Candidate>& candidates) {
  if (!wish.hostName.empty()) return onNamed(wish, candidates);
  if (candidates.empty())
    return {.reason = reason::kNoHosts, .message = "there is no host; create one of kind Host"};

  std::vector<Verdict> refused;
  const Candidate* best = nullptr;
  for (const auto& candidate : candidates) {
    if (auto why = whyNot(wish, candidate); !why.empty())
      refused.push_back({candidate.name, std::move(why)});
    else if (best == nullptr || rank(wish, candidate) < rank(wish, *best))
      best = &candidate;
  }
  if (best != nullptr) return on(wish, *best, std::move(refused));
  return {
      .reason = reason::kUnschedulable,
      .message = "no host takes it: " + listed(refused),
      .refused = std::move(refused)};
}

std::optional<int> choosePort(
    const Uid& uid, const Candidate& candidate, const std::set<int>& refused) {
  if (candidate.firstPort <= 0 || candidate.lastPort < candidate.firstPort) return std::nullopt;
  const auto count = static_cast<std::uint64_t>(candidate.lastPort - candidate.firstPort + 1);
  std::uint64_t hash = 14695981039346656037U;  // FNV-1a: spreads tenants over the range
  for (const char letter : uid) {
    hash ^= static_cast<unsigned char>(letter);
    hash *= 1099511628211U;
  }
  for (std::uint64_t i = 0; i < count; ++i) {
    const int port = candidate.firstPort + static_cast<int>((hash + i) % count);
    if (!candidate.ports.contains(port) && !refused.contains(port)) return port;
  }
  return std::nullopt;
}

}  // namespace berth::clientdeployment
