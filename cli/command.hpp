/// @file
/// Command: one verb of berth, and the table of all of them.
///
/// Each is a file of its own, with its help beside it (get.cpp, get.md).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/flags.hpp"
#include "cli/session.hpp"

namespace berth::cli {

class Command {
 public:
  virtual ~Command() = default;
  virtual void addFlags(FlagSet& flags) = 0;
  /// The exit code; an Error is printed by the caller and gives its own.
  virtual Result<int> run(Session& session, const std::vector<std::string>& words) = 0;
};

/// What the words after a verb are, for completion.
enum class Words { None, Objects, ObjectNames, Kinds };

struct CommandEntry {
  const char* name = "";
  const char* summary = "";
  std::unique_ptr<Command> (*make)() = nullptr;
  Words words = Words::None;
};

/// In the order of --help.
const std::vector<CommandEntry>& commands();
/// nullptr when there is no such verb.
const CommandEntry* findCommand(std::string_view name);
/// The Markdown beside the command's source.
std::string_view helpText(std::string_view command);

std::unique_ptr<Command> makeAnnotate();
std::unique_ptr<Command> makeApiResources();
std::unique_ptr<Command> makeApply();
std::unique_ptr<Command> makeAudit();
std::unique_ptr<Command> makeCompletion();
std::unique_ptr<Command> makeCreate();
std::unique_ptr<Command> makeDelete();
std::unique_ptr<Command> makeDescribe();
std::unique_ptr<Command> makeDiff();
std::unique_ptr<Command> makeEdit();
std::unique_ptr<Command> makeEvents();
std::unique_ptr<Command> makeExplain();
std::unique_ptr<Command> makeGet();
std::unique_ptr<Command> makeLabel();
std::unique_ptr<Command> makeLogs();
std::unique_ptr<Command> makePatch();
std::unique_ptr<Command> makeVersion();
std::unique_ptr<Command> makeWait();

}  // namespace berth::cli
