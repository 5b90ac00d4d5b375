/// @file
/// FileLock: at most one process holds it; given up when destroyed or when the
/// process ends, however it ends.
#pragma once

#include <string>
#include <utility>

#include "core/base/result.hpp"

namespace berth {

class FileLock {
 public:
  /// Makes the file, mode 0600.  ServiceUnavailable when somebody else holds it.
  static Result<FileLock> take(const std::string& path);

  ~FileLock();
  FileLock(FileLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
  FileLock& operator=(FileLock&&) = delete;

 private:
  explicit FileLock(int file) : file_(file) {}
  int file_;
};

}  // namespace berth
