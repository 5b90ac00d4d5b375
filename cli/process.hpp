/// @file
/// Programs that we start: the diff tool and the editor.  The only include of
/// Boost.Process.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.hpp"

namespace berth::cli {

/// Runs `command` with our standard streams and waits for it; its exit status.
/// NotFound when there is no such program.
Result<int> runProgram(const std::vector<std::string>& command);

/// A private folder (mode 0700) that goes when this does.
class TemporaryFolder {
 public:
  static Result<TemporaryFolder> make();
  ~TemporaryFolder();
  TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  TemporaryFolder& operator=(TemporaryFolder&& other) noexcept {
    std::swap(path_, other.path_);
    return *this;
  }

  [[nodiscard]] const std::string& path() const { return path_; }
  /// Writes a file in it, and in a sub-folder if `name` has one.
  [[nodiscard]] Result<std::string> write(const std::string& name, const std::string& text) const;

 private:
  explicit TemporaryFolder(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

/// A command line from the environment ("vim -u NONE") as words; blanks divide.
std::vector<std::string> splitCommand(const std::string& text);

}  // namespace berth::cli
