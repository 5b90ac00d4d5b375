/// @file
/// Authentication: who makes a request.
///
/// A bearer token (only its SHA-256 is kept, compared in constant time) or a
/// verified client certificate (CN is the user, each O a group).  Thread-safe.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "controller/api/api.hpp"
#include "core/http/http.hpp"

namespace berth::api {

struct User {
  std::string name = "system:anonymous";
  std::vector<std::string> groups = {"system:unauthenticated"};
  std::string uid = {};
  std::map<std::string, std::vector<std::string>> extra = {};

  [[nodiscard]] bool isAnonymous() const { return name == "system:anonymous"; }
  [[nodiscard]] bool isIn(std::string_view group) const;
};

class Authenticator {
 public:
  explicit Authenticator(const std::vector<StaticToken>& tokens);

  /// Unauthorized for a token that nobody has; anonymous without any credential.
  [[nodiscard]] Result<User> authenticate(const http::Request& request) const;

 private:
  struct Entry {
    std::string digest;
    User user;
  };
  std::vector<Entry> entries_;
};

}  // namespace berth::api
