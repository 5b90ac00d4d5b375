#include "reconcilers/clientdeployment/status.hpp"

#include "reconcilers/clientdeployment/desired.hpp"
#include "reconcilers/clientdeployment/plan.hpp"
#include "reconcilers/reasons.hpp"

namespace berth::clientdeployment {

namespace {

using v1alpha1::ClientDeployment;
using v1alpha1::ClientDeploymentStatus;

/// A condition without type, generation and time.
struct Finding {
  std::string status;  // True, False, Unknown
  std::string reason;
  std::string message;
};

class Judge {
 public:
  Judge(const ClientDeployment& object, const View& view) : object_(object), view_(view) {}

  [[nodiscard]] Finding scheduled() const {
    if (auto problem = problemAt(Stage::Scheduled)) return *problem;
    if (view_.host.empty()) return {"Unknown", reason::kWaiting, "not placed yet"};
    return {"True", reason::kPlaced, "placed on host " + view_.host};
  }

  [[nodiscard]] Finding imageReady() const {
    if (auto problem = problemAt(Stage::Image)) return *problem;
    if (before(Stage::Image)) return {"Unknown", reason::kWaiting, "not looked for yet"};
    if (view_.pulling) return {"False", reason::kPullingImage, "fetching " + object_.spec.image};
    if (view_.imageReady || view_.container)
      return {"True", reason::kImagePresent, object_.spec.image + " is on the host"};
    return {"Unknown", reason::kWaiting, "not looked for yet"};
  }

  [[nodiscard]] Finding containerReady() const {
    if (auto problem = problemAt(Stage::Container)) return *problem;
    if (before(Stage::Container) || view_.pulling)
      return {"Unknown", reason::kWaiting, "waiting for what comes before"};
    if (object_.metadata.deletionTimestamp)
      return {"False", reason::kDeleting, "the tenant is being removed"};
    const bool alive = view_.container && isAlive(*view_.container);
    if (!alive && stopped()) return {"False", reason::kStopped, "stopped, as spec.state says"};
    if (alive && view_.drift)
      return {"True", reason::kDriftDetected, "runs, but was changed by hand on the host"};
    if (alive) return {"True", reason::kRunning, "container " + view_.container->name + " runs"};
    if (isPaused(object_))
      return {"False", reason::kPaused, "does not run, and effects are paused"};
    if (view_.container && view_.restarts.streak > 1)
      return {
          "False",
          reason::kCrashLoop,
          "the app keeps ending (" + view_.restarts.lastExitReason + ", exit code " +
              std::to_string(view_.restarts.lastExitCode.value_or(0)) +
              "); see its log. It is started again, ever later"};
    return {"False", reason::kCreating, "the container is being made"};
  }

  [[nodiscard]] Finding healthy() const {
    if (!view_.container || !isAlive(*view_.container))
      return {"Unknown", reason::kNotRunning, "nothing runs that could be asked"};
    if (!view_.health) return {"Unknown", reason::kWaiting, "not asked yet"};
    switch (view_.health->state) {
      case HealthState::Unknown:
        return carried();
      case HealthState::Starting:
        return {"False", reason::kStarting, view_.health->message};
      case HealthState::Healthy:
        return {"True", reason::kProbeSucceeded, "the app answers"};
      case HealthState::Failing:
        return {"False", reason::kProbeFailing, view_.health->message};
      case HealthState::StartupFailed:
        return {"False", reason::kStartupFailed, view_.health->message};
      case HealthState::Hanging:
        return {"False", reason::kLivenessFailed, view_.health->message};
    }
    return {};
  }

  [[nodiscard]] Finding ready() const {
    if (object_.metadata.deletionTimestamp)
      return {
          "False",
          reason::kDeleting,
          view_.problem ? "the removal waits: " + view_.problem->message
                        : "the tenant is being removed"};
    const bool rests =
        !view_.problem && stopped() && !(view_.container && isAlive(*view_.container));
    if (rests) return {"False", reason::kStopped, "stopped, as spec.state says"};
    if (view_.problem) return *problemAt(view_.problem->stage);
    for (const auto& part : {scheduled(), imageReady(), containerReady(), healthy()})
      if (part.status != "True") return part;
    return {"True", reason::kReady, "the tenant serves"};
  }

  [[nodiscard]] Finding stalled() const {
    if (view_.problem && view_.problem->terminal)
      return {"True", view_.problem->reason, view_.problem->message};
    if (view_.advice) return {"True", view_.advice->reason, view_.advice->message};
    if (deadlinePassed_)
      return {
          "True",
          reason::kProgressDeadlineExceeded,
          "not ready within spec.rollout.progressDeadlineSeconds; see the other conditions"};
    return {"False", reason::kSettled, "nothing waits for a person"};
  }

  [[nodiscard]] Finding progressing() const {
    if (isPaused(object_)) return {"False", reason::kPaused, "effects are paused"};
    const auto sum = ready();
    const auto stuck = stalled();
    if (stuck.status == "True") return {"False", stuck.reason, stuck.message};
    if (sum.status == "True" || sum.reason == reason::kStopped)
      return {"False", reason::kSettled, "all is as the spec says"};
    return {"True", sum.reason, sum.message};
  }

  void passDeadline() { deadlinePassed_ = true; }

 private:
  [[nodiscard]] bool stopped() const { return object_.spec.state == "Stopped"; }
  [[nodiscard]] std::optional<Finding> problemAt(Stage stage) const {
    if (!view_.problem || view_.problem->stage != stage) return std::nullopt;
    return Finding{
        view_.problem->unknown ? "Unknown" : "False",
        view_.problem->reason,
        view_.problem->message};
  }
  /// Whether a problem lies before this stage.
  [[nodiscard]] bool before(Stage stage) const {
    return (view_.problem && view_.problem->stage < stage) || view_.host.empty();
  }
  /// The last answer, as long as the same run goes on: a controller that has just
  /// come up does not know better.
  [[nodiscard]] Finding carried() const {
    const auto& last = object_.status.container;
    const auto* condition = findCondition(object_.status.conditions, "Healthy");
    const bool same = last && condition != nullptr && last->id == view_.container->id &&
                      last->startedAt && view_.container->startedAt &&
                      formatRfc3339(*last->startedAt) == formatRfc3339(*view_.container->startedAt);
    if (same && condition->reason != reason::kWaiting && condition->reason != reason::kNotRunning)
      return {condition->status, condition->reason, condition->message};
    return {"False", reason::kStarting, "waiting for the first answer"};
  }

  const ClientDeployment& object_;
  const View& view_;
  bool deadlinePassed_ = false;
};

/// Progressing has been True for this generation for longer than the spec allows.
bool deadlinePassed(const ClientDeployment& object, Time now) {
  const auto* condition = findCondition(object.status.conditions, "Progressing");
  if (condition == nullptr || condition->observedGeneration != object.metadata.generation)
    return false;
  if (condition->reason == reason::kProgressDeadlineExceeded) return true;
  return condition->status == "True" &&
         now - condition->lastTransitionTime >=
             std::chrono::seconds(object.spec.rollout.progressDeadlineSeconds);
}

/// The tag, or the start of the digest.
std::string versionOf(const std::string& image) {
  constexpr std::size_t kDigestLetters = 19;  // sha256: and twelve more
  if (const auto at = image.find('@'); at != std::string::npos)
    return image.substr(at + 1, kDigestLetters);
  const auto slash = image.rfind('/');
  const auto colon = image.rfind(':');
  const bool tagged = colon != std::string::npos && (slash == std::string::npos || colon > slash);
  return tagged ? image.substr(colon + 1) : "latest";
}

void fillFacts(ClientDeploymentStatus& status, const ClientDeployment& object, const View& view) {
  status.observedGeneration = object.metadata.generation;
  status.clientName =
      object.spec.clientName.empty() ? object.metadata.name : object.spec.clientName;
  status.hostName = view.host;
  if (view.port != 0) {
    status.hostPort = view.port;
    status.url = "http://" + view.address + ":" + std::to_string(view.port);
  }
  if (!view.volume.empty() || !view.directory.empty() || !view.snapshot.empty())
    status.storage = {view.volume, view.directory, view.snapshot};
  if (!view.container) return;

  const auto& container = *view.container;
  status.image = {container.image, container.imageId};
  status.version = versionOf(container.image);
  status.container.emplace();
  status.container->id = container.id;
  status.container->name = container.name;
  status.container->state = std::string(toString(container.status));
  status.container->startedAt = container.startedAt;
  if (view.restarts.restarts > 0) status.container->restarts = view.restarts.restarts;
  if (view.restarts.lastExitCode) {
    status.container->lastExitCode = *view.restarts.lastExitCode;
    status.container->lastExitReason = view.restarts.lastExitReason;
  }
}

}  // namespace

ClientDeploymentStatus statusOf(const ClientDeployment& object, const View& view, Time now) {
  ClientDeploymentStatus status;
  status.conditions = object.status.conditions;
  if (view.problem && view.problem->unknown) {
    // What is not seen now is not gone: the facts stay as they were last seen.
    status = object.status;
    status.observedGeneration = object.metadata.generation;
  } else {
    fillFacts(status, object, view);
  }

  // A new generation has its own time to make progress.
  std::erase_if(status.conditions, [&](const Condition& condition) {
    return condition.type == "Progressing" &&
           condition.observedGeneration != object.metadata.generation;
  });

  Judge judge(object, view);
  if (deadlinePassed(object, now) && judge.ready().status != "True") judge.passDeadline();
  const auto put = [&](const char* type, const Finding& finding) {
    setCondition(
        status.conditions,
        {.type = type,
         .status = finding.status,
         .observedGeneration = object.metadata.generation,
         .reason = finding.reason,
         .message = finding.message},
        now);
  };
  put("Scheduled", judge.scheduled());
  put("ImageReady", judge.imageReady());
  put("ContainerReady", judge.containerReady());
  put("Healthy", judge.healthy());
  put("Progressing", judge.progressing());
  put("Stalled", judge.stalled());
  put("Ready", judge.ready());
  return status;
}

}  // namespace berth::clientdeployment
