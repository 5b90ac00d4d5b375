/// @file
/// ApiSchema: Docker's own description of its API (tests/testdata/contracts), as an
/// oracle for what we send and what we claim that engines answer.
///
/// Stricter than the description where it is silent: a member that it does not know
/// is a fault, because engines ignore those without a word.  Looser where real
/// engines are: every member may be null.
#pragma once

#include <string>
#include <vector>

#include "core/json/json.hpp"

namespace berth::support {

class ApiSchema {
 public:
  /// Of one version, such as "1.41".
  explicit ApiSchema(const std::string& version);

  /// What is wrong with a request's body; empty: nothing.
  [[nodiscard]] std::vector<std::string> checkRequest(
      const std::string& method, const std::string& path, const Json& body) const;
  /// The same for the answer with that status.
  [[nodiscard]] std::vector<std::string> checkAnswer(
      const std::string& method,
      const std::string& path,
      const std::string& status,
      const Json& body) const;

 private:
  void check(
      const Json& schema,
      const Json& value,
      const std::string& at,
      std::vector<std::string>& faults) const;
  void checkObject(
      const Json& schema,
      const Json& value,
      const std::string& at,
      std::vector<std::string>& faults) const;
  [[nodiscard]] Json resolve(const Json& schema) const;

  Json document_;
};

}  // namespace berth::support
