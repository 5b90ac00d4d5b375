#include "controller/api/protobuf_body.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "controller/api/negotiation.hpp"
#include "controller/api/status.hpp"
#include "core/crypto/encoding.hpp"

namespace berth::api {
namespace {

constexpr std::string_view kMagic{"k8s\0", 4};

/// One field of a message: a number, or bytes (a string, bytes, a message).
struct Field {
  std::uint64_t number = 0;
  std::uint64_t value = 0;
  std::string_view bytes;
};

class Reader {
 public:
  explicit Reader(std::string_view rest) : rest_(rest) {}

  [[nodiscard]] bool atEnd() const { return rest_.empty(); }

  Result<Field> next() {
    BERTH_TRY(const auto tag, varint());
    Field field{.number = tag >> 3U};
    switch (tag & 7U) {
      case 0: {
        BERTH_TRY(field.value, varint());
        return field;
      }
      case 1:
        return take(field, 8);
      case 2: {
        BERTH_TRY(const auto length, varint());
        return take(field, length);
      }
      case 5:
        return take(field, 4);
      default:
        return broken();
    }
  }

 private:
  static Error broken() { return badRequest("the body is not a protobuf message"); }

  Result<std::uint64_t> varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (rest_.empty()) return broken();
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      value |= std::uint64_t(byte & 127U) << shift;
      if (byte < 128) return value;
    }
    return broken();
  }

  Result<Field> take(Field field, std::uint64_t length) {
    if (length > rest_.size()) return broken();
    field.bytes = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return field;
  }

  std::string_view rest_;
};

using Use = std::function<Result<>(const Field&)>;

/// Calls what is known of each field; passes over the others.
Result<> readMessage(std::string_view bytes, const std::map<std::uint64_t, Use>& uses) {
  for (Reader reader(bytes); !reader.atEnd();) {
    BERTH_TRY(const auto field, reader.next());
    if (const auto use = uses.find(field.number); use != uses.end())
      BERTH_CHECK(use->second(field));
  }
  return Ok{};
}

/// Into `document[name]`; nothing for an empty string, which is how absent ones come.
Use text(Json& document, const char* name) {
  return [&document, name](const Field& field) -> Result<> {
    if (!field.bytes.empty()) document[name] = std::string(field.bytes);
    return Ok{};
  };
}

Use flag(Json& document, const char* name) {
  return [&document, name](const Field& field) -> Result<> {
    document[name] = field.value != 0;
    return Ok{};
  };
}

/// One entry of a map<string, string|bytes>.
Use entry(Json& document, const char* name, bool isBytes) {
  return [&document, name, isBytes](const Field& field) -> Result<> {
    std::string key;
    std::string value;
    const auto keep = [](std::string& into) {
      return [&into](const Field& part) -> Result<> {
        into = part.bytes;
        return Ok{};
      };
    };
    BERTH_CHECK(readMessage(field.bytes, {{1, keep(key)}, {2, keep(value)}}));
    document[name][key] = isBytes ? toBase64(value) : value;
    return Ok{};
  };
}

Use metadata(Json& document) {
  return [&document](const Field& field) -> Result<> {
    auto& meta = document["metadata"] = Json::object();
    return readMessage(
        field.bytes,
        {{1, text(meta, "name")},
         {2, text(meta, "generateName")},
         {3, text(meta, "namespace")},
         {11, entry(meta, "labels", false)},
         {12, entry(meta, "annotations", false)}});
  };
}

std::map<std::uint64_t, Use> fieldsOf(const std::string& kind, Json& document) {
  if (kind == "Namespace") return {{1, metadata(document)}};
  if (kind == "ConfigMap")
    return {
        {1, metadata(document)},
        {2, entry(document, "data", false)},
        {3, entry(document, "binaryData", true)},
        {4, flag(document, "immutable")}};
  if (kind == "Secret")
    return {
        {1, metadata(document)},
        {2, entry(document, "data", true)},
        {3, text(document, "type")},
        {4, entry(document, "stringData", false)},
        {5, flag(document, "immutable")}};
  return {};
}

}  // namespace

Result<Json> readProtobuf(std::string_view bytes) {
  if (!bytes.starts_with(kMagic)) return badRequest("the body is not a protobuf message");
  Json document = Json::object();
  std::string_view object;
  BERTH_CHECK(readMessage(
      bytes.substr(kMagic.size()),
      {{1,
        [&](const Field& field) {
          return readMessage(
              field.bytes, {{1, text(document, "apiVersion")}, {2, text(document, "kind")}});
        }},
       {2, [&](const Field& field) -> Result<> {
          object = field.bytes;
          return Ok{};
        }}}));
  const auto fields = stringAt(document, "apiVersion") == "v1"
                          ? fieldsOf(stringAt(document, "kind"), document)
                          : std::map<std::uint64_t, Use>();
  if (fields.empty()) return unsupportedMediaType("application/json, application/yaml");
  BERTH_CHECK(readMessage(object, fields));
  return document;
}

}  // namespace berth::api
