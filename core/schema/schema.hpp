/// @file
/// Schema: one node of a structural schema (apiextensions.k8s.io/v1), ready to use.
///
/// A value: what is loaded never changes and may be read by many threads.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/json/json.hpp"

namespace berth {

/// A regular expression that matches in bounded time and stack, compiled at the
/// first use.  Thread-safe.
class Pattern {
 public:
  explicit Pattern(std::string text);
  ~Pattern();
  Pattern(const Pattern&) = delete;
  Pattern& operator=(const Pattern&) = delete;

  [[nodiscard]] const std::string& text() const { return text_; }
  /// Whether the expression occurs in `value`; false when it cannot be told within
  /// the limits (64 KiB of text).
  [[nodiscard]] bool matches(std::string_view value) const;
  /// Invalid when the expression itself is not one.
  [[nodiscard]] Result<> compile() const;

 private:
  struct Compiled;
  [[nodiscard]] const Compiled& compiled() const;

  std::string text_;
  mutable std::unique_ptr<Compiled> compiled_;
};

/// minimum and its like; absent is without limit.
struct SchemaLimits {
  std::optional<double> minimum;
  std::optional<double> maximum;
  std::optional<std::uint64_t> minLength;
  std::optional<std::uint64_t> maxLength;
  std::optional<std::uint64_t> minItems;
  std::optional<std::uint64_t> maxItems;
  std::optional<std::uint64_t> minProperties;
  std::optional<std::uint64_t> maxProperties;
};

enum class ListType { Atomic, Set, Map };

struct Schema;

/// oneOf and its like: schemas of values only, as structural schemas allow.
struct SchemaJunctors {
  std::vector<Schema> oneOf;
  std::vector<Schema> anyOf;
  std::vector<Schema> allOf;
  std::shared_ptr<const Schema> negated;
};

struct Schema {
  std::string type;  // object, array, string, integer, number, boolean; empty: not told
  std::string description;
  std::string format;
  bool nullable = false;
  bool intOrString = false;
  bool preserveUnknown = false;
  bool immutable = false;  // x-kubernetes-validations: self == oldSelf
  std::string immutableMessage;

  std::optional<Json> defaultValue;
  std::vector<Json> enumValues;
  std::shared_ptr<const Pattern> pattern;
  SchemaLimits limits;

  std::map<std::string, Schema> properties;
  std::vector<std::string> required;
  std::shared_ptr<const Schema> additionalProperties;  // of a map's values
  bool atomicMap = false;                              // its members have one owner together

  std::shared_ptr<const Schema> items;
  ListType listType = ListType::Atomic;
  std::vector<std::string> listMapKeys;

  SchemaJunctors junctors;

  /// The schema of a member; nullptr when it is unknown.
  [[nodiscard]] const Schema* member(const std::string& name) const;
  /// The schema at a dotted path ("spec.image"), through lists and maps too.
  [[nodiscard]] const Schema* at(std::string_view path) const;
};

/// Invalid, with the path, when the text is not a structural schema or has a rule that
/// this engine does not know.
Result<Schema> loadSchema(const Json& document);

/// metadata of every object, as a schema: validated, pruned and explained by the same
/// engine.
const Schema& objectMetaSchema();
/// The same as an OpenAPI component, for `$ref`.
const Json& objectMetaOpenApi();

}  // namespace berth
