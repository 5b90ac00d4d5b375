#include "cli/output.hpp"

#include <algorithm>
#include <cctype>
#include <sstream>

#include "cli/exit_codes.hpp"
#include "cli/tab_writer.hpp"
#include "core/yaml/yaml.hpp"

namespace berth::cli {

namespace {

/// Go's encoder escapes these, so that JSON is safe inside HTML.
std::string escapeHtml(const std::string& json) {
  std::string text;
  text.reserve(json.size());
  for (const char c : json) {
    switch (c) {
      case '<':
        text += "\\u003c";
        break;
      case '>':
        text += "\\u003e";
        break;
      case '&':
        text += "\\u0026";
        break;
      default:
        text += c;
    }
  }
  return text;
}

Json itemsOf(const Json& document) {
  return document.contains("items") && document["items"].is_array() ? document["items"]
                                                                    : Json::array({document});
}

}  // namespace

Result<Output> Output::parse(const std::string& text) {
  Output output;
  const auto equals = text.find('=');
  const auto form = text.substr(0, equals);
  const auto value = equals == std::string::npos ? std::string() : text.substr(equals + 1);
  if (form == "jsonpath" && !value.empty()) {
    output.form_ = Form::JsonPath;
    BERTH_TRY(output.template_, JsonPathTemplate::parse(value));
  } else if (form == "custom-columns" && !value.empty()) {
    output.form_ = Form::CustomColumns;
    BERTH_CHECK(output.parseColumns(value));
  } else if (equals != std::string::npos) {
    return usageError("unknown output format: " + text);
  } else if (form == "wide") {
    output.form_ = Form::Wide;
  } else if (form == "yaml") {
    output.form_ = Form::Yaml;
  } else if (form == "json") {
    output.form_ = Form::Json;
  } else if (form == "name") {
    output.form_ = Form::Name;
  } else if (!form.empty()) {
    return usageError(
        "unknown output format: " + text,
        "wide, yaml, json, name, jsonpath=TEMPLATE, custom-columns=HEADER:PATH,...");
  }
  return output;
}

Result<> Output::parseColumns(const std::string& text) {
  std::istringstream list(text);
  for (std::string entry; std::getline(list, entry, ',');) {
    const auto colon = entry.find(':');
    if (colon == std::string::npos || colon == 0)
      return usageError("custom-columns: \"" + entry + "\" is not HEADER:PATH");
    BERTH_TRY(auto path, cli::JsonPath::parse(entry.substr(colon + 1)));
    columns_.push_back({entry.substr(0, colon), std::move(path)});
  }
  return Ok{};
}

std::string Output::printColumns(const Json& document) const {
  TabWriter writer(TabLayout{.minimum = 6, .padding = 3});
  std::string line;
  for (const auto& column : columns_) line += (line.empty() ? "" : "\t") + column.header;
  writer.write(line + "\n");
  for (const auto& item : itemsOf(document)) {
    line.clear();
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      std::string cell;
      for (const auto* value : columns_[i].path.find(item))
        cell += (cell.empty() ? "" : ",") + plainText(*value);
      line += (i == 0 ? "" : "\t") + (cell.empty() ? "<none>" : cell);
    }
    writer.write(line + "\n");
  }
  return writer.flush();
}

std::string Output::print(const Json& document) const {
  switch (form_) {
    case Form::Table:
    case Form::Wide:
      break;
    case Form::Yaml:
      return toYaml(document);
    case Form::Json:
      return kubectlJson(document) + "\n";
    case Form::Name: {
      std::string text;
      for (const auto& item : itemsOf(document)) text += nameOf(item) + "\n";
      return text;
    }
    case Form::JsonPath:
      return template_.render(document);
    case Form::CustomColumns:
      return printColumns(document);
  }
  return {};
}

Json makeList(Json items) {
  return {
      {"apiVersion", "v1"},
      {"kind", "List"},
      {"metadata", {{"resourceVersion", ""}}},
      {"items", std::move(items)}};
}

void dropManagedFields(Json& document) {
  if (document.contains("metadata") && document["metadata"].is_object())
    document["metadata"].erase("managedFields");
  if (document.contains("items") && document["items"].is_array())
    for (auto& item : document["items"]) dropManagedFields(item);
}

std::string kubectlJson(const Json& document) {
  return escapeHtml(document.dump(4, ' ', false, Json::error_handler_t::replace));
}

std::string compactKubectlJson(const Json& document) { return escapeHtml(dumpJson(document)); }

std::string nameOf(const Json& document) {
  auto kind = stringAt(document, "kind");
  std::ranges::transform(kind, kind.begin(), [](unsigned char c) { return std::tolower(c); });
  const auto version = stringAt(document, "apiVersion");
  const auto slash = version.find('/');
  if (slash != std::string::npos) kind += "." + version.substr(0, slash);
  return kind + "/" + stringAt(document, "metadata.name");
}

}  // namespace berth::cli
