#include "controller/process.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "controller/api/front_door.hpp"
#include "controller/compactor.hpp"
#include "core/base/boundary.hpp"
#include "core/http/loopback.hpp"
#include "core/object/core_kinds.hpp"
#include "reconcilers/setup.hpp"

namespace berth {
namespace {

using namespace std::chrono_literals;

constexpr Duration kStartPatience = 30s;
constexpr Duration kStopPatience = 15s;
constexpr Duration kStuckAfter = 10min;  // longer than any pass may take

struct Listen {
  std::string address;
  std::uint16_t port = 0;
};

/// "127.0.0.1:8000", "[::1]:8000".
Result<Listen> parseListen(const char* option, const std::string& text) {
  const auto colon = text.rfind(':');
  Listen listen;
  const char* const end = text.data() + text.size();
  const char* const digits = colon == std::string::npos ? end : text.data() + colon + 1;
  const auto [rest, error] = std::from_chars(digits, end, listen.port);
  if (error != std::errc() || rest != end)
    return Error{Reason::Invalid, std::string(option) + " '" + text + "' is not ADDRESS:PORT"};
  listen.address = text.substr(0, colon);
  if (listen.address.size() > 2 && listen.address.front() == '[')
    listen.address = listen.address.substr(1, listen.address.size() - 2);
  return listen;
}

Result<Log> makeLog(const ControllerOptions& options) {
  BERTH_TRY(const auto level, parseLogLevel(options.logLevel));
  BERTH_TRY(const auto format, parseLogFormat(options.logFormat));
  return Log({.level = level, .format = format});
}

Result<> checkRoles(const std::vector<std::string>& roles) {
  for (const auto& role : roles) {
    if (role != "api" && role != "reconcilers")
      return Error{Reason::Invalid, "--roles: '" + role + "' is none of api, reconcilers"};
  }
  if (roles.empty())
    return Error{Reason::Invalid, "--roles: a process without a role does nothing"};
  return Ok{};
}

Result<> makeDataDir(const std::string& path) {
  return atBoundary("make " + path, [&]() -> Result<> {
    if (std::filesystem::create_directories(path))
      std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    return Ok{};
  });
}

}  // namespace

Process::Process(ControllerOptions options, World world, const Clock& clock, Random& random)
    : options_(std::move(options)),
      clock_(clock),
      random_(random),
      world_(std::move(world)),
      snapshots_(options_.dataDir + "/snapshots") {}

Process::~Process() { stop(); }

Result<std::unique_ptr<Process>> Process::start(
    ControllerOptions options, World world, const Clock& clock, Random& random) {
  std::unique_ptr<Process> process(
      new Process(std::move(options), std::move(world), clock, random));
  auto opened = process->open();
  if (!opened) return std::move(opened).error();
  return process;
}

bool Process::has(const char* role) const {
  return std::ranges::find(options_.roles, role) != options_.roles.end();
}

Context Process::within(Duration time) const { return {.deadline = clock_.now() + time}; }

Result<> Process::open() {
  BERTH_CHECK(checkRoles(options_.roles));
  BERTH_TRY(log_, makeLog(options_));
  BERTH_CHECK(makeDataDir(options_.dataDir));
  BERTH_TRY(credentials_, ensureCredentials(credentialFiles(), clock_, random_));
  issuers_ = std::make_unique<identity::Issuers>(clock_, log_);
  if (!options_.authenticationConfig.empty()) {
    BERTH_TRY(auto issuers, identity::readConfiguration(options_.authenticationConfig));
    issuers_->use(std::move(issuers));
  }
  BERTH_CHECK(openStore());
  api_ = std::make_unique<api::Api>(
      api::ApiDependencies{
          .store = sealing_->store(),
          .hub = *hub_,
          .clock = clock_,
          .random = random_,
          .log = log_,
          .metrics = &metrics_,
          .metricsText = [this] { return metrics_.text(); },
          .readiness =
              {{"store", [this] { return hub_->synced(); }},
               {"controllers", [this] { return !plane_ || plane_->unready().empty(); }},
               {"progress", [this] { return !plane_ || plane_->stuck(kStuckAfter).empty(); }}},
          .connectors =
              {{"clientdeployments.berth.dev/log",
                [this](const Context& context, const Json& object, const http::Target& target) {
                  return logs_->answer(context, object, target);
                }}},
          .audit = store_.audit,
          .issuers = issuers_.get()},
      api::ApiOptions{
          .berthVersion = BERTH_VERSION,
          .tokens = {{credentials_->adminToken, "admin", {"system:masters"}}},
          .soleWriter = !store_.shared,
          .maxWatchesOfUser = std::size_t(options_.maxWatchesPerUser),
          .maxTokenLifetime = options_.maxTokenLifetime});
  runner_ = std::make_unique<ThreadRunner>(clock_, [this](auto actor, auto what) {
    log_.error("an actor's turn failed", {{"actor", actor}, {"what", what}});
  });
  hub_->wakeWith(runner_->add("hub", *hub_));
  runner_->add("keys", sealing_->watcher());
  issuers_->setWaker(runner_->add("issuers", *issuers_));
  api_->start(*runner_);
  BERTH_CHECK(readClusterId());
  logs_ = std::make_unique<TenantLogs>(*world_.machines, api_->objects(), clock_, clusterId_);
  if (has("reconcilers")) BERTH_CHECK(addReconcilers());
  if (has("api")) BERTH_CHECK(serve());
  watchFiles();
  log_.info(
      "started", {{"version", BERTH_VERSION}, {"port", port_}, {"dataDir", options_.dataDir}});
  return Ok{};
}

Result<> Process::openStore() {
  const std::string url =
      options_.store.empty() ? "sqlite:" + options_.dataDir + "/berth.db" : options_.store;
  BERTH_TRY(store_, store::openStore(url, clock_, random_, [this] {
              if (hub_) hub_->hint();
            }));
  const std::string keyFile =
      options_.encryptionKeyFile.empty() ? options_.dataDir + "/keys" : options_.encryptionKeyFile;
  BERTH_TRY(sealing_, Sealing::open(store_, {keyFile, log_, &metrics_}, random_));
  runtime::WatchHub::Options hub{.log = log_, .metrics = &metrics_};
  // Nobody else writes to an embedded store: the hint says it all.
  if (!store_.shared) hub.idlePoll = hub.busyPoll = 5s;
  hub_ = runtime::makeWatchHub(sealing_->store(), clock_, hub);
  return Ok{};
}

Result<> Process::addReconcilers() {
  plane_ = std::make_unique<runtime::ControlPlane>(
      runtime::ControlPlane::Parts{
          *hub_, *store_.leases, api_->objects(), clock_, random_, log_, &metrics_},
      runtime::ControlPlane::Options{.holder = makeUuid(random_), .eventTtl = options_.eventTtl});
  registerAll(
      *plane_,
      {*world_.machines, *world_.prober, snapshots_},
      clock_,
      random_,
      {.clusterId = clusterId_,
       .deploymentWorkers = int(options_.workers),
       .resync = options_.resync});
  for (auto& [name, actor, onAdded] : api_->leaderActors())
    onAdded(plane_->addActor(name, std::move(actor)));
  plane_->addActor(
      "compactor",
      std::make_unique<Compactor>(
          store_, Compactor::Keep{options_.history, options_.auditRetention}, clock_, log_));
  if (auto resealer = sealing_->makeResealer()) plane_->addActor("resealer", std::move(resealer));
  plane_->start(*runner_);
  return Ok{};
}

/// The uid of the namespace berth-system marks all that is ours in the world: it is as
/// old as the store, and all controllers on one store have the same.
Result<> Process::readClusterId() {
  const Context context = within(kStartPatience);
  BERTH_CHECK(api_->ensureDefaults(context));
  BERTH_CHECK(api_->ensureKinds(context));
  BERTH_TRY(const auto found, api_->objects().get(context, kNamespaceType, {"", "berth-system"}));
  clusterId_ = stringAt(found, "metadata.uid");
  return Ok{};
}

Result<> Process::serve() {
  BERTH_TRY(const auto listen, parseListen("--listen", options_.listen));
  BERTH_TRY(auto proxies, http::TrustedProxies::parse(options_.trustedProxies));
  const http::ServerOptions options{
      .address = listen.address,
      .port = listen.port,
      .tls = credentials_->tls,
      .maxConnections = std::size_t(options_.maxConnections),
      .maxConnectionsOfAddress = std::size_t(options_.maxConnectionsPerAddress),
      .maxWaitingOfFlow = std::size_t(options_.maxWaitingPerUser),
      .flowOf = [this](const http::Request& request) { return api_->flowOf(request); },
      .proxies = std::move(proxies),
      .metrics = &metrics_};
  const http::Handler handler =
      [door = api::FrontDoor(options_.allowedOrigins, [this](const http::Request& request) {
         return api_->handle(request);
       })](const http::Request& request) { return door.handle(request); };
  server_ = std::make_unique<http::Server>(options, handler, log_);
  BERTH_TRY(port_, server_->start());
  if (!options_.insecureListen.empty()) BERTH_CHECK(servePlain(options, handler));
  return writeKubeconfig(options_.dataDir, *credentials_, listen.address, port_);
}

Result<> Process::servePlain(http::ServerOptions options, const http::Handler& handler) {
  BERTH_TRY(const auto listen, parseListen("--insecure-listen", options_.insecureListen));
  if (!http::isLoopback(listen.address))
    return Error{
        Reason::Invalid, "--insecure-listen: '" + listen.address + "' is no loopback address"};
  options.address = listen.address;
  options.port = listen.port;
  options.tls = std::nullopt;
  plainServer_ =
      std::make_unique<http::Server>(std::move(options), http::onlyForLoopback(handler), log_);
  BERTH_TRY(const auto port, plainServer_->start());
  log_.info("serving plain HTTP", {{"address", listen.address}, {"port", port}});
  return Ok{};
}

CredentialFiles Process::credentialFiles() const {
  return {
      .dataDir = options_.dataDir,
      .serverNames = options_.serverNames,
      .certificate = options_.tlsCertFile,
      .key = options_.tlsKeyFile,
      .authority = options_.tlsCaFile,
      .clientAuthority = options_.clientCaFile};
}

void Process::watchFiles() {
  auto paths = credentialFiles().given();
  if (!options_.authenticationConfig.empty()) paths.push_back(options_.authenticationConfig);
  reloader_ = std::make_unique<Reloader>(std::move(paths), [this] {
    reloadCertificate();
    reloadIssuers();
  });
  reloader_->setWaker(runner_->add("reloader", *reloader_));
}

void Process::reloadIssuers() {
  if (options_.authenticationConfig.empty()) return;
  auto issuers = identity::readConfiguration(options_.authenticationConfig);
  if (issuers) {
    issuers_->use(*std::move(issuers));
    log_.info("read the configuration of authentication again");
  } else {
    log_.error(
        "the configuration of authentication was not read again, what was before stays",
        {{"error", issuers.error()}});
  }
}

void Process::reloadCertificate() {
  auto credentials = ensureCredentials(credentialFiles(), clock_, random_);
  auto done = !credentials ? Result<>(std::move(credentials).error())
              : server_    ? server_->reloadTls(credentials->tls)
                           : Result<>(Ok{});
  if (done)
    log_.info("read the certificate again");
  else
    log_.error("the certificate was not read again", {{"error", done.error()}});
}

void Process::stop() {
  if (!runner_) return;
  log_.info("stopping");
  if (logs_) logs_->stop();
  if (server_) server_->stop();
  if (plainServer_) plainServer_->stop();
  for (const auto& actor : runner_->stop(kStopPatience))
    log_.warn("did not end in time", {{"actor", actor}});
  if (plane_) plane_->stop();
  world_.prober.reset();  // its thread calls into the plane's queues
  runner_.reset();
  server_.reset();
  plainServer_.reset();
}

}  // namespace berth
