// Writes to a SQLite store from several threads until it is killed, and prints the
// revision and token of every write that was acknowledged.
//
//     burst_writer FILE NAME THREADS
#include <cstdlib>
#include <iostream>
#include <thread>
#include <unistd.h>
#include <vector>

#include "controller/store/sqlite_store.hpp"
#include "tests/integration/store/history.hpp"

namespace berth::store {
namespace {

void writeForEver(Store& store, const std::string& name) {
  for (int number = 0;; ++number) {
    const auto numbered = numberedWrite(name, number);
    const auto stored = store.write({}, numbered.write);
    if (!stored) {
      std::cerr << numbered.token << ": " << stored.error().message << '\n';
      std::exit(1);
    }
    // One call of write(2) per line, so that a kill leaves whole lines.
    const std::string line = std::to_string((*stored)->revision) + " " + numbered.token + "\n";
    if (::write(STDOUT_FILENO, line.data(), line.size()) != ssize_t(line.size())) std::exit(1);
  }
}

int run(const std::string& path, const std::string& name, int threads) {
  const SystemClock clock;
  SystemRandom random;
  const auto store = SqliteStore::open({.path = path}, clock, random);
  if (!store) {
    std::cerr << store.error().message << '\n';
    return 1;
  }
  std::vector<std::jthread> writers;
  for (int thread = 0; thread < threads; ++thread)
    writers.emplace_back(
        [&, thread] { writeForEver(**store, name + "." + std::to_string(thread)); });
  return 0;
}

}  // namespace
}  // namespace berth::store

int main(int count, char** arguments) {
  if (count != 4) return 2;
  return berth::store::run(arguments[1], arguments[2], std::atoi(arguments[3]));
}
