/// @file
/// Options of berth-controller.
#pragma once

#include <string>
#include <tuple>
#include <vector>

#include "core/base/clock.hpp"
#include "core/options/options.hpp"

namespace berth {

struct ControllerOptions {
  std::string dataDir = "/var/lib/berth";
  std::string store;
  std::string encryptionKeyFile;
  std::string listen = "127.0.0.1:8000";
  std::string insecureListen;
  std::vector<std::string> allowedOrigins;
  std::vector<std::string> trustedProxies;
  std::vector<std::string> roles = {"api", "reconcilers"};
  std::string docker = "/var/run/docker.sock";
  std::vector<std::string> serverNames;
  std::string tlsCertFile;
  std::string tlsKeyFile;
  std::string tlsCaFile;
  std::string clientCaFile;
  std::string authenticationConfig;
  Duration maxTokenLifetime = std::chrono::hours(365 * 24);
  std::int64_t workers = 10;
  std::int64_t history = 100'000;
  Duration resync = std::chrono::minutes(10);
  Duration eventTtl = std::chrono::hours(1);
  std::int64_t maxConnections = 4096;
  std::int64_t maxConnectionsPerAddress = 2048;
  std::int64_t maxWaitingPerUser = 1500;
  std::int64_t maxWatchesPerUser = 2000;
  Duration auditRetention = std::chrono::hours(24 * 400);
  std::string logLevel = "info";
  std::string logFormat = "text";

  static constexpr auto kPlaces = std::tuple{
      option("data-dir", &ControllerOptions::dataDir, "Folder of all that it keeps."),
      option(
          "store",
          &ControllerOptions::store,
          "sqlite:PATH or postgresql://...; sqlite:DATA-DIR/berth.db when absent."),
      option(
          "encryption-key-file",
          &ControllerOptions::encryptionKeyFile,
          "Keys that encrypt Secrets in the store; DATA-DIR/keys, made when absent."),
      option(
          "listen", &ControllerOptions::listen, "Address and port of the API; port 0: a free one."),
      option(
          "insecure-listen",
          &ControllerOptions::insecureListen,
          "Loopback address and port that also serves the API without TLS; none when absent."),
      option(
          "allowed-origins",
          &ControllerOptions::allowedOrigins,
          "Origins of web pages, such as https://console.example, that may use the API."),
      option(
          "trusted-proxies",
          &ControllerOptions::trustedProxies,
          "Addresses or networks of proxies whose X-Forwarded-For is believed."),
      option("roles", &ControllerOptions::roles, "What this process does: api, reconcilers."),
      option(
          "docker",
          &ControllerOptions::docker,
          "Socket of the engine for Local Hosts that name none."),
      option(
          "server-names",
          &ControllerOptions::serverNames,
          "More names and addresses for the server's certificate."),
  };

  /// Who may come in, and whom a client sees.
  static constexpr auto kAccess = std::tuple{
      option(
          "tls-cert-file",
          &ControllerOptions::tlsCertFile,
          "Certificate of the server, then intermediates; one of its own when absent."),
      option("tls-key-file", &ControllerOptions::tlsKeyFile, "The key of --tls-cert-file."),
      option(
          "tls-ca-file",
          &ControllerOptions::tlsCaFile,
          "Whom the kubeconfig trusts for --tls-cert-file; the machine's authorities when absent."),
      option(
          "client-ca-file",
          &ControllerOptions::clientCaFile,
          "More authorities whose client certificates are users (CN) with groups (O)."),
      option(
          "authentication-config",
          &ControllerOptions::authenticationConfig,
          "File of the issuers (OIDC, Supabase) whose tokens are believed."),
      option(
          "max-token-lifetime",
          &ControllerOptions::maxTokenLifetime,
          "Longest life of a ServiceAccount's token, whatever is asked for."),
  };

  static constexpr auto kRunning = std::tuple{
      option("workers", &ControllerOptions::workers, "Reconciles of one kind at a time."),
      option("history", &ControllerOptions::history, "Changes that the store keeps for watches."),
      option("resync", &ControllerOptions::resync, "How often every object is looked at again."),
      option("event-ttl", &ControllerOptions::eventTtl, "How long Events are kept."),
      option("max-connections", &ControllerOptions::maxConnections, "Connections to the API."),
      option(
          "max-connections-per-address",
          &ControllerOptions::maxConnectionsPerAddress,
          "Of them, those of one IPv4 address or one IPv6 /64."),
      option(
          "max-waiting-per-user",
          &ControllerOptions::maxWaitingPerUser,
          "Requests of one user that may wait; those beyond are told 429."),
      option(
          "max-watches-per-user",
          &ControllerOptions::maxWatchesPerUser,
          "Open watches of one user."),
      option(
          "audit-retention",
          &ControllerOptions::auditRetention,
          "How long the audit log keeps a record."),
      option("log-level", &ControllerOptions::logLevel, "debug, info, warn or error."),
      option("log-format", &ControllerOptions::logFormat, "text or json."),
  };

  static constexpr auto kOptions = std::tuple_cat(kPlaces, kAccess, kRunning);
};

}  // namespace berth
