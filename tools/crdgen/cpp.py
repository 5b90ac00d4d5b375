"""Writes the C++ of a kind: structs with doc comments, field lists and the type.

string -> std::string, boolean -> bool, integer -> std::int64_t, date-time ->
std::optional<Time>, list -> std::vector, map -> std::map<std::string, T>, free form ->
Json.  A nested object becomes a struct named after its parents and its field; the
items of a list or map take the singular.  Objects and integers that are neither
required nor defaulted are std::optional.
"""
import json
import textwrap

from model import is_condition, is_free_form

WIDTH = 100
KEYWORDS = {"namespace": "namespaceName"} | {
    word: word + "Value" for word in (
        "default", "delete", "operator", "new", "class", "template", "private", "public",
        "protected", "switch", "this", "auto", "register", "export", "union", "enum", "struct")}

# Shapes that core/object has already.
SHARED = {
    frozenset({"name"}): "LocalReference",
    frozenset({"name", "key"}): "KeyReference",
}


def comment(text, indent):
    lead = " " * indent + "/// "
    return "\n".join(textwrap.wrap(" ".join(text.split()), WIDTH, initial_indent=lead,
                                   subsequent_indent=lead, break_long_words=False,
                                   break_on_hyphens=False))


def capital(name):
    return name[0].upper() + name[1:]


def singular(name):
    if name.endswith("ies"):
        return name[:-3] + "y"
    return name[:-1] if name.endswith("s") and not name.endswith("ss") else name


def literal(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "{" + ", ".join(literal(item) for item in value) + "}"
    if isinstance(value, dict):
        return "{" + ", ".join(
            "{" + literal(key) + ", " + literal(item) + "}" for key, item in value.items()) + "}"
    return json.dumps(value)


class Header:
    """One kind's header, collected struct by struct, innermost first."""

    def __init__(self, crd):
        self.crd = crd
        self.structs = {}
        self.uses = set()

    def type_of(self, schema, name):
        """The C++ type of a value, without regard to whether it may be absent."""
        if is_free_form(schema):
            return "Json"
        kind = schema["type"]
        if kind == "string":
            return "Time" if schema.get("format") == "date-time" else "std::string"
        if kind == "boolean":
            return "bool"
        if kind == "integer":
            return "std::int64_t"
        if kind == "array":
            if is_condition(schema["items"]):
                self.uses.add("condition")
                return "std::vector<Condition>"
            return f"std::vector<{self.type_of(schema['items'], singular(name))}>"
        if "properties" in schema:
            return self.struct_of(schema, name)
        if isinstance(schema.get("additionalProperties"), dict):
            inner = self.type_of(schema["additionalProperties"], singular(name))
            return f"std::map<std::string, {inner}>"
        raise SystemExit(f"{self.crd.path}: {name}: no C++ type for {schema}")

    def struct_of(self, schema, name):
        if is_condition(schema):
            self.uses.add("condition")
            return "Condition"
        shared = SHARED.get(frozenset(schema["properties"]))
        if shared and set(schema.get("required", [])) == set(schema["properties"]):
            self.uses.add("reference")
            return shared
        body = self.body(schema, name)
        if self.structs.setdefault(name, body) != body:
            raise SystemExit(f"{self.crd.path}: two different structs would be named {name}")
        return name

    def member(self, field, schema, required, owner):
        """Type and initializer of one member, and whether it is always written."""
        kind = self.type_of(schema, owner + capital(field))
        always = required or "default" in schema
        if kind == "Time":
            return f"std::optional<{kind}>", "", False
        if "default" in schema and schema["default"] not in ({}, [], ""):
            default = literal(schema["default"])
            return kind, f"{{{default}}}" if kind == "Json" else f" = {default}", True
        if kind == "bool":
            return kind, " = false", always
        if kind == "std::int64_t" and (always or field == "observedGeneration"):
            return kind, " = 0", always
        is_struct = "properties" in schema
        if not always and (is_struct or kind == "std::int64_t"):
            return f"std::optional<{kind}>", "", False
        return kind, "", always

    def body(self, schema, name):
        required = set(schema.get("required", []))
        members, fields = [], []
        for field, child in schema["properties"].items():
            kind, initial, always = self.member(field, child, field in required, name)
            identifier = KEYWORDS.get(field, field)
            members.append(f"{comment(describe(child), 2)}\n  {kind} {identifier}{initial};")
            fields.append(field_line(field, f"&{name}::{identifier}", always))
        text = f"struct {name} {{\n" + "\n".join(members)
        text += f"\n\n  bool operator==(const {name}&) const = default;\n\n"
        text += "  static constexpr auto kFields = std::tuple{\n" + "\n".join(fields) + "\n  };\n};"
        return text

    def resource_type(self):
        crd = self.crd
        names = (crd.group, crd.version["name"], crd.kind, crd.names["plural"])
        arguments = [f'"{name}"' for name in names] + [literal(crd.spec["scope"] == "Namespaced")]
        line = "  static inline const ResourceType kType{" + ", ".join(arguments) + "};"
        if len(line) <= WIDTH:
            return line
        return "  static inline const ResourceType kType{\n      " + ", ".join(arguments) + "};"

    def text(self):
        crd, root = self.crd, self.crd.schema["properties"]
        for part in ("spec", "status"):
            name = crd.kind + capital(part)
            self.structs[name] = self.body(root[part], name)
        spec, status = crd.kind + "Spec", crd.kind + "Status"
        includes = sorted(["meta"] + sorted(self.uses))
        lines = [
            "/// @file",
            comment(f"{crd.kind}: {lower_first(crd.schema['description'])}", 0),
            "///",
            f"/// Generated from crd-schemas/{crd.path.name}; change that file, not this one.",
            "#pragma once",
            "",
            "#include <cstdint>", "#include <map>", "#include <optional>", "#include <string>",
            "#include <tuple>", "#include <vector>",
            "",
            *[f'#include "core/object/{name}.hpp"' for name in includes],
            "",
            f"namespace berth::{crd.version['name']} {{",
            "",
            "\n\n".join(self.structs.values()),
            "",
            comment(crd.schema["description"], 0),
            f"struct {crd.kind} : Object<{spec}, {status}> {{",
            self.resource_type(),
            "};",
            "",
            f"}}  // namespace berth::{crd.version['name']}",
            "",
            "namespace berth {",
            "",
            *("extern " + line for line in self.codecs()),
            "",
            "}  // namespace berth",
            "",
        ]
        return "\n".join(lines)

    def codecs(self):
        """The codecs of spec and status are compiled once, not by everybody who uses them."""
        name = f"{self.crd.version['name']}::{self.crd.kind}"
        return [line for part in ("Spec", "Status") for line in (
            f"template Json encode(const {name}{part}& value);",
            f"template Result<{name}{part}> decode(const Json& document);")]

    def source(self):
        return "\n".join([
            f"// Generated from crd-schemas/{self.crd.path.name}; change that file, not this one.",
            f'#include "{self.crd.header}"',
            "",
            "namespace berth {",
            "",
            *self.codecs(),
            "",
            "}  // namespace berth",
            "",
        ])


def describe(schema):
    text = schema.get("description", "")
    values = schema.get("enum")
    return text if not values else f"{text} One of {', '.join(str(v) for v in values)}."


def field_line(field, member, always):
    arguments = [f'"{field}"', member] + (["Emit::Always"] if always else [])
    line = f"      field({', '.join(arguments)}),"
    if len(line) <= WIDTH:
        return line
    line = f"          {', '.join(arguments)}),"
    if len(line) <= WIDTH:
        return "      field(\n" + line
    return "      field(\n" + ",\n".join(" " * 10 + item for item in arguments) + "),"


def lower_first(text):
    return text if text[1:2].isupper() else text[0].lower() + text[1:]


def embedded(crds):
    """The source that holds every CRD as JSON."""
    entries = []
    for crd in crds:
        text = json.dumps(crd.document, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
        assert ')berth"' not in text
        name = ("core/" if crd.core else "") + crd.path.name
        entries.append(f'    {{"{name}", {"true" if crd.core else "false"}, R"berth({text})berth"}},')
    return "\n".join([
        "// Generated from crd-schemas/; change those files, not this one.",
        '#include "berth/embedded_crds.hpp"',
        "",
        "namespace berth::kinds {",
        "namespace {",
        "",
        f"constexpr EmbeddedCrd kCrds[] = {{",
        *entries,
        "};",
        "",
        "}  // namespace",
        "",
        "std::span<const EmbeddedCrd> embeddedCrds() { return kCrds; }",
        "",
        "}  // namespace berth::kinds",
        "",
    ])


EMBEDDED_HEADER = """/// @file
/// The CRDs of crd-schemas/, as JSON, inside the program.
///
/// Generated; they are what `berth crds` prints and what the API server serves from.
#pragma once

#include <span>
#include <string_view>

namespace berth::kinds {

struct EmbeddedCrd {
  std::string_view file;  // "dnsrecords.yaml", "core/secrets.yaml"
  bool core = false;      // a kind of Kubernetes itself: served here, not for installing
  std::string_view json;  // the whole CustomResourceDefinition
};

/// In the order of the file names, ours first.
std::span<const EmbeddedCrd> embeddedCrds();

}  // namespace berth::kinds
"""
