#include "cli/app.hpp"

#include <algorithm>
#include <ostream>
#include <sstream>

#include "cli/command.hpp"
#include "cli/complete.hpp"
#include "cli/exit_codes.hpp"
#include "cli/suggest.hpp"

namespace berth::cli {

namespace {

/// Markdown as plain text: no marks, code indented.
std::string plainHelp(std::string_view markdown, const std::string& program) {
  std::string text;
  std::istringstream lines{std::string(markdown)};
  bool code = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("```")) {
      code = !code;
      continue;
    }
    if (!code) {
      line.erase(0, line.starts_with('#') ? line.find_first_not_of("# ") : 0);
      std::erase(line, '`');
    } else if (line.starts_with("berth ")) {
      line.replace(0, 5, program);
    }
    text += (code ? "  " : "") + line + "\n";
  }
  return text;
}

void printOverview(World& world, const std::string& program) {
  std::string verbs;
  for (const auto& entry : commands()) {
    std::string name = entry.name;
    name.resize(16, ' ');
    verbs += "  " + name + entry.summary + "\n";
  }
  GlobalFlags global;
  FlagSet flags;
  global.addTo(flags);
  world.out << plainHelp(helpText("berth"), program) << "\nCommands:\n"
            << verbs << "\nFlags of every command:\n"
            << flags.describe();
}

void printHelp(World& world, const CommandEntry& entry, const std::string& program) {
  FlagSet flags;
  const auto command = entry.make();
  command->addFlags(flags);
  world.out << plainHelp(helpText(entry.name), program);
  if (!flags.all().empty()) world.out << "\nFlags:\n" << flags.describe();
  world.out << "\n\"" << program
            << " --help\" lists the flags of every command and the exit codes.\n";
}

/// A command's Markdown one level down, with its flags as a code block.
std::string section(const CommandEntry& entry) {
  FlagSet flags;
  const auto command = entry.make();
  command->addFlags(flags);
  auto text = "\n#" + std::string(helpText(entry.name));
  if (!flags.all().empty()) text += "\n```text\n" + flags.describe() + "```\n";
  return text;
}

Error unknownCommand(const std::string& word) {
  std::vector<std::string> known;
  for (const auto& entry : commands()) known.emplace_back(entry.name);
  const auto meant = nearest(word, known);
  return usageError(
      "unknown command \"" + word + "\"",
      meant.empty() ? "--help lists the commands" : "did you mean \"" + meant + "\"?");
}

int printCandidates(
    World& world, const std::string& program, const std::vector<std::string>& words) {
  for (const auto& candidate : complete(world, program, words)) world.out << candidate << '\n';
  return kExitOk;
}

int runCommand(
    World& world,
    GlobalFlags& global,
    const std::string& program,
    const std::vector<std::string>& words) {
  Session session(world, global, program);
  const auto* entry = findCommand(words[0]);
  if (entry == nullptr) return session.fail(unknownCommand(words[0]));
  const auto command = entry->make();
  FlagSet flags;
  command->addFlags(flags);
  global.addTo(flags);
  if (auto parsed = flags.parse({words.begin() + 1, words.end()}); !parsed)
    return session.fail(parsed.error());
  if (global.help) {
    printHelp(world, *entry, program);
    return kExitOk;
  }
  const auto code = command->run(session, flags.arguments());
  world.out.flush();
  return code ? *code : session.fail(code.error());
}

}  // namespace

std::string referencePage() {
  GlobalFlags global;
  FlagSet flags;
  global.addTo(flags);
  auto page = std::string(helpText("berth")) + "\nFlags of every command:\n\n```text\n" +
              flags.describe() + "```\n";
  for (const auto& entry : commands()) page += section(entry);
  return page;
}

int runBerth(World& world, const std::string& program, const std::vector<std::string>& words) {
  if (program == "kubectl_complete-berth") {
    printCandidates(world, "kubectl berth", words);
    world.out << ":0\n";  // cobra's directive: nothing special
    return kExitOk;
  }
  const std::string name = program == "kubectl-berth" ? "kubectl berth" : "berth";
  if (!words.empty() && words[0] == "__complete")
    return printCandidates(world, name, {words.begin() + 1, words.end()});
  GlobalFlags global;
  FlagSet leading;
  global.addTo(leading);
  if (auto parsed = leading.parseLeading(words); !parsed)
    return Session(world, global, name).fail(parsed.error());
  auto rest = leading.arguments();
  const bool askedHelp = !rest.empty() && rest[0] == "help";
  if (askedHelp) rest.erase(rest.begin());
  if (rest.empty()) {
    printOverview(world, name);
    return global.help || askedHelp || words.empty() ? kExitOk : kExitUsage;
  }
  if (askedHelp || global.help) rest.emplace_back("--help");
  return runCommand(world, global, name, rest);
}

}  // namespace berth::cli
