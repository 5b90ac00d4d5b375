#include "core/options/options.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <map>

#include <CLI/CLI.hpp>

#include "core/crypto/private_file.hpp"
#include "core/json/json.hpp"
#include "core/schema/shape.hpp"
#include "core/yaml/yaml.hpp"

namespace berth {

namespace {

constexpr auto kConfig = "config";
using Texts = std::vector<std::string>;

Error invalid(std::string message) { return {Reason::Invalid, std::move(message)}; }

const char* placeholder(OptionSpec::Kind kind) {
  switch (kind) {
    case OptionSpec::Kind::Text:
      return "TEXT";
    case OptionSpec::Kind::Flag:
      return "";
    case OptionSpec::Kind::Number:
      return "NUMBER";
    case OptionSpec::Kind::Span:
      return "DURATION";
    case OptionSpec::Kind::List:
      return "LIST";
  }
  return "";
}

/// `unknown option --data-dri, did you mean --data-dir?`
Error unknownOption(const std::string& what, const std::string& name, const Texts& known) {
  const auto near = closest(name, known);
  return invalid("unknown " + what + name + (near.empty() ? "" : ", did you mean " + near + "?"));
}

Result<> assign(const OptionSpec& spec, const std::string& where, const Texts& texts) {
  if (texts.empty()) return Ok{};
  if (auto done = spec.set(texts); !done) return during(where, std::move(done).error());
  return Ok{};
}

/// What the command line says, by option; and what it asks to be printed.
struct CommandLine {
  std::map<std::string, Texts> values;
  std::optional<std::string> printed;
};

void addOption(CLI::App& app, const OptionSpec& spec, CommandLine& line) {
  const auto flag = "--" + spec.name;
  auto& values = line.values[spec.name];
  const auto help = spec.help + " [$" + optionVariable(spec.name) + "]";
  if (spec.kind == OptionSpec::Kind::Flag) {
    app.add_flag(flag, values, help)->default_str(spec.defaultText);
    return;
  }
  app.add_option(flag, values, help)
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->type_name(placeholder(spec.kind))
      ->default_str(spec.defaultText);
}

Result<CommandLine> readCommandLine(
    const Program& program,
    const std::vector<OptionSpec>& specs,
    std::span<const std::string> arguments) {
  CLI::App app(program.summary, program.name);
  app.allow_extras();
  app.set_version_flag("--version", program.name + " " + program.version);
  CommandLine line;
  Texts known = {"--help", "--version"};
  for (const auto& spec : specs) {
    addOption(app, spec, line);
    known.push_back("--" + spec.name);
  }
  try {
    app.parse(Texts(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::CallForHelp&) {
    line.printed = app.help();
    return line;
  } catch (const CLI::CallForVersion& version) {
    line.printed = std::string(version.what()) + "\n";
    return line;
  } catch (const CLI::ParseError& error) {
    return invalid(error.what());
  }
  if (const auto extras = app.remaining(); !extras.empty()) {
    const auto name = extras.front().substr(0, extras.front().find('='));
    return unknownOption("option ", name, known);
  }
  return line;
}

Result<Texts> textsOf(const Json& value) {
  if (value.is_string()) return Texts{value.get<std::string>()};
  if (value.is_boolean() || value.is_number_integer()) return Texts{dumpJson(value)};
  if (!value.is_array()) return invalid("neither a scalar nor a list");
  Texts texts;
  for (const auto& item : value) {
    if (!item.is_string()) return invalid("a list of something else than texts");
    texts.push_back(item.get<std::string>());
  }
  return texts;
}

Result<> loadFile(const std::string& path, const std::vector<OptionSpec>& specs) {
  const auto where = "config " + path;
  auto text = readFile(path);
  if (!text) return invalid(where + ": " + text.error().message);
  auto documents = parseYaml(*text);
  if (!documents) return during(where, std::move(documents).error());
  if (documents->empty()) return Ok{};
  const auto& first = documents->front();
  if (documents->size() > 1 || !first.document.is_object()) return invalid(where + ": not one map");
  if (!first.duplicateKeys.empty())
    return invalid(where + ": " + first.duplicateKeys.front().path + " is there twice");
  Texts known;
  for (const auto& spec : specs) known.push_back(optionKey(spec.name));
  for (const auto& [key, value] : first.document.items()) {
    const auto found = std::find(known.begin(), known.end(), key);
    if (found == known.end()) return unknownOption("key in " + where + ": ", key, known);
    auto texts = textsOf(value);
    if (!texts) return during(where + ": " + key, std::move(texts).error());
    const auto& spec = specs[static_cast<std::size_t>(found - known.begin())];
    BERTH_CHECK(assign(spec, where + ": " + key, *texts));
  }
  return Ok{};
}

}  // namespace

std::string optionKey(const std::string& name) {
  std::string key;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const bool raised = i > 0 && name[i - 1] == '-';
    const auto upper = static_cast<char>(std::toupper(static_cast<unsigned char>(name[i])));
    if (name[i] != '-') key.push_back(raised ? upper : name[i]);
  }
  return key;
}

std::string optionVariable(const std::string& name) {
  std::string variable = "BERTH_";
  for (const char c : name)
    variable.push_back(
        c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c))));
  return variable;
}

std::optional<std::string> environmentVariable(const std::string& name) {
  const char* value = std::getenv(name.c_str());  // NOLINT: read before threads start
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

Result<std::optional<std::string>> loadOptions(
    const Program& program,
    const std::vector<OptionSpec>& specs,
    std::span<const std::string> arguments,
    const GetVariable& variable) {
  std::string config;
  std::vector<OptionSpec> all = specs;
  all.push_back(
      {kConfig, "File of options, in YAML.", "", OptionSpec::Kind::Text, [&](const Texts& texts) {
         config = texts.back();
         return Result<>(Ok{});
       }});
  BERTH_TRY(auto line, readCommandLine(program, all, arguments));
  if (line.printed) return line.printed;

  const auto& configSpec = all.back();
  if (const auto text = variable(optionVariable(kConfig))) BERTH_CHECK(configSpec.set({*text}));
  BERTH_CHECK(assign(configSpec, kConfig, line.values[kConfig]));
  if (!config.empty()) BERTH_CHECK(loadFile(config, specs));
  for (const auto& spec : specs) {
    const auto name = optionVariable(spec.name);
    if (const auto text = variable(name)) BERTH_CHECK(assign(spec, name, {*text}));
  }
  for (const auto& spec : specs)
    BERTH_CHECK(assign(spec, "--" + spec.name, line.values[spec.name]));
  return std::optional<std::string>();
}

std::string optionsReference(const std::vector<OptionSpec>& specs) {
  std::string page = "| flag | variable | key | default | |\n| --- | --- | --- | --- | --- |\n";
  for (const auto& spec : specs) {
    const std::string value = placeholder(spec.kind);
    page += "| `--" + spec.name + (value.empty() ? "" : " " + value) + "` ";
    page += "| `" + optionVariable(spec.name) + "` | `" + optionKey(spec.name) + "` ";
    page += "| " + (spec.defaultText.empty() ? "" : "`" + spec.defaultText + "` ");
    page += "| " + spec.help + " |\n";
  }
  return page;
}

namespace detail {

Result<bool> parseBool(const std::string& text) {
  if (text == "true") return true;
  if (text == "false") return false;
  return invalid("\"" + text + "\" is neither true nor false");
}

Result<std::int64_t> parseInteger(const std::string& text, std::int64_t least, std::int64_t most) {
  std::int64_t number = 0;
  const auto* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end)
    return invalid("\"" + text + "\" is not a whole number");
  if (number < least || number > most) return invalid(text + " is out of range");
  return number;
}

std::vector<std::string> splitList(const std::vector<std::string>& texts) {
  std::vector<std::string> items;
  for (std::string_view rest : texts) {
    while (!rest.empty()) {
      const auto end = std::min(rest.find(','), rest.size());
      if (end > 0) items.emplace_back(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return items;
}

std::string joinList(const std::vector<std::string>& items) {
  std::string text;
  for (const auto& item : items) text += (text.empty() ? "" : ",") + item;
  return text;
}

}  // namespace detail

}  // namespace berth
