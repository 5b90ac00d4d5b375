#include "cli/manifests.hpp"

#include <algorithm>
#include <filesystem>
#include <istream>
#include <iterator>

#include "cli/exit_codes.hpp"
#include "cli/files.hpp"
#include "core/yaml/yaml.hpp"

namespace berth::cli {

namespace {

namespace fs = std::filesystem;

bool isManifest(const fs::path& path) {
  const auto extension = path.extension();
  return extension == ".yaml" || extension == ".yml" || extension == ".json";
}

/// The manifests of a folder, by name.
Result<std::vector<std::string>> filesOf(const std::string& folder, bool recursive) {
  std::vector<std::string> files;
  std::error_code problem;
  auto step = fs::recursive_directory_iterator(folder, problem);
  for (; !problem && step != fs::recursive_directory_iterator(); step.increment(problem)) {
    if (step->is_directory() && !recursive) step.disable_recursion_pending();
    if (step->is_regular_file() && isManifest(step->path())) files.push_back(step->path().string());
  }
  if (problem) return Error{Reason::Forbidden, "read " + folder + ": " + problem.message()};
  std::ranges::sort(files);
  return files;
}

Result<> checkIdentity(const Manifest& manifest) {
  for (const char* path : {"apiVersion", "kind", "metadata.name"}) {
    if (path == std::string("metadata.name") &&
        !stringAt(manifest.document, "metadata.generateName").empty())
      continue;
    if (stringAt(manifest.document, path).empty())
      return Error{Reason::Invalid, manifest.place() + ": " + path + ": required"};
  }
  return Ok{};
}

Result<> addDocument(std::vector<Manifest>& manifests, Manifest manifest) {
  if (!manifest.document.is_object())
    return Error{
        Reason::Invalid,
        manifest.place() + ": expected an object, found " + manifest.document.type_name()};
  const auto items = manifest.document.find("items");
  const bool list = stringAt(manifest.document, "kind").ends_with("List");
  if (!list || items == manifest.document.end() || !items->is_array()) {
    BERTH_CHECK(checkIdentity(manifest));
    manifests.push_back(std::move(manifest));
    return Ok{};
  }
  for (const auto& item : *items)
    BERTH_CHECK(addDocument(manifests, {item, manifest.source, manifest.line}));
  return Ok{};
}

Result<> addFile(
    std::vector<Manifest>& manifests, World& world, const std::string& file, bool recursive) {
  std::error_code problem;
  if (file != "-" && fs::is_directory(file, problem)) {
    BERTH_TRY(const auto files, filesOf(file, recursive));
    for (const auto& inside : files) BERTH_CHECK(addFile(manifests, world, inside, false));
    return Ok{};
  }
  std::string text;
  if (file == "-") {
    text.assign(std::istreambuf_iterator<char>(world.in), std::istreambuf_iterator<char>());
  } else {
    BERTH_TRY(text, readFile(file));
  }
  BERTH_TRY(auto found, parseManifests(text, file == "-" ? "stdin" : file));
  std::ranges::move(found, std::back_inserter(manifests));
  return Ok{};
}

}  // namespace

Result<std::vector<Manifest>> parseManifests(const std::string& text, const std::string& source) {
  auto documents = parseYaml(text);
  if (!documents) {
    auto error = during(source, std::move(documents).error());
    error.reason = Reason::Invalid;
    return error;
  }
  std::vector<Manifest> manifests;
  for (auto& entry : *documents) {
    if (entry.document.is_null()) continue;
    Manifest manifest{std::move(entry.document), source, entry.line};
    if (!entry.duplicateKeys.empty()) {
      const auto& key = entry.duplicateKeys[0];
      return Error{
          Reason::Invalid,
          source + ":" + std::to_string(key.line) + ": key is there twice: " + key.path};
    }
    BERTH_CHECK(addDocument(manifests, std::move(manifest)));
  }
  return manifests;
}

Result<std::vector<Manifest>> readManifests(
    World& world, const std::vector<std::string>& files, bool recursive) {
  std::vector<Manifest> manifests;
  for (const auto& file : files) BERTH_CHECK(addFile(manifests, world, file, recursive));
  if (manifests.empty())
    return usageError("no objects in " + (files.empty() ? "no files" : files[0]));
  return manifests;
}

}  // namespace berth::cli
