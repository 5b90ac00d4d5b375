#include "reconcilers/clientdeployment/problem.hpp"

#include <array>
#include <string_view>
#include <utility>

#include "reconcilers/providers/docker/fault.hpp"
#include "reconcilers/reasons.hpp"

namespace berth::clientdeployment {

namespace {

struct Known {
  std::string_view fault;
  Stage stage;
  const char* reason;
  const char* nextStep;
  bool terminal;
  bool unknown = false;
};

namespace fault = docker::fault;

constexpr auto kKnown = std::array{
    Known{
        fault::kEngineAway,
        Stage::Container,
        reason::kEngineUnreachable,
        "the tenant is left as it is until the engine answers",
        false,
        true},
    Known{
        fault::kDiskFull,
        Stage::Container,
        reason::kDiskFull,
        "free space on the host; it is tried again",
        false},
    Known{
        fault::kImageMissing,
        Stage::Image,
        reason::kImageNotFound,
        "the image is not on the host; load it there or set imagePullPolicy to IfNotPresent",
        true},
    Known{
        fault::kImageUnknown,
        Stage::Image,
        reason::kImageNotFound,
        "correct spec.image, or push the image; it is tried again slowly",
        true},
    Known{
        fault::kImageDenied,
        Stage::Image,
        reason::kImageDenied,
        "set spec.imagePullSecretRef to a Secret with username and password",
        true},
    Known{fault::kPullFailed, Stage::Image, reason::kImagePullFailed, "it is tried again", false},
    Known{
        fault::kPortTaken,
        Stage::Container,
        reason::kPortTaken,
        "free the port on the host, or change spec.hostPort",
        true},
    Known{
        fault::kNameTaken,
        Stage::Container,
        reason::kNameTaken,
        "a container that is not ours has the name; rename or remove it",
        true},
    Known{
        fault::kRemoving,
        Stage::Container,
        reason::kWaiting,
        "the engine is still removing the old container",
        false},
    Known{
        fault::kCannotRun,
        Stage::Container,
        reason::kCannotRun,
        "the engine cannot run this image with these settings; correct the spec",
        true},
};

constexpr auto kStages = std::array{
    std::pair{Stage::Scheduled, std::string_view("Scheduled")},
    std::pair{Stage::Image, std::string_view("Image")},
    std::pair{Stage::Container, std::string_view("Container")},
    std::pair{Stage::Healthy, std::string_view("Healthy")},
};

}  // namespace

Error asError(const Problem& problem) {
  std::string stage;
  for (const auto& [value, name] : kStages)
    if (value == problem.stage) stage = name;
  return {
      problem.terminal ? Reason::Invalid : Reason::ServiceUnavailable,
      problem.message,
      {Cause{problem.reason, problem.message, stage}}};
}

Problem problemOf(const Error& error, Stage stage) {
  if (!error.causes.empty())
    for (const auto& [value, name] : kStages)
      if (error.causes.front().field == name)
        return {
            .stage = value,
            .reason = error.causes.front().reason,
            .message = error.message,
            .terminal = error.reason == Reason::Invalid};
  for (const auto& known : kKnown)
    if (docker::isFault(error, known.fault))
      return {
          .stage = known.stage,
          .reason = known.reason,
          .message = error.message + ": " + known.nextStep,
          .terminal = known.terminal,
          .unknown = known.unknown};
  if (error.reason == Reason::Timeout || error.reason == Reason::ServiceUnavailable)
    return {
        .stage = stage,
        .reason = reason::kEngineUnreachable,
        .message = error.message + ": the tenant is left as it is until the engine answers",
        .unknown = true};
  return {
      .stage = stage,
      .reason = reason::kEngineError,
      .message = error.message + ": it is tried again",
      .terminal = error.reason == Reason::Invalid};
}

}  // namespace berth::clientdeployment
