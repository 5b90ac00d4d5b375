/// @file
/// A canned server and a way to run berth against it, for the tests of the CLI.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "cli/app.hpp"
#include "cli/rest_transport.hpp"
#include "core/base/clock.hpp"
#include "core/json/json.hpp"

namespace berth::cli {

/// Answers by "METHOD target"; what has no answer is 404.
class CannedServer {
 public:
  CannedServer();

  /// Several answers to one request come in turn; the last one stays.
  void answer(const std::string& request, RestResponse response);
  void answer(const std::string& request, const Json& document, int status = 200);
  /// A Status document.
  void refuse(
      const std::string& request, int code, const std::string& reason, const std::string& message);
  void failNext(Error error) { failure_ = std::move(error); }

  Result<RestResponse> handle(const RestRequest& request);

  [[nodiscard]] const std::vector<RestRequest>& requests() const { return requests_; }
  /// The last request of that method; fails the test when there is none.
  [[nodiscard]] RestRequest last(const std::string& method) const;

 private:
  std::map<std::string, std::vector<RestResponse>> answers_;
  std::vector<RestRequest> requests_;
  std::optional<Error> failure_;
};

struct Ran {
  int code = 0;
  std::string out;
  std::string err;
};

class Berth {
 public:
  CannedServer server;
  FakeClock clock{*parseRfc3339("2026-01-02T03:04:05Z")};
  std::map<std::string, std::string> environment;
  /// Called instead of a program (the editor, the diff tool).
  std::function<Result<int>(const std::vector<std::string>&)> program;

  /// Runs `berth WORDS` (blanks divide) with `in` as standard input.
  Ran run(const std::string& words, const std::string& in = {});
  Ran run(const std::vector<std::string>& words, const std::string& in = {});
};

/// Compares with tests/testdata/cli/`name`; BERTH_ACCEPT=1 rewrites the file.
void expectGolden(const std::string& name, const std::string& text);

/// A ClientDeployment "acme" in "default".
Json givenDeployment(const std::string& name = "acme");
/// The Table of deployments of those names.
Json givenTable(const std::vector<std::string>& names);

inline constexpr const char* kDeployments =
    "/apis/berth.dev/v1alpha1/namespaces/default/clientdeployments";

}  // namespace berth::cli
