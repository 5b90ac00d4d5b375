/// @file
/// JsonPath: the paths of printer columns and of `-o jsonpath`.
///
/// Takes `.a.b`, `['a']`, `[0]`, `[-1]`, `[1:3]`, `[*]`, `..a`, `\.` inside a name, and the filters
/// `[?(@.type=="Ready")]` with == != < <= > >=, or none for "is there".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/json/json.hpp"

namespace berth {

class JsonPath {
 public:
  /// BadRequest with the place when it is not a path.  A leading `$` or none is as good.
  static Result<JsonPath> parse(std::string_view text);
  /// Everything the path leads to, in document order.
  [[nodiscard]] std::vector<const Json*> find(const Json& document) const;

  struct Step {
    enum class Kind { Member, Descendant, Index, Slice, All, Filter };
    Kind kind = Kind::Member;
    std::string name;        // Member, Descendant
    long first = 0;          // Index, Slice
    long last = 0;           // Slice: past the end when `open`
    bool open = false;       // Slice without an end
    std::string comparison;  // Filter; empty: is there
    Json literal;            // Filter
    std::vector<Step> left;  // Filter: the path below @
  };

 private:
  std::vector<Step> steps_;
};

/// The first thing the path leads to, or null: one cell of a Table.
Json evalJsonPath(std::string_view path, const Json& document);

}  // namespace berth
