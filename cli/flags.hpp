/// @file
/// FlagSet: the flags of a command, bound to the variables that they fill.
///
///     flags.add("output,o", options.output, "FORMAT", "table, wide, yaml, json, name");
///     BERTH_CHECK(flags.parse({"-o", "yaml", "cd"}));  // flags.arguments() == {"cd"}
///
/// The parser is CLI11; this is its only include.  One thread.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "core/base/result.hpp"

namespace berth::cli {

/// A flag whose value may be left out: `--dry-run` is `--dry-run=client`.
struct OptionalText {
  std::string value;
  std::string whenBare;
};

struct Flag {
  std::string name;       // "output"
  char letter = '\0';     // 'o', or none
  std::string valueName;  // "FORMAT"; empty for a switch
  std::string help;
  std::variant<bool*, int*, std::string*, OptionalText*, std::vector<std::string>*> target;
};

class FlagSet {
 public:
  /// `names` is "long" or "long,s".
  void add(const std::string& names, bool& target, const std::string& help);
  void add(
      const std::string& names, int& target, const std::string& valueName, const std::string& help);
  void add(
      const std::string& names,
      std::string& target,
      const std::string& valueName,
      const std::string& help);
  void add(
      const std::string& names,
      OptionalText& target,
      const std::string& valueName,
      const std::string& help);
  /// May be given several times.
  void add(
      const std::string& names,
      std::vector<std::string>& target,
      const std::string& valueName,
      const std::string& help);

  /// Fills the targets.  BadRequest for an unknown flag (with the nearest known
  /// one) or a value of the wrong type.
  Result<> parse(const std::vector<std::string>& words);
  /// Fills the targets from the flags in front of the first word that is none;
  /// what follows is in arguments().
  Result<> parseLeading(const std::vector<std::string>& words);

  [[nodiscard]] const std::vector<std::string>& arguments() const { return arguments_; }
  [[nodiscard]] const std::vector<Flag>& all() const { return flags_; }
  /// "  -o, --output FORMAT   ..." one line each.
  [[nodiscard]] std::string describe() const;

 private:
  void addFlag(const std::string& names, Flag flag);
  Result<> run(const std::vector<std::string>& words, bool leadingOnly);
  [[nodiscard]] Error unknownFlag(const std::string& word) const;

  std::vector<Flag> flags_;
  std::vector<std::string> arguments_;
};

}  // namespace berth::cli
