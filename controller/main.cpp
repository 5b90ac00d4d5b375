// berth-controller: the control plane in one process.
#include <csignal>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "controller/commands.hpp"
#include "controller/machines.hpp"
#include "controller/options.hpp"
#include "controller/process.hpp"
#include "core/base/random.hpp"
#include "reconcilers/providers/hosts/epoll_prober.hpp"

namespace {

using namespace berth;

int fail(const Error& error) {
  std::fprintf(stderr, "error: %s\n", error.message.c_str());
  return error.reason == Reason::Invalid ? 64 : 1;
}

/// Signals are taken by waiting for them, in this thread alone.
sigset_t blockSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return signals;
}

int run(const ControllerOptions& options) {
  const sigset_t signals = blockSignals();
  const SystemClock clock;
  SystemRandom random;
  World world{
      std::make_unique<LocalMachines>(options.docker, clock),
      std::make_unique<hosts::EpollProber>(clock)};
  auto process = Process::start(options, std::move(world), clock, random);
  if (!process) return fail(process.error());
  for (;;) {
    int signal = 0;
    sigwait(&signals, &signal);
    if (signal != SIGHUP) break;
    (*process)->reload();
  }
  (*process)->stop();
  return 0;
}

}  // namespace

int main(int count, char** words) try {
  ControllerOptions options;
  const std::vector<std::string> arguments(words + 1, words + count);
  const Program program{
      "berth-controller",
      "The control plane: the API, the store and the reconcilers.\n\n"
      "Commands beside serving, each with --help: audit, backup, keys, restore, store.",
      BERTH_VERSION};
  if (const auto said = runCommand(arguments)) {
    if (!*said) return fail(said->error());
    std::fputs((*said)->c_str(), stdout);
    return 0;
  }
  const auto text = loadOptions(program, options, arguments);
  if (!text) return fail(text.error());
  if (*text) {
    std::fputs((*text)->c_str(), stdout);
    return 0;
  }
  return run(options);
} catch (const std::exception& exception) {
  std::fprintf(stderr, "error: %s\n", exception.what());
  return 1;
}
