#include "cli/explain_text.hpp"

#include <algorithm>
#include <sstream>

#include "cli/exit_codes.hpp"
#include "cli/jsonpath.hpp"
#include "cli/suggest.hpp"

namespace berth::cli {

namespace {

constexpr std::size_t kTextWidth = 76;
constexpr int kDeepest = 12;  // schemas that contain themselves end here

/// Follows $ref and a lone allOf, as OpenAPI v3 wraps references with a description.
class Schemas {
 public:
  explicit Schemas(const Json& schemas) : schemas_(schemas) {}

  [[nodiscard]] const Json& resolve(const Json& schema) const {
    const Json* at = &schema;
    for (int i = 0; i < kDeepest; ++i) {
      const auto all = at->find("allOf");
      if (all != at->end() && all->is_array() && all->size() == 1) {
        at = &(*all)[0];
        continue;
      }
      const auto name = refName(*at);
      if (name.empty() || !schemas_.contains(name)) break;
      at = &schemas_[name];
    }
    return *at;
  }

  [[nodiscard]] const Json* ofKind(const ExplainedKind& kind) const {
    for (const auto& schema : schemas_) {
      const auto marks = schema.value("x-kubernetes-group-version-kind", Json::array());
      for (const auto& mark : marks.is_array() ? marks : Json::array({marks})) {
        const auto group = stringAt(mark, "group");
        const auto version = (group.empty() ? "" : group + "/") + stringAt(mark, "version");
        if (stringAt(mark, "kind") == kind.kind && version == kind.apiVersion) return &schema;
      }
    }
    return nullptr;
  }

  /// The schema whose properties are the fields: of an item, of a map's value.
  [[nodiscard]] const Json& fieldsOf(const Json& schema) const {
    const Json* at = &resolve(schema);
    for (int i = 0; i < kDeepest && !at->contains("properties"); ++i) {
      if (at->contains("items")) {
        at = &resolve((*at)["items"]);
      } else if (
          at->contains("additionalProperties") && (*at)["additionalProperties"].is_object()) {
        at = &resolve((*at)["additionalProperties"]);
      } else {
        break;
      }
    }
    return *at;
  }

  [[nodiscard]] std::string typeOf(const Json& schema, int depth = 0) const {
    const auto all = schema.find("allOf");
    const auto& inner = all != schema.end() && all->size() == 1 ? (*all)[0] : schema;
    if (const auto name = refName(inner); !name.empty()) return name.substr(name.rfind('.') + 1);
    const auto& resolved = resolve(schema);
    const auto type = stringAt(resolved, "type");
    if (depth > kDeepest) return "Object";
    if (type == "array") return "[]" + typeOf(resolved.value("items", Json::object()), depth + 1);
    if (resolved.value("x-kubernetes-int-or-string", false)) return "IntOrString";
    if (type != "object" && !type.empty()) return type;
    const auto values = resolved.find("additionalProperties");
    if (values != resolved.end() && values->is_object())
      return "map[string]" + typeOf(*values, depth + 1);
    return "Object";
  }

 private:
  static std::string refName(const Json& schema) {
    const auto ref = stringAt(schema, "$ref");
    return ref.substr(ref.rfind('/') + 1);
  }

  const Json& schemas_;
};

std::string descriptionOf(const Schemas& schemas, const Json& schema) {
  const auto own = stringAt(schema, "description");
  if (!own.empty()) return own;
  const auto resolved = stringAt(schemas.resolve(schema), "description");
  return resolved.empty() ? "<empty>" : resolved;
}

bool isRequired(const Json& owner, const std::string& name) {
  const auto list = owner.value("required", Json::array());
  return std::ranges::find(list, Json(name)) != list.end();
}

/// "Local, SSH" with ", " between; empty when any value will do.
std::string enumText(const Json& schema, const std::string& before, const std::string& between) {
  const auto values = schema.find("enum");
  if (values == schema.end() || !values->is_array()) return {};
  std::string text;
  for (const auto& value : *values) text += (text.empty() ? before : between) + plainText(value);
  return text + "\n";
}

/// What the field is for, what its type is, and what each item of it is.
std::string wholeDescription(const Schemas& schemas, const Json& schema) {
  std::string text = stringAt(schema, "description");
  const auto add = [&text](const std::string& more) {
    if (!more.empty()) text += (text.empty() ? "" : "\n") + more;
  };
  const auto& type = schemas.resolve(schema);
  if (&type != &schema) add(stringAt(type, "description"));
  for (const char* inner : {"items", "additionalProperties"})
    if (type.contains(inner) && type[inner].is_object())
      add(stringAt(schemas.resolve(type[inner]), "description"));
  return text.empty() ? "<empty>" : text;
}

void writeFields(
    const Schemas& schemas,
    const Json& owner,
    std::string& text,
    std::size_t level,
    bool recursive) {
  const auto properties = owner.value("properties", Json::object());
  const std::string indent(level * 2, ' ');
  for (const auto& [name, schema] : properties.items()) {
    text += indent + name + "\t<" + schemas.typeOf(schema) + ">";
    text += isRequired(owner, name) ? " -required-\n" : "\n";
    text += enumText(schemas.resolve(schema), indent + "enum: ", ", ");
    if (!recursive) {
      text += wrapText(descriptionOf(schemas, schema), indent + "  ", kTextWidth) + "\n";
    } else if (level < kDeepest) {
      writeFields(schemas, schemas.fieldsOf(schema), text, level + 1, true);
    }
  }
}

Error noSuchField(const Json& owner, const std::string& name) {
  std::vector<std::string> known;
  const auto properties = owner.value("properties", Json::object());
  for (const auto& [key, value] : properties.items()) known.push_back(key);
  const auto meant = nearest(name, known);
  return withHint(
      Error{Reason::NotFound, "field \"" + name + "\" does not exist"},
      meant.empty() ? "" : "did you mean \"" + meant + "\"?");
}

}  // namespace

std::string wrapText(const std::string& text, const std::string& indent, std::size_t width) {
  std::string wrapped;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string current;
    for (std::string word; words >> word;) {
      if (!current.empty() && current.size() + 1 + word.size() > width) {
        wrapped += indent + current + "\n";
        current.clear();
      }
      current += (current.empty() ? "" : " ") + word;
    }
    wrapped += current.empty() ? "\n" : indent + current + "\n";
  }
  return wrapped;
}

Result<std::string> explainText(
    const Json& schemas,
    const ExplainedKind& kind,
    const std::vector<std::string>& path,
    bool recursive) {
  const Schemas all(schemas);
  const Json* at = all.ofKind(kind);
  if (at == nullptr)
    return Error{
        Reason::NotFound, "the server does not describe " + kind.kind + " of " + kind.apiVersion};
  std::string text = kind.group.empty() ? "" : "GROUP:      " + kind.group + "\n";
  text += "KIND:       " + kind.kind + "\n";
  text += "VERSION:    " + kind.apiVersion.substr(kind.apiVersion.rfind('/') + 1) + "\n\n";
  std::string field;
  for (const auto& name : path) {
    const auto& owner = all.fieldsOf(*at);
    if (!owner.contains("properties") || !owner["properties"].contains(name))
      return noSuchField(owner, name);
    at = &owner["properties"][name];
    const auto values = enumText(all.resolve(*at), "ENUM:\n    ", "\n    ");
    field = "FIELD: " + name + " <" + all.typeOf(*at) + ">\n" + (values.empty() ? "\n" : values);
  }
  if (!field.empty()) text += field + "\n";
  text += "DESCRIPTION:\n" + wrapText(wholeDescription(all, *at), "    ", kTextWidth) + "    \n";
  const auto& owner = all.fieldsOf(*at);
  if (owner.contains("properties")) {
    text += "FIELDS:\n";
    writeFields(all, owner, text, 1, recursive);
  }
  return text + "\n";
}

}  // namespace berth::cli
