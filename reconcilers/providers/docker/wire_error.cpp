#include "reconcilers/providers/docker/wire_error.hpp"

#include <algorithm>
#include <initializer_list>
#include <optional>

#include "core/json/json.hpp"
#include "reconcilers/providers/docker/fault.hpp"

namespace berth::docker {
namespace {

constexpr std::size_t kMostWords = 500;

std::string wordsOf(const std::string& body) {
  const auto parsed = parseJson(body);
  auto words = parsed ? stringAt(parsed->document, "message") : "";
  if (words.empty()) words = body;
  while (!words.empty() && (words.back() == '\n' || words.back() == ' ')) words.pop_back();
  if (words.size() > kMostWords) words.resize(kMostWords);
  return words;
}

bool says(const std::string& words, std::initializer_list<std::string_view> any) {
  return std::any_of(any.begin(), any.end(), [&](std::string_view part) {
    return words.find(part) != std::string::npos;
  });
}

struct Meaning {
  Reason reason;
  std::string_view fault;
};

/// The container's own fault, which no other try mends.  Not every missing file is:
/// the engine's own socket to containerd may be what is missing.
bool cannotRun(const std::string& words) {
  if (says(words, {"invalid mount config", "bind source path"})) return true;
  return says(words, {"OCI runtime create failed", "OCI runtime exec failed"}) &&
         says(
             words,
             {"executable file not found",
              "no such file or directory",
              "exec format error",
              "permission denied",
              "not a directory"});
}

/// What the words alone give away, whatever the code.
std::optional<Meaning> meaningOf(const std::string& words) {
  if (says(words, {"no space left on device", "disk quota exceeded"}))
    return Meaning{Reason::ServiceUnavailable, fault::kDiskFull};
  if (says(words, {"port is already allocated", "address already in use"}))
    return Meaning{Reason::Conflict, fault::kPortTaken};
  if (says(words, {"No such image", "no such image"}))
    return Meaning{Reason::NotFound, fault::kImageMissing};
  // What an engine that crashed left in a network; not a container of that name.
  if (says(words, {"endpoint with name"})) return Meaning{Reason::Conflict, fault::kInUse};
  if (says(words, {"is already in use by container", "already exists"}))
    return Meaning{Reason::AlreadyExists, fault::kNameTaken};
  if (says(words, {"is already in progress", "marked for removal", "is dead or marked"}))
    return Meaning{Reason::Conflict, fault::kRemoving};
  if (says(words, {"cannot remove a running container", "container is running: stop"}))
    return Meaning{Reason::Conflict, fault::kRunning};
  if (says(words, {"is not running"})) return Meaning{Reason::Conflict, fault::kNotRunning};
  if (says(
          words,
          {"volume is in use",
           "has active endpoints",
           "unable to remove repository",
           "unable to delete",
           "image is being used"}))
    return Meaning{Reason::Conflict, fault::kInUse};
  if (cannotRun(words)) return Meaning{Reason::Invalid, fault::kCannotRun};
  return std::nullopt;
}

Reason reasonOf(int status) {
  switch (status) {
    case 400:
      return Reason::Invalid;
    case 401:
      return Reason::Unauthorized;
    case 403:
      return Reason::Forbidden;
    case 404:
      return Reason::NotFound;
    case 409:
      return Reason::Conflict;
    default:
      break;
  }
  // An engine that stumbles undoes what it began, and may succeed the next time.
  return status >= 500 ? Reason::ServiceUnavailable : Reason::InternalError;
}

}  // namespace

Error decodeError(std::string_view what, int status, const std::string& body) {
  const auto words = wordsOf(body);
  const auto message = std::string(what) + ": " + words;
  if (status == 400 && says(words, {"client version"}))
    return makeFault(Reason::Invalid, fault::kTooOld, message);
  if (const auto meaning = meaningOf(words))
    return makeFault(meaning->reason, meaning->fault, message);
  return Error{reasonOf(status), message};
}

Error decodePullError(std::string_view what, const std::string& message) {
  const auto words = wordsOf(message);
  const auto text = std::string(what) + ": " + words;
  if (says(words, {"no space left on device", "disk quota exceeded"}))
    return makeFault(Reason::ServiceUnavailable, fault::kDiskFull, text);
  if (says(words, {"denied", "unauthorized", "authentication required", "no basic auth"}))
    return makeFault(Reason::Forbidden, fault::kImageDenied, text);
  if (says(
          words,
          {"manifest unknown",
           "not found",
           "does not exist",
           "manifest for",
           "no matching manifest",
           "name unknown"}))
    return makeFault(Reason::NotFound, fault::kImageUnknown, text);
  return makeFault(Reason::ServiceUnavailable, fault::kPullFailed, text);
}

}  // namespace berth::docker
