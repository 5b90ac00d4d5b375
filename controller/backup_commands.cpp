#include "controller/backup_commands.hpp"

#include "controller/backup_file.hpp"
#include "controller/store/archive.hpp"
#include "controller/store_options.hpp"

namespace berth {
namespace {

constexpr const char* kBackup =
    "Writes the whole state of a store, at one revision, to a file; beside a running\n"
    "controller too.  Secrets stay encrypted: keep the key file with it, and apart from it.";
constexpr const char* kRestore =
    "Puts the state of a backup into a store, all of it or nothing.  With another store than\n"
    "the one it is from, this is how to move.  Start the controller with the same key file.";

struct BackupOptions {
  std::string to;
  static constexpr auto kOptions =
      std::tuple{option("to", &BackupOptions::to, "The file to write.")};
};

struct RestoreOptions {
  std::string from;
  bool replace = false;
  static constexpr auto kOptions = std::tuple{
      option("from", &RestoreOptions::from, "The backup to read."),
      option("replace", &RestoreOptions::replace, "Lose what the store holds, if it holds any.")};
};

Error needed(const char* flag) { return {Reason::Invalid, std::string("say ") + flag + " FILE"}; }

}  // namespace

Result<std::string> backupCommand(const std::vector<std::string>& arguments) {
  StoreOptions where;
  BackupOptions options;
  BERTH_TRY(
      const auto text,
      loadStoreOptions(
          {"berth-controller backup", kBackup, BERTH_VERSION}, where, options, arguments));
  if (text) return *text;
  if (options.to.empty()) return needed("--to");
  BERTH_TRY(auto writer, BackupWriter::open(options.to));
  BERTH_CHECK(store::readArchive(
      where.storeUrl(), [&](std::string_view line) { return writer.add(line); }));
  BERTH_TRY(const auto lines, writer.finish());
  return options.to + ": " + std::to_string(lines) + " lines\n";
}

Result<std::string> restoreCommand(const std::vector<std::string>& arguments) {
  StoreOptions where;
  RestoreOptions options;
  BERTH_TRY(
      const auto text,
      loadStoreOptions(
          {"berth-controller restore", kRestore, BERTH_VERSION}, where, options, arguments));
  if (text) return *text;
  if (options.from.empty()) return needed("--from");
  BERTH_TRY(auto reader, BackupReader::open(options.from));
  BERTH_TRY(const auto revision, store::writeArchive({where.storeUrl(), options.replace}, [&] {
              return reader.next();
            }));
  return "restored; the store is at revision " + std::to_string(revision) + "\n";
}

}  // namespace berth
