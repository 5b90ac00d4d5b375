#include "cli/command.hpp"

#include <algorithm>

namespace berth::cli {

const std::vector<CommandEntry>& commands() {
  static const std::vector<CommandEntry> kCommands{
      {"get", "show objects", makeGet, Words::Objects},
      {"describe", "show objects in full, with their events", makeDescribe, Words::Objects},
      {"apply", "make the server's objects what files say", makeApply},
      {"diff", "show what apply would change", makeDiff},
      {"create", "create objects that are not there yet", makeCreate},
      {"delete", "delete objects", makeDelete, Words::Objects},
      {"wait", "wait until objects reach a condition", makeWait, Words::Objects},
      {"logs", "print the log of a deployment's container", makeLogs, Words::ObjectNames},
      {"events", "show what happened lately", makeEvents},
      {"patch", "change fields of an object", makePatch, Words::Objects},
      {"label", "change labels of objects", makeLabel, Words::Objects},
      {"annotate", "change annotations of objects", makeAnnotate, Words::Objects},
      {"edit", "change an object in an editor", makeEdit, Words::Objects},
      {"explain", "describe a kind and its fields", makeExplain, Words::Kinds},
      {"api-resources", "list the kinds that the server has", makeApiResources},
      {"audit", "show and verify who changed what", makeAudit},
      {"version", "show the versions of berth and the server", makeVersion},
      {"completion", "print a completion script for a shell", makeCompletion},
  };
  return kCommands;
}

const CommandEntry* findCommand(std::string_view name) {
  const auto found = std::ranges::find_if(
      commands(), [name](const CommandEntry& entry) { return entry.name == name; });
  return found == commands().end() ? nullptr : &*found;
}

}  // namespace berth::cli
