#include "cli/flags.hpp"

#include <algorithm>

#include <CLI/CLI.hpp>

#include "cli/exit_codes.hpp"
#include "cli/suggest.hpp"

namespace berth::cli {

namespace {

std::string spelling(const Flag& flag) {
  const std::string letter =
      flag.letter == '\0' ? std::string() : std::string("-") + flag.letter + ",";
  return letter + "--" + flag.name;
}

CLI::Option* bind(CLI::App& parser, const Flag& flag) {
  const auto names = spelling(flag);
  if (auto* const* target = std::get_if<bool*>(&flag.target))
    return parser.add_flag(names, **target);
  if (auto* const* target = std::get_if<int*>(&flag.target))
    return parser.add_option(names, **target);
  if (auto* const* target = std::get_if<std::string*>(&flag.target))
    return parser.add_option(names, **target);
  if (auto* const* target = std::get_if<OptionalText*>(&flag.target)) {
    auto* option = parser.add_flag(names + "{" + (*target)->whenBare + "}", (*target)->value);
    return option;
  }
  auto* list = std::get<std::vector<std::string>*>(flag.target);
  return parser.add_option(names, *list)->allow_extra_args(false);
}

}  // namespace

void FlagSet::addFlag(const std::string& names, Flag flag) {
  const auto comma = names.find(',');
  flag.name = names.substr(0, comma);
  if (comma != std::string::npos) flag.letter = names[comma + 1];
  flags_.push_back(std::move(flag));
}

void FlagSet::add(const std::string& names, bool& target, const std::string& help) {
  addFlag(names, Flag{.help = help, .target = &target});
}

void FlagSet::add(
    const std::string& names, int& target, const std::string& valueName, const std::string& help) {
  addFlag(names, Flag{.valueName = valueName, .help = help, .target = &target});
}

void FlagSet::add(
    const std::string& names,
    std::string& target,
    const std::string& valueName,
    const std::string& help) {
  addFlag(names, Flag{.valueName = valueName, .help = help, .target = &target});
}

void FlagSet::add(
    const std::string& names,
    OptionalText& target,
    const std::string& valueName,
    const std::string& help) {
  addFlag(names, Flag{.valueName = valueName, .help = help, .target = &target});
}

void FlagSet::add(
    const std::string& names,
    std::vector<std::string>& target,
    const std::string& valueName,
    const std::string& help) {
  addFlag(names, Flag{.valueName = valueName, .help = help, .target = &target});
}

Result<> FlagSet::parse(const std::vector<std::string>& words) { return run(words, false); }

Result<> FlagSet::parseLeading(const std::vector<std::string>& words) { return run(words, true); }

Error FlagSet::unknownFlag(const std::string& word) const {
  const auto name = word.substr(0, word.find('='));
  std::vector<std::string> known;
  for (const auto& flag : flags_) known.push_back("--" + flag.name);
  const auto meant = name.rfind("--", 0) == 0 ? nearest(name, known) : std::string();
  return usageError(
      "unknown flag: " + name,
      meant.empty() ? "--help lists the flags" : "did you mean " + meant + "?");
}

Result<> FlagSet::run(const std::vector<std::string>& words, bool leadingOnly) {
  CLI::App parser;
  parser.set_help_flag();
  parser.allow_extras(true);
  parser.prefix_command(leadingOnly);
  for (const auto& flag : flags_) bind(parser, flag);
  try {
    std::vector<std::string> reversed(words.rbegin(), words.rend());
    parser.parse(std::move(reversed));
  } catch (const CLI::ParseError& error) {
    return usageError(error.what(), "--help lists the flags");
  }
  arguments_ = parser.remaining();
  bool literal = false;
  for (const auto& word : arguments_) {
    literal = literal || word == "--" || (leadingOnly && word[0] != '-');
    if (!literal && word.size() > 1 && word[0] == '-') return unknownFlag(word);
  }
  std::erase(arguments_, "--");
  return Ok{};
}

std::string FlagSet::describe() const {
  std::vector<std::string> lefts;
  std::size_t width = 0;
  for (const auto& flag : flags_) {
    const bool optional = std::holds_alternative<OptionalText*>(flag.target);
    std::string left = flag.letter == '\0' ? "      " : std::string("  -") + flag.letter + ", ";
    left += "--" + flag.name;
    if (!flag.valueName.empty())
      left += optional ? "[=" + flag.valueName + "]" : " " + flag.valueName;
    width = std::max(width, left.size());
    lefts.push_back(std::move(left));
  }
  std::string text;
  for (std::size_t i = 0; i < flags_.size(); ++i)
    text += lefts[i] + std::string(width - lefts[i].size() + 2, ' ') + flags_[i].help + "\n";
  return text;
}

}  // namespace berth::cli
