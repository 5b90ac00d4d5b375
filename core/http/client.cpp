#include "core/http/client.hpp"

#include <limits>
#include <utility>
#include <vector>

#include "core/base/guarded.hpp"
#include "core/http/client_exchange.hpp"

namespace berth::http {

namespace {

constexpr auto kNoLimit = std::numeric_limits<std::size_t>::max();

struct IdleConnection {
  std::unique_ptr<ByteStream> stream;
  Time since;
};

/// A stream with bytes that were read too early.
class RewoundStream final : public ByteStream {
 public:
  RewoundStream(std::unique_ptr<ByteStream> stream, std::string first)
      : stream_(std::move(stream)), first_(std::move(first)) {}

  Result<std::size_t> read(const Context& context, std::span<char> buffer) override {
    if (first_.empty()) return stream_->read(context, buffer);
    const auto count = first_.copy(buffer.data(), buffer.size());
    first_.erase(0, count);
    return count;
  }
  Result<> write(const Context& context, std::string_view bytes) override {
    return stream_->write(context, bytes);
  }
  Result<> closeWrite(const Context& context) override { return stream_->closeWrite(context); }
  bool isQuiet() override { return first_.empty() && stream_->isQuiet(); }

 private:
  std::unique_ptr<ByteStream> stream_;
  std::string first_;
};

}  // namespace

struct Client::Impl : std::enable_shared_from_this<Client::Impl> {
  std::unique_ptr<Transport> transport;
  const Clock& clock;
  ClientOptions options;
  Guarded<std::vector<IdleConnection>> idle;

  Impl(std::unique_ptr<Transport> transportIn, const Clock& clockIn, ClientOptions optionsIn)
      : transport(std::move(transportIn)), clock(clockIn), options(std::move(optionsIn)) {}

  /// The idle connection used last that is still good, or none.
  std::unique_ptr<ByteStream> takeIdle() {
    const auto oldest = clock.now() - options.idleTimeout;
    return idle.with([&](auto& list) -> std::unique_ptr<ByteStream> {
      while (!list.empty()) {
        auto connection = std::move(list.back());
        list.pop_back();
        if (connection.since > oldest && connection.stream->isQuiet())
          return std::move(connection.stream);
      }
      return nullptr;
    });
  }

  void giveBack(Exchange& exchange) {
    if (!exchange.reusable()) return;
    idle.with([&](auto& list) {
      if (list.size() < options.maxIdleConnections)
        list.push_back({exchange.takeStream(), clock.now()});
    });
  }

  /// The exchange, with the head of its answer read.
  Result<Exchange> begin(const Context& context, const Request& request, std::size_t maxBody) {
    BERTH_TRY(const std::string head, serializeHead(request, options));
    if (auto stream = takeIdle()) {
      Exchange exchange(std::move(stream), request, options, maxBody);
      auto outcome = run(context, exchange, head, request.body);
      if (outcome) return exchange;
      const bool timeIsUp = context.stop.stop_requested() || clock.now() >= context.deadline;
      if (exchange.answered() || !isSafe(request.method) || timeIsUp)
        return std::move(outcome).error();
    }
    if (context.stop.stop_requested()) return Error{Reason::ServiceUnavailable, "connect: stopped"};
    BERTH_TRY(auto stream, transport->connect(context));
    Exchange exchange(std::move(stream), request, options, maxBody);
    BERTH_CHECK(run(context, exchange, head, request.body));
    return exchange;
  }

  static Result<> run(
      const Context& context,
      Exchange& exchange,
      const std::string& head,
      const std::string& body) {
    BERTH_CHECK(exchange.sendRequest(context, head, body));
    return exchange.readHead(context);
  }

  /// The rest of the body; what is unfinished may have happened.
  static Result<std::string> readBody(const Context& context, Exchange& exchange) {
    while (!exchange.done()) {
      auto some = exchange.readSome(context);
      if (some) continue;
      auto error = std::move(some).error();
      if (error.reason == Reason::ServiceUnavailable) error.reason = Reason::Timeout;
      return error;
    }
    return exchange.takeBody();
  }
};

namespace {

class ExchangeReader final : public BodyReader {
 public:
  using Done = std::function<void(Exchange&)>;
  ExchangeReader(Exchange exchange, Done done)
      : exchange_(std::move(exchange)), done_(std::move(done)) {}

  Result<std::optional<std::string>> read(const Context& context) override {
    while (true) {
      if (auto bytes = exchange_.takeBody(); !bytes.empty()) return std::optional(std::move(bytes));
      if (failure_) return *failure_;
      if (exchange_.done()) return finish();
      auto some = exchange_.readSome(context);
      if (some) continue;
      if (some.error().reason == Reason::Timeout) return std::move(some).error();
      failure_ = std::move(some).error();
    }
  }

 private:
  std::optional<std::string> finish() {
    if (done_) std::exchange(done_, nullptr)(exchange_);
    return std::nullopt;
  }

  Exchange exchange_;
  Done done_;
  std::optional<Error> failure_;
};

}  // namespace

Client::Client(std::unique_ptr<Transport> transport, const Clock& clock, ClientOptions options)
    : impl_(std::make_shared<Impl>(std::move(transport), clock, std::move(options))) {}

Client::~Client() = default;

Result<Response> Client::send(const Context& context, const Request& request) {
  BERTH_TRY(auto exchange, impl_->begin(context, request, impl_->options.maxBodyBytes));
  Response response = exchange.takeHead();
  BERTH_TRY(response.body, Impl::readBody(context, exchange));
  impl_->giveBack(exchange);
  return response;
}

Result<StreamingResponse> Client::sendStreaming(const Context& context, const Request& request) {
  BERTH_TRY(auto exchange, impl_->begin(context, request, kNoLimit));
  StreamingResponse response;
  response.head = exchange.takeHead();
  auto giveBack = [impl = impl_](Exchange& finished) { impl->giveBack(finished); };
  response.body = std::make_unique<ExchangeReader>(std::move(exchange), std::move(giveBack));
  return response;
}

Result<UpgradedResponse> Client::upgrade(const Context& context, const Request& request) {
  Request asked = request;
  asked.headers.set("Connection", "Upgrade");
  BERTH_TRY(auto exchange, impl_->begin(context, asked, impl_->options.maxBodyBytes));
  UpgradedResponse response;
  response.head = exchange.takeHead();
  if (response.head.status == 101) {
    auto rest = exchange.takeRest();
    response.stream = std::make_unique<RewoundStream>(exchange.takeStream(), std::move(rest));
    return response;
  }
  BERTH_TRY(response.head.body, Impl::readBody(context, exchange));
  impl_->giveBack(exchange);
  return response;
}

}  // namespace berth::http
