/// @file
/// Registry: a real registry of images of a test's own, on the loopback.
#pragma once

#include <string>

#include "core/base/clock.hpp"
#include "tests/support/child_program.hpp"

namespace berth::docker {

class Registry {
 public:
  /// Requires the package docker-registry, and aborts when it does not start.
  Registry();
  ~Registry();
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  /// An image with one layer that has `content` in a file; its whole reference.
  [[nodiscard]] std::string put(
      const std::string& repository, const std::string& tag, const std::string& content) const;
  /// Spoils every layer that it has.
  void corrupt() const;

 private:
  [[nodiscard]] std::string upload(const std::string& repository, const std::string& bytes) const;

  SystemClock clock_;
  std::string folder_;
  int port_ = 0;
  std::optional<support::ChildProgram> program_;
};

}  // namespace berth::docker
