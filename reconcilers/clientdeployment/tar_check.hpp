/// @file
/// TarCheck: whether a stream of bytes is a whole tar.  One thread.
///
/// Every header must have its check sum and every file its bytes, and the end mark
/// must be there: a stream that was cut off, or is something else, fails.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.hpp"

namespace berth::clientdeployment {

class TarCheck {
 public:
  /// Invalid as soon as a header is none.
  Result<> feed(std::string_view bytes);
  /// Invalid when it is not whole.
  [[nodiscard]] Result<> finish() const;
  [[nodiscard]] std::int64_t files() const { return files_; }

 private:
  Result<> takeHeader();

  std::string header_;     // of the block that is being read
  std::int64_t skip_ = 0;  // bytes of content, with padding, that are still to come
  std::int64_t files_ = 0;
  int zeroBlocks_ = 0;
};

}  // namespace berth::clientdeployment
