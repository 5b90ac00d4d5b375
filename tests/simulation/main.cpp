// simulate: runs seeds, one after another.
//
//     simulate --seeds 1..500               # stops at the first that fails
//     simulate --seed 42 --trace            # the same run again, line by line
//     simulate --seeds 1..100 --bug NoFence # how many seeds find a planted bug
#include <algorithm>
#include <iostream>
#include <string>
#include <vector>

#include "tests/support/simulation/simulation.hpp"

namespace {

using namespace berth::simulation;

struct Arguments {
  std::uint64_t first = 1;
  std::uint64_t last = 1;
  std::optional<Bug> bug;
  bool trace = false;
  bool valid = true;
};

Arguments parse(const std::vector<std::string>& words) {
  Arguments arguments;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const bool hasValue = i + 1 < words.size();
    if (words[i] == "--trace") {
      arguments.trace = true;
    } else if (words[i] == "--seed" && hasValue) {
      arguments.first = arguments.last = std::stoull(words[++i]);
    } else if (words[i] == "--seeds" && hasValue) {
      const auto& range = words[++i];
      const auto dots = range.find("..");
      arguments.first = std::stoull(range.substr(0, dots));
      arguments.last = std::stoull(range.substr(dots + 2));
    } else if (words[i] == "--bug" && hasValue) {
      const auto& name = words[++i];
      const auto* found =
          std::ranges::find_if(kBugs, [&](const BugName& bug) { return bug.name == name; });
      if (found == kBugs.end())
        arguments.valid = false;
      else
        arguments.bug = found->bug;
    } else {
      arguments.valid = false;
    }
  }
  return arguments;
}

int findBug(const Arguments& arguments) {
  std::uint64_t caught = 0;
  std::string firstWords;
  for (auto seed = arguments.first; seed <= arguments.last; ++seed) {
    const auto outcome = simulate({seed, {arguments.bug}, arguments.trace});
    if (!outcome.wrong) continue;
    if (caught++ == 0) firstWords = outcome.wrong->substr(0, outcome.wrong->find('\n'));
  }
  std::cout << caught << " of " << arguments.last - arguments.first + 1
            << " seeds find it; the first: " << firstWords << "\n";
  return caught > 0 ? 0 : 1;
}

int runSeeds(const Arguments& arguments) {
  std::size_t turns = 0;
  std::int64_t restarts = 0;
  for (auto seed = arguments.first; seed <= arguments.last; ++seed) {
    const auto outcome = simulate({seed, {}, arguments.trace});
    turns += outcome.turns;
    restarts += outcome.restarts;
    if (arguments.first == arguments.last)
      std::cout << "SEED " << seed << " hash " << std::hex << outcome.hash << std::dec << "\n";
    if (!outcome.wrong) continue;
    std::cout << *outcome.wrong << "again: simulate --seed " << seed << " --trace\n";
    return 1;
  }
  std::cout << arguments.last - arguments.first + 1 << " seeds, " << turns << " turns, " << restarts
            << " starts of controllers: all is well\n";
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const auto arguments = parse({argv + 1, argv + argc});
  if (!arguments.valid) {
    std::cerr << "usage: simulate [--seed N | --seeds A..B] [--trace] [--bug NAME]\n";
    return 2;
  }
  return arguments.bug ? findBug(arguments) : runSeeds(arguments);
}
