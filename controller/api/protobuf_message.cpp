#include "controller/api/protobuf_message.hpp"

#include <string>

#include "controller/api/status.hpp"
#include "core/base/clock.hpp"
#include "core/crypto/encoding.hpp"

namespace berth::api::protobuf {
namespace {

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

}  // namespace

Result<> readMessage(std::string_view bytes, const Uses& uses) {
  for (Reader reader(bytes); !reader.atEnd();) {
    BERTH_TRY(const auto field, reader.next());
    if (const auto use = uses.find(field.number); use != uses.end())
      BERTH_CHECK(use->second(field));
  }
  return Ok{};
}

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

Use number(Json& document, const char* name) {
  return [&document, name](const Field& field) -> Result<> {
    if (field.value != 0) document[name] = std::int64_t(field.value);
    return Ok{};
  };
}

Use time(Json& document, const char* name) {
  return [&document, name](const Field& field) -> Result<> {
    std::int64_t seconds = 0;
    std::int64_t nanos = 0;
    const auto keep = [](std::int64_t& into) {
      return [&into](const Field& part) -> Result<> {
        into = std::int64_t(part.value);
        return Ok{};
      };
    };
    BERTH_CHECK(readMessage(field.bytes, {{1, keep(seconds)}, {2, keep(nanos)}}));
    if (seconds == 0 && nanos == 0) return Ok{};
    constexpr std::int64_t kLast = 253'402'300'799;  // the end of the year 9999
    if (seconds < 0 || seconds > kLast || nanos < 0 || nanos > 999'999'999)
      return badRequest(std::string(name) + ": not a time");
    auto written = formatRfc3339(Time(std::chrono::seconds(seconds)));
    if (nanos >= 1000) {
      auto micros = std::to_string(nanos / 1000);
      micros.insert(0, 6 - micros.size(), '0');
      written.insert(written.size() - 1, "." + micros);
    }
    document[name] = std::move(written);
    return Ok{};
  };
}

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

Use item(Json& document, const char* name) {
  return [&document, name](const Field& field) -> Result<> {
    document[name].push_back(std::string(field.bytes));
    return Ok{};
  };
}

Use message(Json& document, const char* name, UsesOf usesOf) {
  return [&document, name, usesOf](const Field& field) -> Result<> {
    if (field.bytes.empty()) return Ok{};  // how absent ones come
    auto& inner = document[name];
    if (!inner.is_object()) inner = Json::object();
    return readMessage(field.bytes, usesOf(inner));
  };
}

Use messages(Json& document, const char* name, UsesOf usesOf) {
  return [&document, name, usesOf](const Field& field) -> Result<> {
    Json inner = Json::object();
    BERTH_CHECK(readMessage(field.bytes, usesOf(inner)));
    document[name].push_back(std::move(inner));
    return Ok{};
  };
}

}  // namespace berth::api::protobuf
