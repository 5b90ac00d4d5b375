/// @file
/// Kubeconfig: where the API server is and who we are.
///
/// Read as kubectl reads it: --kubeconfig, else the files of $KUBECONFIG (the
/// first that names something wins), else ~/.kube/config; file names in it are
/// relative to it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "core/base/secret.hpp"
#include "core/json/json.hpp"

namespace berth::cli {

/// All that a transport needs to know.
struct Connection {
  std::string server;     // https://127.0.0.1:8000
  std::string authority;  // PEM; empty: the system's authorities
  bool skipVerification = false;
  Secret token;
  std::string clientCertificate;  // PEM
  Secret clientKey;               // PEM
  std::string namespaceName = "default";
};

/// The command line's say, each empty when not given.
struct ConnectionFlags {
  std::string kubeconfig;
  std::string context;
  std::string cluster;
  std::string user;
  std::string server;
  std::string token;
  std::string authority;  // a file
  bool skipVerification = false;
};

/// The files to read, in order.
std::vector<std::string> kubeconfigFiles(
    const ConnectionFlags& flags, const std::function<std::string(const char*)>& environment);

/// One kubeconfig made of several; of entries with one name the first is kept.
class Kubeconfig {
 public:
  /// NotFound names every file when none exists.
  static Result<Kubeconfig> load(const std::vector<std::string>& files);
  /// `folder` is what the file names in the text are relative to.
  Result<> merge(std::string_view text, const std::string& folder);

  [[nodiscard]] std::vector<std::string> contexts() const;
  [[nodiscard]] const std::string& currentContext() const { return current_; }
  /// NotFound when a context, cluster or user is missing; the error names it.
  [[nodiscard]] Result<Connection> connection(const ConnectionFlags& flags) const;

 private:
  std::string current_;
  Json clusters_ = Json::object();
  Json users_ = Json::object();
  Json contexts_ = Json::object();
};

}  // namespace berth::cli
