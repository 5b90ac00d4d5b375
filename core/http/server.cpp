#include "core/http/server.hpp"

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <openssl/ssl.h>

#include "core/base/guarded.hpp"
#include "core/http/server_connection.hpp"

namespace berth::http {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using Generic = asio::generic::stream_protocol;
using Acceptor = asio::basic_socket_acceptor<Generic, asio::io_context::executor_type>;

/// How often deadlines are looked at: often enough for the shortest of them.
Duration tickOf(const ServerOptions& options) {
  const auto shortest = std::min(
      {options.headerTimeout,
       options.bodyTimeout,
       options.idleTimeout,
       options.writeTimeout,
       options.pingInterval});
  return std::clamp<Duration>(shortest / 4, std::chrono::milliseconds(10), std::chrono::seconds(1));
}

Error listenFailure(const ServerOptions& options, const error_code& code) {
  const auto where = options.unixPath.empty() ? options.address + ":" + std::to_string(options.port)
                                              : options.unixPath;
  return {Reason::ServiceUnavailable, "listen on " + where + ": " + code.message()};
}

/// A machine's usual soft limit of 1024 descriptors is for programs that use select(2).
void raiseDescriptorLimit(std::size_t connections) {
  constexpr rlim_t kOthers = 1024;  // files, databases, clients of ours
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  const auto wanted = std::min<rlim_t>(connections + kOthers, limit.rlim_max);
  if (limit.rlim_cur >= wanted) return;
  limit.rlim_cur = wanted;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

/// How many connections there are, and a way to wait until there are none.
class Count {
 public:
  void add() {
    const std::lock_guard lock(mutex_);
    ++count_;
  }
  void remove() {
    const std::lock_guard lock(mutex_);
    if (--count_ == 0) none_.notify_all();
  }
  std::size_t get() const {
    const std::lock_guard lock(mutex_);
    return count_;
  }
  void waitForNone(Duration timeout) {
    std::unique_lock lock(mutex_);
    none_.wait_for(lock, timeout, [&] { return count_ == 0; });
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable none_;
  std::size_t count_ = 0;
};

}  // namespace

struct Server::Impl {
  Impl(ServerOptions options, Handler handler, Log log)
      : core(std::move(options), std::move(handler), std::move(log)) {
    core.onEnd = [this] { count.remove(); };
  }

  Result<std::uint16_t> start();
  Result<> open();
  Result<> bindTcp();
  Result<> bindUnix();
  void accept();
  void welcome(GenericSocket socket, Loop& loop);
  Result<> setTls(const TlsServerConfig& config);
  void stop();

  ServerCore core;
  Guarded<std::shared_ptr<asio::ssl::context>> tls;
  Count count;
  std::vector<std::unique_ptr<Loop>> loops;
  std::optional<Acceptor> acceptor;  // on the first loop
  std::size_t nextLoop = 0;
  bool full = false;  // said so in the log
};

Result<> Server::Impl::setTls(const TlsServerConfig& config) {
  BERTH_TRY(const auto made, makeTlsContext(config));
  SSL_CTX_up_ref(made.get());  // Asio's context frees one
  auto context = std::make_shared<asio::ssl::context>(made.get());
  tls.with([&](auto& current) { current = std::move(context); });
  return Ok{};
}

Result<> Server::Impl::bindTcp() {
  error_code code;
  const auto address = asio::ip::make_address(core.options.address, code);
  if (code) return listenFailure(core.options, code);
  const asio::ip::tcp::endpoint endpoint(address, core.options.port);
  acceptor->open(Generic(endpoint.protocol()), code);
  if (!code) acceptor->set_option(asio::socket_base::reuse_address(true), code);
  if (!code) acceptor->bind(endpoint, code);
  if (code) return listenFailure(core.options, code);
  return Ok{};
}

/// A socket file that nobody listens on any more is in the way of ours.
Result<> Server::Impl::bindUnix() {
  const auto& path = core.options.unixPath;
  error_code code;
  if (path.size() >= sizeof(sockaddr_un::sun_path))
    return Error{Reason::Invalid, "listen on " + path + ": path too long"};
  const asio::local::stream_protocol::endpoint endpoint(path);
  asio::local::stream_protocol::socket probe(loops.front()->context());
  probe.connect(endpoint, code);
  if (code == asio::error::connection_refused) ::unlink(path.c_str());
  acceptor->open(Generic(endpoint.protocol()), code);
  if (!code) acceptor->bind(endpoint, code);
  if (code) return listenFailure(core.options, code);
  if (::chmod(path.c_str(), S_IRUSR | S_IWUSR) != 0)
    return listenFailure(core.options, {errno, boost::system::system_category()});
  return Ok{};
}

Result<> Server::Impl::open() {
  acceptor.emplace(loops.front()->context());
  BERTH_CHECK(core.options.unixPath.empty() ? bindTcp() : bindUnix());
  error_code code;
  acceptor->listen(asio::socket_base::max_listen_connections, code);
  if (code) return listenFailure(core.options, code);
  return Ok{};
}

Result<std::uint16_t> Server::Impl::start() {
  raiseDescriptorLimit(core.options.maxConnections);
  if (core.options.tls) BERTH_CHECK(setTls(*core.options.tls));
  for (int i = 0; i < core.options.ioThreads; ++i)
    loops.push_back(std::make_unique<Loop>(tickOf(core.options)));
  BERTH_CHECK(open());
  std::uint16_t port = 0;
  if (core.options.unixPath.empty()) {
    const auto endpoint = acceptor->local_endpoint();
    asio::ip::tcp::endpoint local;
    std::memcpy(local.data(), endpoint.data(), endpoint.size());
    port = local.port();
  }
  loops.front()->post([this] { accept(); });
  return port;
}

void Server::Impl::accept() {
  Loop& loop = *loops[nextLoop++ % loops.size()];
  const asio::any_io_executor executor = loop.context().get_executor();
  acceptor->async_accept(executor, [this, &loop](const error_code& code, GenericSocket socket) {
    if (core.stopping || code == asio::error::operation_aborted) return;
    if (code) {
      // Out of descriptors, most likely: connections that end will give some back.
      core.log.warn("accept failed", {{"reason", code.message()}});
      auto timer = std::make_shared<asio::steady_timer>(
          loops.front()->context(), std::chrono::milliseconds(100));
      timer->async_wait([this, timer](const error_code&) {
        if (!core.stopping) accept();
      });
      return;
    }
    if (count.get() < core.options.maxConnections) {
      full = false;
      welcome(std::move(socket), loop);
    } else {
      core.refusals.connections.increment();
      if (!std::exchange(full, true))
        core.log.warn("too many connections", {{"limit", core.options.maxConnections}});
    }
    accept();
  });
}

void Server::Impl::welcome(GenericSocket socket, Loop& loop) {
  auto address = addressOf(socket);
  auto visit = core.peers.enter(address, core.options.proxies.contains(address));
  if (!visit) return core.refusals.connectionsOfAddress.increment();
  count.add();
  auto visitor = std::make_shared<Connection::Visitor>(
      Connection::Visitor{std::move(address), std::move(visit)});
  auto shared = std::make_shared<GenericSocket>(std::move(socket));
  loop.post([this, shared, visitor, &loop] {
    if (core.stopping) return count.remove();
    error_code ignored;
    if (core.options.unixPath.empty()) shared->set_option(asio::ip::tcp::no_delay(true), ignored);
    const auto context = tls.with([](auto& current) { return current; });
    auto channel = context ? makeTlsChannel(std::move(*shared), context)
                           : makePlainChannel(std::move(*shared));
    auto connection =
        std::make_shared<Connection>(core, loop, std::move(channel), std::move(*visitor));
    loop.add(connection);
    connection->start();
  });
}

void Server::Impl::stop() {
  if (loops.empty() || core.stopping.exchange(true)) return;
  loops.front()->post([this] {
    error_code ignored;
    if (acceptor) acceptor->close(ignored);
  });
  if (!core.options.unixPath.empty()) ::unlink(core.options.unixPath.c_str());
  for (auto& loop : loops) loop->post([&loop] { loop->stopConnections(); });
  count.waitForNone(core.options.stopTimeout);
  for (auto& loop : loops) loop->post([&loop] { loop->abortConnections(); });
  core.workers.join();
  for (auto& loop : loops) loop->finish();
}

Server::Server(ServerOptions options, Handler handler, Log log)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(handler), std::move(log))) {}

Server::~Server() { stop(); }

Result<std::uint16_t> Server::start() { return impl_->start(); }
Result<> Server::reloadTls(const TlsServerConfig& config) { return impl_->setTls(config); }
void Server::stop() { impl_->stop(); }
std::size_t Server::connections() const { return impl_->count.get(); }

}  // namespace berth::http
