// Feeds a fuzz target with its seeds and with what a few thousand mutations make of
// them, always the same ones.  Stands in for libFuzzer where the compiler has none;
// a crash, a sanitizer's report or an abort of the target fails the test.
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <string>
#include <unistd.h>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr std::size_t kMaxInput = 8192;
constexpr const char* kWords[] = {"&a ",  "*a",   "<<: ", "- ",  ": ", "\n  ",     "\n---\n",
                                  "{",    "}",    "[",    "]",   "\"", "'",        "!!str ",
                                  "null", "true", "0x",   "1e9", "-",  ",",        " in (",
                                  ")",    "!=",   "\\",   "Ki",  "ms", "\xF0\x9F", "\xEF\xBB\xBF"};

std::vector<std::string> readSeeds(int count, char** folders) {
  std::vector<std::string> seeds{""};
  for (int i = 0; i < count; ++i) {
    for (const auto& entry : std::filesystem::directory_iterator(folders[i])) {
      if (!entry.is_regular_file()) continue;
      std::ifstream file(entry.path(), std::ios::binary);
      seeds.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
      if (seeds.back().size() > kMaxInput) seeds.back().resize(kMaxInput);
    }
  }
  return seeds;
}

class Mutator {
 public:
  explicit Mutator(const std::vector<std::string>& seeds) : seeds_(seeds) {}

  std::string next() {
    auto text = seeds_[below(seeds_.size())];
    for (auto changes = 1 + below(4); changes > 0; --changes) change(text);
    if (text.size() > kMaxInput) text.resize(kMaxInput);
    return text;
  }

 private:
  std::size_t below(std::size_t limit) { return limit == 0 ? 0 : random_() % limit; }

  void change(std::string& text) {
    const auto at = below(text.size() + 1);
    const auto length = below(std::min<std::size_t>(text.size() - at, 64) + 1);
    switch (below(6)) {
      case 0:
        if (at < text.size()) text[at] = char(random_());
        return;
      case 1:
        text.erase(at, length);
        return;
      case 2:
        text.insert(at, kWords[below(std::size(kWords))]);
        return;
      case 3:
        text.insert(below(text.size() + 1), text.substr(at, length));
        return;
      case 4:
        text.resize(at);
        return;
      default: {
        const auto& other = seeds_[below(seeds_.size())];
        text.insert(at, other.substr(below(other.size() + 1), 256));
      }
    }
  }

  const std::vector<std::string>& seeds_;
  std::mt19937_64 random_{20'240'601};
};

std::string current;

/// What broke the target, so that it can become a seed.
void tellInput(int) {
  constexpr const char kLead[] = "\n--- the input:\n";
  static_cast<void>(!write(STDERR_FILENO, kLead, sizeof kLead - 1));
  static_cast<void>(!write(STDERR_FILENO, current.data(), current.size()));
}

void feed(const std::string& text) {
  current = text;
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
}

}  // namespace

int main(int count, char** arguments) {
  for (const int deadly : {SIGABRT, SIGSEGV}) {
    struct sigaction action {};
    action.sa_handler = tellInput;
    action.sa_flags = int(SA_RESETHAND);
    sigaction(deadly, &action, nullptr);
  }
  const auto seeds = readSeeds(count - 1, arguments + 1);
  if (seeds.size() < 2) {
    std::cerr << "no seeds\n";
    return 1;
  }
  const char* wanted = std::getenv("BERTH_FUZZ_RUNS");
  const auto runs = wanted != nullptr ? std::strtoul(wanted, nullptr, 10) : 3000;
  for (const auto& seed : seeds) feed(seed);
  Mutator mutator(seeds);
  for (unsigned long i = 0; i < runs; ++i) feed(mutator.next());
  std::cout << seeds.size() << " seeds and " << runs << " mutations\n";
  return 0;
}
