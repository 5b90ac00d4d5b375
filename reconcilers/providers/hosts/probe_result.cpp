#include "reconcilers/providers/hosts/probe_result.hpp"

#include <utility>

namespace berth::hosts {

ProbeResult follow(const std::optional<ProbeResult>& before, ProbeResult newest, bool& changed) {
  changed = !before || before->success() != newest.success();
  newest.since = changed ? newest.at : before->since;
  newest.streak = changed ? 1 : before->streak + 1;
  return newest;
}

ProbeResult fromStatus(int status, Time at) {
  ProbeResult result{.status = status, .message = "HTTP " + std::to_string(status), .at = at};
  result.outcome = status >= 200 && status < 400 ? ProbeOutcome::Success : ProbeOutcome::BadStatus;
  return result;
}

}  // namespace berth::hosts
