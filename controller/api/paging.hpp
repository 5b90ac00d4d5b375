/// @file
/// ContinueToken: where the next page of a list begins, and of which state.
#pragma once

#include <optional>
#include <string>

#include "controller/store/store.hpp"
#include "core/base/result.hpp"

namespace berth::api {

struct ContinueToken {
  /// The revision of a list that goes on with whatever is there by then.
  static constexpr store::Revision kNewest = 0;

  store::Revision revision = 0;                         // of the snapshot that all pages show
  ObjectKey after;                                      // the last object of the page before
  std::optional<std::size_t> remaining = std::nullopt;  // objects from here on, when known

  [[nodiscard]] std::string text() const;
  /// BadRequest when it is none of ours.
  static Result<ContinueToken> parse(const std::string& text);
};

}  // namespace berth::api
