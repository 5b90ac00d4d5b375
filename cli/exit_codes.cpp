#include "cli/exit_codes.hpp"

#include <utility>

namespace berth::cli {

int exitCodeOf(Reason reason) {
  switch (reason) {
    case Reason::BadRequest:
      return kExitUsage;
    case Reason::NotFound:
      return kExitNotFound;
    case Reason::AlreadyExists:
    case Reason::Conflict:
    case Reason::Expired:
      return kExitConflict;
    case Reason::Unauthorized:
    case Reason::Forbidden:
      return kExitForbidden;
    case Reason::ServiceUnavailable:
      return kExitUnreachable;
    case Reason::Timeout:
    case Reason::TooManyRequests:
      return kExitTimedOut;
    case Reason::MethodNotAllowed:
    case Reason::NotAcceptable:
    case Reason::RequestEntityTooLarge:
    case Reason::UnsupportedMediaType:
    case Reason::Invalid:
    case Reason::InternalError:
      return kExitError;
  }
  return kExitError;
}

Error usageError(std::string message, const std::string& hint) {
  return withHint(Error{Reason::BadRequest, std::move(message)}, hint);
}

Error withHint(Error error, const std::string& hint) {
  if (!hint.empty()) error.message += "\nhint: " + hint;
  return error;
}

}  // namespace berth::cli
