#include "tests/support/child_program.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <signal.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

#include <grp.h>
#include <pwd.h>

namespace berth::support {
namespace {

/// What the new process does; only calls that are safe after fork().
[[noreturn]] void become(
    char* const* arguments, const passwd* user, const char* output, int endSignal) {
  if (output != nullptr) {
    const int file = ::open(output, O_WRONLY | O_CREAT | O_APPEND, 0644);
    ::dup2(file, 1);
    ::dup2(file, 2);
  }
  if (user != nullptr) {
    const gid_t group = user->pw_gid;
    if (::setgroups(1, &group) != 0 || ::setgid(group) != 0 || ::setuid(user->pw_uid) != 0)
      ::_exit(126);
  }
  ::prctl(PR_SET_PDEATHSIG, endSignal);
  ::execv(arguments[0], arguments);
  ::_exit(127);
}

int statusOf(int status) { return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status); }

}  // namespace

ChildProgram::ChildProgram(const std::vector<std::string>& arguments, const Options& options)
    : endSignal_(options.endSignal) {
  std::vector<char*> pointers;
  for (const auto& argument : arguments) pointers.push_back(const_cast<char*>(argument.c_str()));
  pointers.push_back(nullptr);
  const passwd* user = nullptr;
  if (::geteuid() == 0 && !options.user.empty()) {
    user = ::getpwnam(options.user.c_str());
    if (user == nullptr) throw std::runtime_error("there is no user " + options.user);
  }
  const char* output = options.output.empty() ? nullptr : options.output.c_str();
  pid_ = ::fork();
  if (pid_ == 0) become(pointers.data(), user, output, endSignal_);
  if (pid_ < 0) throw std::runtime_error(std::string("fork: ") + std::strerror(errno));
}

ChildProgram::ChildProgram(ChildProgram&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), endSignal_(other.endSignal_), status_(other.status_) {}

ChildProgram::~ChildProgram() {
  if (pid_ < 0 || status_) return;
  signal(endSignal_);
  wait();
}

void ChildProgram::signal(int number) const { ::kill(pid_, number); }

int ChildProgram::wait() {
  while (!status_) {
    int status = 0;
    if (::waitpid(pid_, &status, 0) == pid_) status_ = statusOf(status);
  }
  return *status_;
}

bool ChildProgram::running() {
  int status = 0;
  if (!status_ && ::waitpid(pid_, &status, WNOHANG) == pid_) status_ = statusOf(status);
  return !status_;
}

void runProgram(const std::vector<std::string>& arguments, const ChildProgram::Options& options) {
  const int status = ChildProgram(arguments, options).wait();
  if (status == 0) return;
  std::string text;
  for (const auto& argument : arguments) text += argument + " ";
  throw std::runtime_error(text + "ended with " + std::to_string(status));
}

}  // namespace berth::support
