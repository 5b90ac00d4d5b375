/// @file
/// WriteQueue: what is to be written, as views in order.  Private to core/http.
///
/// One thread.  What the views point into is kept by whoever fills the queue, until it
/// is empty.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace berth::http {

class WriteQueue {
 public:
  void add(std::string_view bytes) {
    if (!bytes.empty()) views_.push_back(bytes);
  }

  [[nodiscard]] bool empty() const { return first_ == views_.size(); }

  [[nodiscard]] std::span<const std::string_view> views() const {
    return std::span(views_).subspan(first_);
  }

  /// Takes what was written away from the front.
  void consume(std::size_t count) {
    while (count > 0 && !empty()) {
      auto& front = views_[first_];
      const auto step = std::min(count, front.size());
      front.remove_prefix(step);
      count -= step;
      if (front.empty()) ++first_;
    }
    if (empty()) {
      views_.clear();
      first_ = 0;
    }
  }

 private:
  std::vector<std::string_view> views_;
  std::size_t first_ = 0;
};

}  // namespace berth::http
