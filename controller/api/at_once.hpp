/// @file
/// atOnce: independent writes, each in a thread of its own, because the store commits
/// together what waits together.
#pragma once

#include <functional>
#include <thread>
#include <vector>

#include "core/base/result.hpp"

namespace berth::api {

/// write(0) ... write(count - 1), for a few dozen; the first error when all have ended.
inline Result<> atOnce(std::size_t count, const std::function<Result<>(std::size_t)>& write) {
  std::vector<Result<>> outcomes(count, Ok{});
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < count; ++i)
      threads.emplace_back([&, i] { outcomes[i] = write(i); });
  }
  for (const auto& outcome : outcomes) BERTH_CHECK(outcome);
  return Ok{};
}

}  // namespace berth::api
