#include "core/schema/validate.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace berth {
namespace {

constexpr std::size_t kMaxCauses = 100;
constexpr std::size_t kMaxShown = 256;

std::string typeOf(const Json& value) {
  switch (value.type()) {
    case Json::value_t::null:
      return "null";
    case Json::value_t::object:
      return "object";
    case Json::value_t::array:
      return "array";
    case Json::value_t::string:
      return "string";
    case Json::value_t::boolean:
      return "boolean";
    case Json::value_t::number_integer:
    case Json::value_t::number_unsigned:
      return "integer";
    case Json::value_t::number_float:
      return "number";
    case Json::value_t::binary:
    case Json::value_t::discarded:
      break;
  }
  return "unknown";
}

std::string quoted(const std::string& text) { return "\"" + text + "\""; }

/// A value as an answer shows it: bounded, and hidden where it is a secret.
std::string shown(const Schema& schema, const Json& value) {
  if (schema.format == "password") return "\"<hidden>\"";
  auto text = dumpJson(value);
  if (text.size() <= kMaxShown) return text;
  std::size_t end = kMaxShown;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end) + (value.is_string() ? "...\"" : "...");
}

std::string numberText(double number) {
  return std::floor(number) == number && std::abs(number) < 1e15
             ? std::to_string(std::int64_t(number))
             : dumpJson(Json(number));
}

std::size_t characters(const std::string& text) {
  return std::size_t(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string child(const std::string& path, const std::string& name) {
  return path.empty() ? name : path + "." + name;
}

std::string element(const std::string& path, std::size_t index) {
  return path + "[" + std::to_string(index) + "]";
}

Json keysOf(const Schema& schema, const Json& item) {
  Json keys = Json::object();
  for (const auto& name : schema.listMapKeys) {
    if (!item.is_object()) break;
    if (const auto found = item.find(name); found != item.end()) keys[name] = *found;
  }
  return keys;
}

class Validator {
 public:
  void check(const Schema& schema, const Json& value, const std::string& path) {
    if (causes.size() >= kMaxCauses) return;
    if (value.is_null() && (schema.nullable || schema.type.empty())) return;
    if (!checkType(schema, value, path)) return;
    checkEnum(schema, value, path);
    if (value.is_string()) checkString(schema, value, path);
    if (value.is_number()) checkNumber(schema, value, path);
    if (value.is_array()) checkList(schema, value, path);
    if (value.is_object()) checkObject(schema, value, path);
    checkJunctors(schema, value, path);
  }

  std::vector<Cause> causes;

 private:
  void add(const char* reason, const std::string& path, std::string message) {
    if (causes.size() < kMaxCauses) causes.push_back({reason, std::move(message), path});
  }

  void invalid(
      const Schema& schema, const Json& value, const std::string& path, const std::string& what) {
    add("FieldValueInvalid",
        path,
        "Invalid value: " + shown(schema, value) + ": " + path + " in body should " + what);
  }

  void wrongType(const std::string& path, const std::string& wanted, const std::string& found) {
    add("FieldValueTypeInvalid",
        path,
        "Invalid value: " + found + ": " + path + " in body must be of type " + wanted + ": " +
            found);
  }

  bool checkType(const Schema& schema, const Json& value, const std::string& path) {
    const auto found = typeOf(value);
    if (schema.intOrString) {
      if (found == "integer" || found == "string") return true;
      wrongType(path, "integer,string", quoted(found));
      return false;
    }
    if (schema.type.empty() || schema.type == found) return checkInteger(schema, value, path);
    if (schema.type == "number" && found == "integer") return true;
    wrongType(path, schema.type, quoted(found));
    return false;
  }

  bool checkInteger(const Schema& schema, const Json& value, const std::string& path) {
    if (!value.is_number_integer() || schema.type != "integer") return true;
    const bool beyond64 = value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX;
    const auto number = beyond64 ? INT64_MAX : value.get<std::int64_t>();
    const bool beyond32 = number > INT32_MAX || number < INT32_MIN;
    if (!beyond64 && !(beyond32 && schema.format == "int32")) return true;
    wrongType(path, schema.format.empty() ? "int64" : schema.format, dumpJson(value));
    return false;
  }

  void checkEnum(const Schema& schema, const Json& value, const std::string& path) {
    const auto& known = schema.enumValues;
    if (known.empty() || std::ranges::find(known, value) != known.end()) return;
    std::string values;
    for (const auto& one : known)
      values += (values.empty() ? "" : ", ") +
                quoted(one.is_string() ? one.get<std::string>() : dumpJson(one));
    add("FieldValueNotSupported",
        path,
        "Unsupported value: " + shown(schema, value) + ": supported values: " + values);
  }

  void checkString(const Schema& schema, const Json& value, const std::string& path) {
    const auto& text = value.get_ref<const std::string&>();
    const auto& limits = schema.limits;
    if (limits.maxLength && characters(text) > *limits.maxLength) {
      add("FieldValueTooLong",
          path,
          "Too long: may not be longer than " + std::to_string(*limits.maxLength));
      return;  // and no expression runs over what is too long
    }
    if (limits.minLength && characters(text) < *limits.minLength)
      invalid(
          schema, value, path, "be at least " + std::to_string(*limits.minLength) + " chars long");
    if (schema.pattern && !schema.pattern->matches(text))
      invalid(schema, value, path, "match '" + schema.pattern->text() + "'");
    if (!schema.format.empty() && !schema.intOrString && !hasFormat(schema.format, text))
      wrongType(path, schema.format, shown(schema, value));
  }

  void checkNumber(const Schema& schema, const Json& value, const std::string& path) {
    const auto number = value.get<double>();
    const auto& limits = schema.limits;
    if (limits.minimum && number < *limits.minimum)
      invalid(schema, value, path, "be greater than or equal to " + numberText(*limits.minimum));
    if (limits.maximum && number > *limits.maximum)
      invalid(schema, value, path, "be less than or equal to " + numberText(*limits.maximum));
  }

  /// minItems and maxItems, or the same of properties; whether to go on inside.
  bool checkCount(
      std::size_t count,
      std::optional<std::uint64_t> least,
      std::optional<std::uint64_t> most,
      const std::string& path,
      const char* what) {
    if (most && count > *most) {
      add("FieldValueTooMany",
          path,
          "Too many: " + std::to_string(count) + ": must have at most " + std::to_string(*most) +
              " items");
      return false;
    }
    if (least && count < *least)
      add("FieldValueInvalid",
          path,
          "Invalid value: " + std::to_string(count) + ": " + path +
              " in body should have at least " + std::to_string(*least) + " " + what);
    return true;
  }

  void checkList(const Schema& schema, const Json& value, const std::string& path) {
    const auto& limits = schema.limits;
    if (!checkCount(value.size(), limits.minItems, limits.maxItems, path, "items")) return;
    std::set<std::string> seen;
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (schema.items) check(*schema.items, value[i], element(path, i));
      if (schema.listType == ListType::Atomic) continue;
      const bool isMap = schema.listType == ListType::Map;
      const auto key = isMap ? keysOf(schema, value[i]) : value[i];
      if (!seen.insert(dumpJson(key)).second)
        add("FieldValueDuplicate", element(path, i), "Duplicate value: " + shown(schema, key));
    }
  }

  void checkObject(const Schema& schema, const Json& value, const std::string& path) {
    const auto& limits = schema.limits;
    if (!checkCount(value.size(), limits.minProperties, limits.maxProperties, path, "properties"))
      return;
    for (const auto& name : schema.required)
      if (!value.contains(name)) add("FieldValueRequired", child(path, name), "Required value");
    for (const auto& [name, member] : value.items())
      if (const auto* known = schema.member(name); known != nullptr)
        check(*known, member, child(path, name));
  }

  static bool holds(const Schema& schema, const Json& value, const std::string& path) {
    Validator inner;
    inner.check(schema, value, path);
    return inner.causes.empty();
  }

  void checkJunctors(const Schema& schema, const Json& value, const std::string& path) {
    const auto& [oneOf, anyOf, allOf, negated] = schema.junctors;
    const auto fails = [&](const std::string& what) {
      add("FieldValueInvalid", path, "Invalid value: \"\": " + quoted(path) + " must " + what);
    };
    const auto matching = [&](const std::vector<Schema>& schemas) {
      return std::ranges::count_if(
          schemas, [&](const Schema& one) { return holds(one, value, path); });
    };
    for (const auto& one : allOf) check(one, value, path);
    if (!anyOf.empty() && matching(anyOf) == 0) fails("validate at least one schema (anyOf)");
    if (const auto count = oneOf.empty() ? 1 : matching(oneOf); count != 1)
      fails(
          "validate one and only one schema (oneOf). Found " +
          (count == 0 ? std::string("none valid") : std::to_string(count) + " valid alternatives"));
    if (negated && holds(*negated, value, path)) fails("not validate the schema (not)");
  }
};

/// Walks what both documents have.
class TransitionWalk {
 public:
  void check(const Schema& schema, const Json& now, const Json& before, const std::string& path) {
    if (causes.size() >= kMaxCauses) return;
    if (schema.immutable && now != before) {
      causes.push_back(
          {"FieldValueInvalid",
           "Invalid value: " + quoted(typeOf(now)) + ": " +
               (schema.immutableMessage.empty() ? "failed rule: self == oldSelf"
                                                : schema.immutableMessage),
           path});
      return;
    }
    if (now.is_object() && before.is_object()) checkObject(schema, now, before, path);
    if (now.is_array() && before.is_array() && schema.items && schema.listType == ListType::Map)
      checkMapList(schema, now, before, path);
  }

  std::vector<Cause> causes;

 private:
  void checkObject(
      const Schema& schema, const Json& now, const Json& before, const std::string& path) {
    for (const auto& [name, member] : now.items()) {
      const auto* known = schema.member(name);
      const auto old = before.find(name);
      if (known != nullptr && old != before.end()) check(*known, member, *old, child(path, name));
    }
  }

  void checkMapList(
      const Schema& schema, const Json& now, const Json& before, const std::string& path) {
    std::map<std::string, const Json*> old;
    for (const auto& item : before) old.emplace(dumpJson(keysOf(schema, item)), &item);
    for (std::size_t i = 0; i < now.size(); ++i) {
      const auto found = old.find(dumpJson(keysOf(schema, now[i])));
      if (found != old.end()) check(*schema.items, now[i], *found->second, element(path, i));
    }
  }
};

}  // namespace

std::vector<Cause> validate(const Schema& schema, const Json& object) {
  Validator validator;
  validator.check(schema, object, "");
  return std::move(validator.causes);
}

std::vector<Cause> validateUpdate(const Schema& schema, const Json& updated, const Json& old) {
  TransitionWalk walk;
  walk.check(schema, updated, old, "");
  return std::move(walk.causes);
}

}  // namespace berth
