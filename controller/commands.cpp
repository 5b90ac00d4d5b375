#include "controller/commands.hpp"

#include <array>

#include "controller/audit_command.hpp"
#include "controller/backup_commands.hpp"
#include "controller/key_commands.hpp"
#include "controller/store_commands.hpp"

namespace berth {
namespace {

struct Command {
  const char* word;
  Result<std::string> (*run)(const std::vector<std::string>& arguments);
};
constexpr std::array kCommands{
    Command{"audit", auditCommand},
    Command{"backup", backupCommand},
    Command{"keys", keysCommand},
    Command{"restore", restoreCommand},
    Command{"store", storeCommand}};

}  // namespace

std::optional<Result<std::string>> runCommand(const std::vector<std::string>& arguments) {
  if (arguments.empty() || arguments.front().starts_with('-')) return std::nullopt;
  const std::vector<std::string> rest(arguments.begin() + 1, arguments.end());
  for (const auto& command : kCommands)
    if (arguments.front() == command.word) return command.run(rest);
  return Error{
      Reason::Invalid, "'" + arguments.front() + "' is no command: see berth-controller --help"};
}

}  // namespace berth
