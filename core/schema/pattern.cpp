#include <mutex>

#include <boost/regex.hpp>

#include "core/schema/schema.hpp"

namespace berth {
namespace {

constexpr std::size_t kMaxText = std::size_t{64} * 1024;

}  // namespace

/// Boost's matcher keeps its state on the heap and gives up when a match takes too
/// many steps, where std::regex would use up the stack.
struct Pattern::Compiled {
  std::once_flag once;
  boost::regex expression;
  std::string error;
};

Pattern::Pattern(std::string text)
    : text_(std::move(text)), compiled_(std::make_unique<Compiled>()) {}

Pattern::~Pattern() = default;

const Pattern::Compiled& Pattern::compiled() const {
  std::call_once(compiled_->once, [this] {
    try {
      compiled_->expression.assign(text_);
    } catch (const boost::regex_error& error) {
      compiled_->error = error.what();
    }
  });
  return *compiled_;
}

Result<> Pattern::compile() const {
  const auto& error = compiled().error;
  if (!error.empty()) return Error{Reason::Invalid, "pattern " + text_ + ": " + error};
  return Ok{};
}

bool Pattern::matches(std::string_view value) const {
  const auto& state = compiled();
  if (!state.error.empty() || value.size() > kMaxText) return false;
  try {
    // ^ and $ are the ends of the text, as in Go, not of its lines.
    return boost::regex_search(
        value.begin(), value.end(), state.expression, boost::match_single_line | boost::match_any);
  } catch (const std::runtime_error&) {
    return false;  // too many steps
  }
}

}  // namespace berth
