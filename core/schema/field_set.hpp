/// @file
/// FieldSet: some fields of an object, such as those that somebody owns.
///
/// A trie of path elements in the form in which the API shows it (FieldsV1): `f:NAME`
/// is a member of an object, `k:{"name":"B"}` an item of a list with keys, `v:"x"` a
/// member of a set, `.` the thing itself where fields below it are in the set too.
///
///     {"f:spec":{"f:env":{"k:{\"name\":\"B\"}":{".":{},"f:name":{},"f:value":{}}}}}
///
/// A value; the same set has the same form.  Each field stands for itself: a set with
/// `spec` has not for that `spec.image`.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "core/json/json.hpp"

namespace berth {

class FieldSet {
 public:
  FieldSet() = default;

  /// Invalid when it is not FieldsV1.
  static Result<FieldSet> parse(const Json& fieldsV1);
  /// Of what json() once gave: it is not looked at.
  static FieldSet fromCanonical(Json fieldsV1);

  [[nodiscard]] bool empty() const { return root_.empty(); }
  [[nodiscard]] const Json& json() const& { return root_; }
  [[nodiscard]] Json json() && { return std::move(root_); }

  void unite(const FieldSet& other);
  void subtract(const FieldSet& other);
  [[nodiscard]] FieldSet intersection(const FieldSet& other) const;

  /// Each field as people write it: `.spec.env[name="B"].value`, `.metadata.finalizers[="x"]`.
  [[nodiscard]] std::vector<std::string> paths() const;

  bool operator==(const FieldSet&) const = default;

  /// Whether a node of the trie is in the set itself, not only what is below it.
  static bool isMember(const Json& node);

 private:
  Json root_ = Json::object();  // empty: nothing; below it, an empty object is a member
};

}  // namespace berth
