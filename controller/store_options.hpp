/// @file
/// What every command that works on a store has as options.
#pragma once

#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "core/options/options.hpp"

namespace berth {

struct StoreOptions {
  std::string dataDir = "/var/lib/berth";
  std::string store;
  std::string encryptionKeyFile;

  /// As the controller itself finds them.
  [[nodiscard]] std::string storeUrl() const {
    return store.empty() ? "sqlite:" + dataDir + "/berth.db" : store;
  }
  [[nodiscard]] std::string keyFile() const {
    return encryptionKeyFile.empty() ? dataDir + "/keys" : encryptionKeyFile;
  }

  static constexpr auto kOptions = std::tuple{
      option("data-dir", &StoreOptions::dataDir, "Folder of all that the controller keeps."),
      option(
          "store",
          &StoreOptions::store,
          "sqlite:PATH or postgresql://...; sqlite:DATA-DIR/berth.db when absent."),
      option(
          "encryption-key-file",
          &StoreOptions::encryptionKeyFile,
          "Keys that encrypt Secrets in the store; DATA-DIR/keys when absent."),
  };
};

/// Reads these and the command's own; what --help or --version asks to be printed, or
/// nothing: go on.
template <class Own>
Result<std::optional<std::string>> loadStoreOptions(
    const Program& program,
    StoreOptions& where,
    Own& own,
    const std::vector<std::string>& arguments) {
  auto specs = optionSpecs(where);
  for (auto& spec : optionSpecs(own)) specs.push_back(std::move(spec));
  return loadOptions(program, specs, arguments, environmentVariable);
}

}  // namespace berth
