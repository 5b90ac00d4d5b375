// berth: the command line of Berth; installed as kubectl-berth too.
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <unistd.h>

#include "cli/app.hpp"
#include "cli/exit_codes.hpp"
#include "cli/process.hpp"
#include "cli/rest_client.hpp"

namespace {

void onInterrupt(int) { _exit(berth::cli::kExitInterrupted); }

std::string environment(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody sets it
  return value == nullptr ? "" : value;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace berth;  // NOLINT(google-build-using-namespace)
  std::signal(SIGINT, onInterrupt);
  std::ios::sync_with_stdio(false);
  const SystemClock clock;
  cli::World world{
      .in = std::cin,
      .out = std::cout,
      .err = std::cerr,
      .clock = clock,
      .terminal = ::isatty(STDOUT_FILENO) == 1,
      .environment = environment,
      .connect = cli::RestClient::make,
      .runProgram = cli::runProgram};
  const auto program = std::filesystem::path(argc > 0 ? argv[0] : "berth").filename().string();
  const std::vector<std::string> words(argv + (argc > 0 ? 1 : 0), argv + argc);
  try {
    return cli::runBerth(world, program, words);
  } catch (const std::exception& exception) {
    std::cerr << "error: " << exception.what() << '\n';
    return cli::kExitError;
  }
}
