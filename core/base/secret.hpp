/// @file
/// Secret: text that cannot be printed by accident.
///
/// No output operator, no conversion, no comparison (equalConstantTime() in
/// core/crypto/digest.hpp is the one that leaks no time); reveal() is the one way
/// out, so that a search for it finds every use.
#pragma once

#include <string>
#include <utility>

namespace berth {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}

  [[nodiscard]] const std::string& reveal() const { return text_; }
  [[nodiscard]] bool empty() const { return text_.empty(); }

 private:
  std::string text_;
};

}  // namespace berth
