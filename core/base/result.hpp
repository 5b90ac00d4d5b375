/// @file
/// Result: a value, or the Error that a caller branches on.
///
/// Reason is the closed list of the API's Status reasons, so that one value
/// decides the HTTP code, the exit status, the backoff and the words of a
/// condition.  A new Reason is a change of the API.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace berth {

enum class Reason {
  BadRequest,
  Unauthorized,
  Forbidden,
  NotFound,
  MethodNotAllowed,
  NotAcceptable,
  AlreadyExists,
  Conflict,  // the resourceVersion was not the current one
  Expired,   // the watch or page asked for a revision already compacted
  RequestEntityTooLarge,
  UnsupportedMediaType,
  Invalid,             // the object breaks its schema
  TooManyRequests,     // a budget is spent; see retryAfterSeconds
  Timeout,             // no answer in time: it may or may not have happened
  ServiceUnavailable,  // no answer, and nothing has happened
  InternalError,       // a bug, or something nobody expected
};

/// The Status document's spelling, such as "AlreadyExists".
std::string_view toString(Reason reason);

/// One entry of a Status document's details.causes.
struct Cause {
  std::string reason;   // FieldValueRequired, FieldValueInvalid, ...
  std::string message;  // as Kubernetes words it
  std::string field;    // spec.resources.memory

  bool operator==(const Cause&) const = default;
};

struct Error {
  Reason reason = Reason::InternalError;
  std::string message;
  std::vector<Cause> causes = {};
  std::optional<int> retryAfterSeconds = std::nullopt;

  /// Whether trying again, unchanged, may succeed.
  [[nodiscard]] bool isRetryable() const {
    return reason == Reason::Conflict || reason == Reason::Timeout ||
           reason == Reason::ServiceUnavailable || reason == Reason::TooManyRequests;
  }
  bool operator==(const Error&) const = default;
};

/// The same Error with what was being done in front of its message.
Error during(std::string_view what, Error error);

/// The value of a Result that has none.
struct Ok {
  bool operator==(const Ok&) const = default;
};

template <class T = Ok>
class [[nodiscard]] Result {
 public:
  using ValueType = T;

  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: by design
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: by design
  template <class U>
  requires(
      std::is_convertible_v<U, T> && !std::is_same_v<std::decay_t<U>, T> &&
      !std::is_same_v<std::decay_t<U>, Error> && !std::is_same_v<std::decay_t<U>, Result>)
      Result(U&& value)  // NOLINT: by design
      : state_(std::in_place_index<0>, std::forward<U>(value)) {}

  [[nodiscard]] bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  // Out of a temporary by value: a reference would not outlive the statement, in a
  // range-for not even the first iteration.
  T& operator*() & { return std::get<0>(state_); }
  const T& operator*() const& { return std::get<0>(state_); }
  T operator*() && { return std::get<0>(std::move(state_)); }
  T* operator->() { return &std::get<0>(state_); }
  const T* operator->() const { return &std::get<0>(state_); }
  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T value() && { return std::get<0>(std::move(state_)); }

  [[nodiscard]] const Error& error() const& { return std::get<1>(state_); }
  Error error() && { return std::get<1>(std::move(state_)); }

  [[nodiscard]] T value_or(T fallback) const& { return has_value() ? **this : std::move(fallback); }

 private:
  std::variant<T, Error> state_;
};

[[noreturn]] void assertionFailed(const char* expression, const char* file, int line);

}  // namespace berth

#define BERTH_CONCAT_INNER(a, b) a##b
#define BERTH_CONCAT(a, b) BERTH_CONCAT_INNER(a, b)

/// BERTH_TRY(auto spec, decode(document)); returns the Error to the caller, or
/// goes on with `spec` holding the value.
#define BERTH_TRY(declaration, ...) \
  BERTH_TRY_NAMED(declaration, BERTH_CONCAT(berthResult, __LINE__), __VA_ARGS__)
#define BERTH_TRY_NAMED(declaration, name, ...) \
  auto name = (__VA_ARGS__);                    \
  if (!name) return std::move(name).error();    \
  declaration = *std::move(name)

/// BERTH_CHECK(store.put(object)); is BERTH_TRY for a call with no value to keep.
#define BERTH_CHECK(...)                                                                          \
  do {                                                                                            \
    if (auto berthChecked = (__VA_ARGS__); !berthChecked) return std::move(berthChecked).error(); \
  } while (false)

/// What the code relies on; on in all builds.
#define BERTH_ASSERT(...) \
  ((__VA_ARGS__) ? void() : ::berth::assertionFailed(#__VA_ARGS__, __FILE__, __LINE__))
