#include "controller/api/openapi_protobuf.hpp"

#include <bit>
#include <cstdint>
#include <string_view>
#include <utility>

namespace berth::api {
namespace {

/// A message as its bytes; an absent member writes nothing.
class Message {
 public:
  [[nodiscard]] const std::string& bytes() const { return bytes_; }

  void text(unsigned field, std::string_view value) {
    tag(field, 2);
    varint(value.size());
    bytes_ += value;
  }
  void message(unsigned field, const Message& value) { text(field, value.bytes()); }
  void flag(unsigned field, bool value) {
    tag(field, 0);
    varint(value ? 1 : 0);
  }

  void textOf(unsigned field, const Json& document, const char* name) {
    if (const auto found = document.find(name); found != document.end())
      text(field, found->get_ref<const std::string&>());
  }
  void textsOf(unsigned field, const Json& document, const char* name) {
    if (const auto found = document.find(name); found != document.end())
      for (const auto& item : *found) text(field, item.get_ref<const std::string&>());
  }
  void flagOf(unsigned field, const Json& document, const char* name) {
    if (const auto found = document.find(name); found != document.end())
      flag(field, found->get<bool>());
  }
  void countOf(unsigned field, const Json& document, const char* name) {
    const auto found = document.find(name);
    if (found == document.end()) return;
    tag(field, 0);
    varint(found->get<std::uint64_t>());
  }
  void realOf(unsigned field, const Json& document, const char* name) {
    const auto found = document.find(name);
    if (found == document.end()) return;
    tag(field, 1);
    auto bits = std::bit_cast<std::uint64_t>(found->get<double>());
    for (int i = 0; i < 8; ++i, bits >>= 8U) bytes_ += char(bits & 0xFFU);
  }

 private:
  void tag(unsigned field, unsigned wire) { varint(std::uint64_t{field} << 3U | wire); }
  void varint(std::uint64_t value) {
    for (; value >= 128; value >>= 7U) bytes_ += char((value & 127U) | 128U);
    bytes_ += char(value);
  }

  std::string bytes_;
};

/// Any: a value as YAML, which JSON is.
Message any(const Json& value) {
  Message made;
  made.text(2, dumpJson(value));
  return made;
}

Message named(const std::string& name, const Message& value) {
  Message made;
  made.text(1, name);
  made.message(2, value);
  return made;
}

void extensions(Message& into, unsigned field, const Json& document) {
  for (const auto& [name, value] : document.items())
    if (name.starts_with("x-")) into.message(field, named(name, any(value)));
}

Message schema(const Json& document);

/// Properties and Definitions.
Message namedSchemas(const Json& document) {
  Message made;
  for (const auto& [name, value] : document.items()) made.message(1, named(name, schema(value)));
  return made;
}

void limits(Message& made, const Json& document) {
  made.realOf(7, document, "maximum");
  made.realOf(9, document, "minimum");
  made.countOf(11, document, "maxLength");
  made.countOf(12, document, "minLength");
  made.textOf(13, document, "pattern");
  made.countOf(14, document, "maxItems");
  made.countOf(15, document, "minItems");
  made.countOf(17, document, "maxProperties");
  made.countOf(18, document, "minProperties");
}

Message schema(const Json& document) {
  Message made;
  made.textOf(1, document, "$ref");
  made.textOf(2, document, "format");
  made.textOf(3, document, "title");
  made.textOf(4, document, "description");
  if (const auto found = document.find("default"); found != document.end())
    made.message(5, any(*found));
  limits(made, document);
  made.textsOf(19, document, "required");
  if (const auto found = document.find("enum"); found != document.end())
    for (const auto& value : *found) made.message(20, any(value));
  if (const auto found = document.find("additionalProperties"); found != document.end()) {
    Message item;
    item.message(1, schema(*found));
    made.message(21, item);
  }
  if (document.contains("type")) {
    Message type;
    type.textOf(1, document, "type");
    made.message(22, type);
  }
  if (const auto found = document.find("items"); found != document.end()) {
    Message item;
    item.message(1, schema(*found));
    made.message(23, item);
  }
  if (const auto found = document.find("properties"); found != document.end())
    made.message(25, namedSchemas(*found));
  extensions(made, 31, document);
  return made;
}

Message bodyParameter(const Json& document) {
  Message made;
  made.textOf(2, document, "name");
  made.textOf(3, document, "in");
  made.flagOf(4, document, "required");
  made.message(5, schema(document.at("schema")));
  return made;
}

/// QueryParameterSubSchema and PathParameterSubSchema; the numbers of the latter are one
/// less from `type` on.
Message simpleParameter(const Json& document, bool isQuery) {
  Message made;
  made.flagOf(1, document, "required");
  made.textOf(2, document, "in");
  made.textOf(3, document, "description");
  made.textOf(4, document, "name");
  made.textOf(isQuery ? 6U : 5U, document, "type");
  made.flagOf(isQuery ? 20U : 19U, document, "uniqueItems");
  return made;
}

/// ParametersItem { Parameter { BodyParameter or NonBodyParameter } }.
Message parameter(const Json& document) {
  const auto place = stringAt(document, "in");
  Message kind;
  if (place == "body") {
    kind.message(1, bodyParameter(document));
  } else {
    Message other;
    other.message(place == "query" ? 3U : 4U, simpleParameter(document, place == "query"));
    kind.message(2, other);
  }
  Message made;
  made.message(1, kind);
  return made;
}

void parameters(Message& into, unsigned field, const Json& document) {
  if (const auto found = document.find("parameters"); found != document.end())
    for (const auto& item : *found) into.message(field, parameter(item));
}

Message responses(const Json& document) {
  Message made;
  for (const auto& [code, value] : document.items()) {
    Message response;
    response.textOf(1, value, "description");
    if (const auto found = value.find("schema"); found != value.end()) {
      Message item;
      item.message(1, schema(*found));
      response.message(2, item);
    }
    Message oneOf;
    oneOf.message(1, response);
    made.message(1, named(code, oneOf));
  }
  return made;
}

Message operation(const Json& document) {
  Message made;
  made.textsOf(1, document, "tags");
  made.textOf(3, document, "description");
  made.textOf(5, document, "operationId");
  made.textsOf(6, document, "produces");
  made.textsOf(7, document, "consumes");
  parameters(made, 8, document);
  made.message(9, responses(document.at("responses")));
  extensions(made, 13, document);
  return made;
}

Message pathItem(const Json& document) {
  static constexpr std::pair<const char*, unsigned> kMethods[] = {
      {"get", 2}, {"put", 3}, {"post", 4}, {"delete", 5}, {"patch", 8}};
  Message made;
  for (const auto& [method, field] : kMethods)
    if (const auto found = document.find(method); found != document.end())
      made.message(field, operation(*found));
  parameters(made, 9, document);
  return made;
}

}  // namespace

std::string encodeOpenApiV2(const Json& document) {
  Message info;
  info.textOf(1, document.at("info"), "title");
  info.textOf(2, document.at("info"), "version");
  Message paths;
  for (const auto& [path, value] : document.at("paths").items())
    paths.message(2, named(path, pathItem(value)));
  Message made;
  made.textOf(1, document, "swagger");
  made.message(2, info);
  made.message(8, paths);
  made.message(9, namedSchemas(document.at("definitions")));
  return made.bytes();
}

}  // namespace berth::api
