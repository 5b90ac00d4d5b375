#include "core/http/server_connection.hpp"

#include <algorithm>
#include <utility>

#include "core/base/boundary.hpp"
#include "core/http/network.hpp"
#include "core/http/server_response.hpp"

namespace berth::http {

namespace {

using boost::system::error_code;

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
constexpr auto kDrainTimeout = std::chrono::seconds(2);
/// A peer that takes less than this within the time-out of a write is not reading.
constexpr std::size_t kLeastTaken = 16 * 1024;

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  return out;
}

}  // namespace

Connection::Connection(
    ServerCore& core, Loop& loop, std::unique_ptr<Channel> channel, Visitor visitor)
    : core_(core),
      loop_(loop),
      channel_(std::move(channel)),
      visitor_(std::move(visitor)),
      parser_(makeParser()) {}

MessageParser Connection::makeParser() const {
  return MessageParser(
      {.maxHeaderBytes = core_.options.maxHeaderBytes, .maxBodyBytes = core_.options.maxBodyBytes});
}

void Connection::expire(Duration timeout) {
  deadline_ = std::chrono::steady_clock::now() + timeout;
}

void Connection::start() {
  expire(core_.options.headerTimeout);
  channel_->handshake([self = shared_from_this()](const error_code& code, std::size_t) {
    if (self->phase_ == Phase::Closed) return;
    if (code) self->core_.refusals.handshake.increment();
    if (code || self->core_.stopping) return self->close();
    self->identity_ = self->channel_->identity();
    self->phase_ = Phase::Reading;
    self->readMore();
  });
}

void Connection::tick(SteadyTime now) {
  if (now < deadline_) return;
  if (socket_ && phase_ == Phase::Streaming && !writing_) return keepSocketAlive();
  if (phase_ == Phase::Handshake) core_.refusals.handshake.increment();
  if (writing_) core_.refusals.slowReader.increment();
  const bool halfRead = phase_ == Phase::Reading && parser_.started() && !writing_;
  if (!halfRead) return close();
  refuse({408, "the request did not come in time"});
}

void Connection::stop() {
  keepAlive_ = false;
  const bool idle = phase_ == Phase::Reading && !parser_.started();
  if (idle || phase_ == Phase::Handshake) return close();
  if (stream_) stream_->close();
}

void Connection::abort() { close(); }

void Connection::readMore() {
  if (std::exchange(reading_, true)) return;
  channel_->read(buffer_, [self = shared_from_this()](const error_code& code, std::size_t count) {
    self->reading_ = false;
    self->onRead(code, count);
  });
}

void Connection::onRead(const error_code& code, std::size_t count) {
  if (phase_ == Phase::Closed) return;
  if (code) return close();  // also what a stream's reader has left
  if (phase_ == Phase::Draining) return readMore();
  if (phase_ == Phase::Writing && !keepAlive_) return;  // drain() reads on
  if (socket_) return receive({buffer_.data(), count});
  const bool fresh = !parser_.started();
  if (auto failure = parser_.feed({buffer_.data(), count})) {
    if (phase_ == Phase::Reading) return refuse(*failure);
    return close();
  }
  if (phase_ == Phase::Reading) {
    if (fresh) expire(core_.options.headerTimeout);
    if (parser_.headDone() && !visitor_.visit->hold(count))
      return refuse({429, "too many large requests at once"});
    return progress();
  }
  // Requests that come while another is answered wait in the parser; a peer that sends
  // too many of them while it gets a stream is not read any more.
  if (phase_ == Phase::Streaming && (early_ += count) <= core_.options.maxHeaderBytes) readMore();
}

void Connection::progress() {
  if (parser_.done()) return dispatch();
  if (parser_.headDone() && !std::exchange(bodyAwaited_, true)) {
    expire(core_.options.bodyTimeout);
    const auto expected = lower(parser_.head().headers.get("expect"));
    if (expected == "100-continue") return sendContinue();
    if (!expected.empty()) return refuse({417, "unknown expectation"});
  }
  readMore();
}

void Connection::sendContinue() {
  writing_ = true;
  channel_->write(
      std::span(&kContinue, 1),
      [self = shared_from_this()](const error_code& code, std::size_t count) {
        if (self->phase_ == Phase::Closed) return;
        if (code || count != kContinue.size()) return self->close();
        self->writing_ = false;
        self->readMore();
      });
}

void Connection::refuse(const ParseFailure& failure) {
  core_.log.debug(
      "refused request",
      {{"peer", visitor_.address}, {"status", failure.status}, {"reason", failure.message}});
  core_.refusals.of(failure.status).increment();
  keepAlive_ = false;
  headRequest_ = false;
  respond(refusal(failure), nullptr);
}

Request Connection::takeRequest() {
  auto& head = parser_.head();
  auto client = core_.options.proxies.clientOf(visitor_.address, head.headers);
  return {
      .method = std::move(head.method),
      .target = std::move(head.target),
      .headers = std::move(head.headers),
      .body = parser_.takeBody(),
      .remoteAddress = std::move(client),
      .peerCommonName = identity_.commonName,
      .peerOrganizations = identity_.organizations,
      .peerValidUntil = identity_.validUntil};
}

Response Connection::runHandler(ServerCore& core, const Request& request) {
  auto response = atBoundary("handle", [&]() -> Result<Response> { return core.handler(request); });
  if (response) return *std::move(response);
  core.log.error("handler failed", {{"target", request.target}, {"error", response.error()}});
  return refusal({500, "internal error"});
}

void Connection::startStream(
    ServerCore& core, const StreamStart& start, const std::shared_ptr<StreamQueue>& stream) {
  const auto done = atBoundary("start stream", [&]() -> Result<> {
    start(stream);
    return Ok{};
  });
  if (done) return;
  core.log.error("stream failed", {{"error", done.error()}});
  stream->close();
}

void Connection::dispatch() {
  phase_ = Phase::Handling;
  deadline_ = SteadyTime::max();
  http11_ = parser_.head().http11;
  keepAlive_ = keepAlive_ && parser_.keepAlive() && !core_.stopping;
  headRequest_ = parser_.head().method == "HEAD";
  auto request = std::make_shared<const Request>(takeRequest());
  const auto flow = core_.options.flowOf ? core_.options.flowOf(*request)
                                         : Flow{networkOf(request->remoteAddress)};
  const bool accepted = core_.workers.submit(flow, [self = shared_from_this(), request] {
    auto response = std::make_shared<Response>(runHandler(self->core_, *request));
    if (self->http11_) shapeResponse(*request, self->core_.options.compressFrom, *response);
    const auto start = std::exchange(response->stream, nullptr);
    std::shared_ptr<StreamQueue> stream;
    if (start && !self->headRequest_) {
      stream = std::make_shared<StreamQueue>(self->core_.options.maxQueuedStreamBytes, [self] {
        self->loop_.post([self] { self->flushStream(); });
      });
    }
    response->stream = start;
    self->loop_.post([self, response, stream] { self->respond(std::move(*response), stream); });
    if (stream) startStream(self->core_, start, stream);
  });
  if (accepted) return;
  core_.refusals.waiting.increment();
  respond(
      refusal({429, "too many requests of yours are waiting, please try again later"}), nullptr);
}

void Connection::respond(Response response, std::shared_ptr<StreamQueue> stream) {
  if (phase_ == Phase::Closed) {
    if (stream) stream->die();
    return;
  }
  phase_ = Phase::Writing;
  visitor_.visit->release();
  keepAlive_ = keepAlive_ && !core_.stopping && (!stream || http11_);
  response_ = std::move(response);
  head_ = serializeHead(
      response_,
      {.keepAlive = keepAlive_, .http11 = http11_, .tls = core_.options.tls.has_value()});
  stream_ = std::move(stream);
  if (stream_ && response_.status == 101) {
    socket_.emplace(core_.options.maxHeaderBytes, core_.options.pingInterval);
    keepAlive_ = false;
  }
  streamEnded_ = false;
  writes_.add(head_);
  const bool bodiless = headRequest_ || response_.status == 204 || response_.status == 304;
  const auto add = [&](std::string_view bytes) {
    if (stream_) return frame(bytes);
    writes_.add(bytes);
  };
  if (!bodiless) {
    add(response_.body);
    for (const auto& piece : response_.pieces) add(piece);
  }
  if (stream_ && core_.stopping) stream_->close();
  write();
}

/// As one chunk, when the body is chunked.
void Connection::frame(std::string_view bytes) {
  if (socket_) return frameLines(bytes);
  if (bytes.empty()) return;  // a chunk without bytes would end the body
  if (!http11_) return writes_.add(bytes);
  constexpr std::string_view kEnd = "\r\n";
  std::array<char, 20> size;
  const auto length = std::snprintf(size.data(), size.size(), "%zx\r\n", bytes.size());
  writes_.add(frames_.emplace_back(size.data(), static_cast<std::size_t>(length)));
  writes_.add(bytes);
  writes_.add(kEnd);
}

/// Each line as a message.
void Connection::frameLines(std::string_view lines) {
  while (!lines.empty()) {
    const auto end = std::min(lines.find('\n'), lines.size());
    writes_.add(frames_.emplace_back(textFrameHead(end)));
    writes_.add(lines.substr(0, end));
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
}

void Connection::receive(std::string_view bytes) {
  socket_->receive(bytes, std::chrono::steady_clock::now());
  flushStream();
  if (!socket_->ended()) readMore();
}

void Connection::keepSocketAlive() {
  if (!socket_->ping()) return close();
  flushStream();
}

void Connection::write() {
  taken_ = 0;
  expire(core_.options.writeTimeout);
  writeMore();
}

void Connection::writeMore() {
  writing_ = true;
  channel_->write(
      writes_.views(), [self = shared_from_this()](const error_code& code, std::size_t count) {
        self->onWritten(code, count);
      });
}

void Connection::onWritten(const error_code& code, std::size_t count) {
  if (phase_ == Phase::Closed) return;
  if (code) return close();
  writes_.consume(count);
  if ((taken_ += count) >= kLeastTaken) {
    taken_ = 0;
    expire(core_.options.writeTimeout);
  }
  if (!writes_.empty()) return writeMore();
  writing_ = false;
  deadline_ = SteadyTime::max();
  if (socket_) expire(core_.options.pingInterval);
  onResponseWritten();
}

void Connection::onResponseWritten() {
  if (stream_ && !streamEnded_) {
    if (phase_ == Phase::Writing) {
      phase_ = Phase::Streaming;
      if (socket_) return receive(parser_.takeRest());
      readMore();  // notices when the peer goes away
    }
    return flushStream();
  }
  if (auto stream = std::exchange(stream_, nullptr)) stream->die();
  response_ = {};
  streamed_.clear();
  frames_.clear();
  if (keepAlive_) return nextRequest();
  drain();
}

/// Takes what has gathered since the last write, so that bursts become few writes.
void Connection::flushStream() {
  if (phase_ != Phase::Streaming || writing_ || streamEnded_) return;
  auto taken = stream_->take();
  if (taken.overflowed) {
    core_.log.info("dropped slow reader", {{"peer", visitor_.address}});
    core_.refusals.slowReader.increment();
    return close();
  }
  streamed_ = std::move(taken.bytes);
  frames_.clear();
  if (socket_)
    for (auto& control : socket_->takeControl())
      writes_.add(frames_.emplace_back(std::move(control)));
  streamEnded_ = socket_ && socket_->ended();
  if (!streamEnded_) {
    for (const auto& bytes : streamed_) frame(*bytes);
    if (taken.ended) endStream();
  }
  if (!writes_.empty()) return write();
  if (streamEnded_) onResponseWritten();
}

void Connection::endStream() {
  constexpr std::string_view kLastChunk = "0\r\n\r\n";
  streamEnded_ = true;
  if (socket_) {
    const auto code = core_.stopping ? CloseCode::GoingAway : CloseCode::Normal;
    writes_.add(frames_.emplace_back(closeFrame(code)));
  } else if (http11_) {
    writes_.add(kLastChunk);
  }
}

void Connection::nextRequest() {
  auto rest = parser_.takeRest();
  parser_ = makeParser();
  phase_ = Phase::Reading;
  bodyAwaited_ = false;
  early_ = 0;
  expire(rest.empty() ? core_.options.idleTimeout : core_.options.headerTimeout);
  if (auto failure = parser_.feed(rest)) return refuse(*failure);
  progress();
}

/// A close with bytes of the peer unread would take our answer back from it: it gets
/// the end of ours, and a little time to end its own.
void Connection::drain() {
  phase_ = Phase::Draining;
  expire(kDrainTimeout);
  channel_->endWriting([self = shared_from_this()](const error_code& code, std::size_t) {
    if (self->phase_ != Phase::Draining) return;
    if (code) return self->close();
    self->readMore();
  });
}

void Connection::close() {
  if (std::exchange(phase_, Phase::Closed) == Phase::Closed) return;
  deadline_ = SteadyTime::max();
  channel_->close();
  if (auto stream = std::exchange(stream_, nullptr)) stream->die();
  loop_.remove(shared_from_this());
  core_.onEnd();
}

}  // namespace berth::http
