/// @file
/// Secret: text that cannot be printed by accident.
///
/// No output operator, no conversion, no comparison that leaks time; reveal()
/// is the one way out, so that a search for it finds every use.
#pragma once

#include <string>
#include <string_view>
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

/// Equality in a time that depends on the lengths only.
inline bool equalConstantTime(std::string_view a, std::string_view b) {
  unsigned difference = unsigned(a.size() != b.size());
  for (std::size_t i = 0; i < a.size(); ++i)
    difference |= unsigned(static_cast<unsigned char>(a[i])) ^
                  unsigned(static_cast<unsigned char>(b.empty() ? 1 : b[i % b.size()]));
  return difference == 0;
}

}  // namespace berth
