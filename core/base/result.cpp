#include "core/base/result.hpp"

namespace berth {

std::string_view toString(Reason reason) {
  switch (reason) {
    case Reason::BadRequest:
      return "BadRequest";
    case Reason::Unauthorized:
      return "Unauthorized";
    case Reason::Forbidden:
      return "Forbidden";
    case Reason::NotFound:
      return "NotFound";
    case Reason::MethodNotAllowed:
      return "MethodNotAllowed";
    case Reason::NotAcceptable:
      return "NotAcceptable";
    case Reason::AlreadyExists:
      return "AlreadyExists";
    case Reason::Conflict:
      return "Conflict";
    case Reason::Expired:
      return "Expired";
    case Reason::RequestEntityTooLarge:
      return "RequestEntityTooLarge";
    case Reason::UnsupportedMediaType:
      return "UnsupportedMediaType";
    case Reason::Invalid:
      return "Invalid";
    case Reason::TooManyRequests:
      return "TooManyRequests";
    case Reason::Timeout:
      return "Timeout";
    case Reason::ServiceUnavailable:
      return "ServiceUnavailable";
    case Reason::InternalError:
      return "InternalError";
  }
  return "InternalError";
}

Error during(std::string_view what, Error error) {
  error.message = std::string(what) + ": " + error.message;
  return error;
}

void assertionFailed(const char* expression, const char* file, int line) {
  std::fprintf(stderr, "assertion failed: %s at %s:%d\n", expression, file, line);
  std::abort();
}

}  // namespace berth
