#include "cli/process.hpp"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

#include <boost/process/args.hpp>
#include <boost/process/child.hpp>
#include <boost/process/search_path.hpp>

namespace berth::cli {

Result<int> runProgram(const std::vector<std::string>& command) {
  namespace process = boost::process;
  if (command.empty()) return Error{Reason::NotFound, "no program to run"};
  const bool isPath = command[0].find('/') != std::string::npos;
  const auto program =
      isPath ? boost::filesystem::path(command[0]) : process::search_path(command[0]);
  if (program.empty()) return Error{Reason::NotFound, "no such program: " + command[0]};
  try {
    process::child child(
        program, process::args(std::vector<std::string>(command.begin() + 1, command.end())));
    child.wait();
    return child.exit_code();
  } catch (const std::exception& exception) {
    return Error{Reason::InternalError, "run " + command[0] + ": " + exception.what()};
  }
}

Result<TemporaryFolder> TemporaryFolder::make() {
  std::error_code problem;
  auto name = (std::filesystem::temp_directory_path(problem) / "berth-XXXXXX").string();
  if (problem || ::mkdtemp(name.data()) == nullptr)
    return Error{
        Reason::InternalError,
        "make a temporary folder: " + std::generic_category().message(errno)};
  return TemporaryFolder(std::move(name));
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

Result<std::string> TemporaryFolder::write(const std::string& name, const std::string& text) const {
  const auto path = std::filesystem::path(path_) / name;
  std::error_code problem;
  std::filesystem::create_directories(path.parent_path(), problem);
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (problem || !file) return Error{Reason::InternalError, "write " + path.string()};
  return path.string();
}

std::vector<std::string> splitCommand(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

}  // namespace berth::cli
