/// @file
/// What commands that change objects have in common: dry runs and how they tell
/// what they did.
#pragma once

#include <string>

#include "cli/output.hpp"
#include "cli/session.hpp"
#include "cli/targets.hpp"

namespace berth::cli {

enum class DryRun { None, Client, Server };

/// The flags --dry-run and -o of a command that changes objects.
class ChangeFlags {
 public:
  void addTo(FlagSet& flags);
  /// BadRequest for unknown values.
  Result<> check();

  [[nodiscard]] DryRun dryRun() const { return dryRun_; }
  /// Adds dryRun=All when the server is to try only.
  void addQuery(RestRequest& request) const;
  /// "clientdeployment.berth.dev/a created (server dry run)", or the object as -o says.
  void tell(Session& session, const Target& target, const Json& object, const std::string& verb);

 private:
  OptionalText dryRunText_{.value = "none", .whenBare = "client"};
  std::string outputText_;
  DryRun dryRun_ = DryRun::None;
  Output output_;
  bool told_ = false;
};

/// The exit code of a command over several objects: each failure is printed, the
/// first decides.
class Outcome {
 public:
  explicit Outcome(Session& session) : session_(session) {}
  void fail(const Error& error) {
    const int code = session_.fail(error);
    if (code_ == 0) code_ = code;
  }
  void note(int code) {
    if (code_ == 0) code_ = code;
  }
  [[nodiscard]] int code() const { return code_; }

 private:
  Session& session_;
  int code_ = 0;
};

}  // namespace berth::cli
