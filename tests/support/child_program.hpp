/// @file
/// ChildProgram: a program that a test runs beside itself, ended with the test at
/// the latest.
///
/// One thread, which must be the test's main thread: the kernel ends the program
/// when the thread that started it ends.
#pragma once

#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace berth::support {

class ChildProgram {
 public:
  struct Options {
    std::string user = {};    // run as, when we are root
    std::string output = {};  // a file for both outputs; empty: ours
    int endSignal = 15;       // sent when the test ends first
  };

  /// `arguments` begin with the program's path.  Throws when it cannot start.
  ChildProgram(const std::vector<std::string>& arguments, const Options& options);
  /// Ends it by the end signal and waits.
  ~ChildProgram();
  ChildProgram(ChildProgram&& other) noexcept;
  ChildProgram& operator=(ChildProgram&&) = delete;

  void signal(int number) const;
  /// The exit status, or minus the signal that ended it.
  int wait();
  /// Whether it still runs.
  bool running();

 private:
  pid_t pid_ = -1;
  int endSignal_ = 15;
  std::optional<int> status_;
};

/// Runs it to its end; throws, with the command, when it fails.
void runProgram(
    const std::vector<std::string>& arguments, const ChildProgram::Options& options = {});

}  // namespace berth::support
