/// @file
/// User: who makes a request, as a credential tells.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.hpp"

namespace berth::identity {

struct User {
  std::string name = "system:anonymous";
  std::vector<std::string> groups = {"system:unauthenticated"};
  std::string uid = {};
  std::map<std::string, std::vector<std::string>> extra = {};
  /// When the credential ends, by the wall clock: watches end then, too.
  Time validUntil = Time::max();
  /// The access token ("namespace/name") that must still be there; empty: none.
  std::string accessToken = {};

  [[nodiscard]] bool isAnonymous() const { return name == "system:anonymous"; }
  [[nodiscard]] bool isIn(std::string_view group) const {
    return std::ranges::find(groups, group) != groups.end();
  }
};

}  // namespace berth::identity
