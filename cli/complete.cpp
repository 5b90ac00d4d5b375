#include "cli/complete.hpp"

#include <algorithm>

#include "cli/command.hpp"
#include "cli/targets.hpp"

namespace berth::cli {

namespace {

constexpr const char* kPatience = "200ms";

/// What a command line says so far.
struct Line {
  const CommandEntry* entry = nullptr;
  std::vector<std::string> words;  // after the verb, without flags
  const Flag* pending = nullptr;   // the flag whose value is being written
};

const Flag* flagOf(const FlagSet& flags, const std::string& word) {
  for (const auto& flag : flags.all()) {
    if (word == "--" + flag.name) return &flag;
    if (flag.letter != '\0' && word == std::string("-") + flag.letter) return &flag;
  }
  return nullptr;
}

bool takesValue(const Flag& flag) {
  return !flag.valueName.empty() && !std::holds_alternative<OptionalText*>(flag.target);
}

void put(const Flag& flag, const std::string& value) {
  if (auto* const* text = std::get_if<std::string*>(&flag.target)) **text = value;
  if (auto* const* list = std::get_if<std::vector<std::string>*>(&flag.target))
    (*list)->push_back(value);
}

/// A word that is no flag: the verb, or what follows it.
void readWord(
    const std::string& word, Line& line, FlagSet& flags, std::unique_ptr<Command>& command) {
  if (line.entry != nullptr) {
    line.words.push_back(word);
    return;
  }
  line.entry = findCommand(word);
  if (line.entry == nullptr) return;
  command = line.entry->make();
  command->addFlags(flags);
}

/// --name=value
void readJoined(const std::string& word, const FlagSet& flags) {
  const auto equals = word.find('=');
  const auto* flag = equals == std::string::npos ? nullptr : flagOf(flags, word.substr(0, equals));
  if (flag != nullptr) put(*flag, word.substr(equals + 1));
}

/// A lenient reading: what is not understood is passed over.
Line read(
    const std::vector<std::string>& words, FlagSet& flags, std::unique_ptr<Command>& command) {
  Line line;
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    const auto& word = words[i];
    const auto* flag = flagOf(flags, word);
    if (flag != nullptr && takesValue(*flag)) {
      if (i + 2 == words.size()) return {line.entry, line.words, flag};
      put(*flag, words[++i]);
    } else if (word.starts_with('-')) {
      readJoined(word, flags);
    } else {
      readWord(word, line, flags, command);
    }
  }
  return line;
}

std::vector<std::string> kinds(Session& session) {
  std::vector<std::string> names;
  const auto discovery = session.discovery();
  if (!discovery) return names;
  for (const auto& resource : (*discovery)->all())
    if (resource.can("get") || resource.can("list")) names.push_back(resource.plural);
  return names;
}

std::vector<std::string> names(
    Session& session, const std::string& kind, const std::string& prefix) {
  std::vector<std::string> found;
  auto targets = findTargets(session, {kind});
  auto api = session.api();
  if (!targets || targets->size() != 1 || !api) return found;
  RestRequest request{.path = (*targets)[0].path()};
  request.accept =
      "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json";
  const auto list = (*api)->call(request);
  if (!list) return found;
  for (const auto& item : list->value("items", Json::array()))
    found.push_back(prefix + stringAt(item, "metadata.name"));
  return found;
}

std::vector<std::string> contexts(Session& session) {
  const auto config = session.kubeconfig();
  return config ? config->contexts() : std::vector<std::string>();
}

std::vector<std::string> flagValues(Session& session, const Flag& flag) {
  if (flag.name == "namespace") return names(session, "namespaces", "");
  if (flag.name == "context") return contexts(session);
  if (flag.name == "output") return {"wide", "yaml", "json", "name", "jsonpath="};
  if (flag.name == "for" && flag.valueName == "GOAL")
    return {"condition=Ready", "delete", "create"};
  if (flag.name == "type") return {"merge", "json", "strategic"};
  if (flag.name == "color") return {"auto", "always", "never"};
  return {};
}

std::vector<std::string> candidates(
    Session& session, const Line& line, const FlagSet& flags, const std::string& last) {
  std::vector<std::string> found;
  if (line.pending != nullptr) return flagValues(session, *line.pending);
  if (last.starts_with('-')) {
    for (const auto& flag : flags.all()) found.push_back("--" + flag.name);
    return found;
  }
  if (line.entry == nullptr) {
    for (const auto& entry : commands()) found.emplace_back(entry.name);
    return found;
  }
  if (std::string_view(line.entry->name) == "completion") return {"bash", "zsh", "fish"};
  const auto slash = last.find('/');
  switch (line.entry->words) {
    case Words::None:
      return found;
    case Words::ObjectNames:
      return names(session, "clientdeployments", "");
    case Words::Kinds:
      return line.words.empty() ? kinds(session) : found;
    case Words::Objects:
      if (slash != std::string::npos)
        return names(session, last.substr(0, slash), last.substr(0, slash + 1));
      return line.words.empty() ? kinds(session) : names(session, line.words[0], "");
  }
  return found;
}

}  // namespace

std::vector<std::string> complete(
    World& world, const std::string& program, const std::vector<std::string>& words) {
  const auto last = words.empty() ? std::string() : words.back();
  GlobalFlags global;
  FlagSet flags;
  global.addTo(flags);
  std::unique_ptr<Command> command;
  const auto line = read(words, flags, command);
  global.requestTimeout = kPatience;
  Session session(world, global, program);
  auto found = candidates(session, line, flags, last);
  std::erase_if(found, [&](const std::string& word) { return !word.starts_with(last); });
  std::ranges::sort(found);
  return found;
}

}  // namespace berth::cli
