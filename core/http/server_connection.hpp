/// @file
/// Connection: the life of one accepted connection, request after request.  Private to
/// core/http.
///
///     Handshake ─► Reading ─► Handling ─► Writing ─┬─► Streaming ─┐
///                     ▲                            │              │
///                     └────────── keep-alive ──────┴──────────────┤
///                                                                 ▼
///     Closed ◄──────────────────── Draining ◄────────────────── close
///
/// All of it on its loop's thread, but for the handler, which a worker runs.
#pragma once

#include <array>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/http/message_parser.hpp"
#include "core/http/server.hpp"
#include "core/http/server_channel.hpp"
#include "core/http/server_core.hpp"
#include "core/http/server_loop.hpp"
#include "core/http/server_stream.hpp"
#include "core/http/server_websocket.hpp"
#include "core/http/write_queue.hpp"

namespace berth::http {

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  /// Who comes: from where, and as one of how many.
  struct Visitor {
    std::string address;
    std::unique_ptr<Peers::Visit> visit;
  };
  Connection(ServerCore& core, Loop& loop, std::unique_ptr<Channel> channel, Visitor visitor);

  void start();
  void tick(SteadyTime now);
  /// No request after the one that is being read or answered; streams end.
  void stop();
  void abort();

 private:
  enum class Phase { Handshake, Reading, Handling, Writing, Streaming, Draining, Closed };

  void readMore();
  void onRead(const boost::system::error_code& code, std::size_t count);
  void progress();
  void sendContinue();
  void refuse(const ParseFailure& failure);
  void dispatch();
  void respond(Response response, std::shared_ptr<StreamQueue> stream);
  void write();
  void writeMore();
  void onWritten(const boost::system::error_code& code, std::size_t count);
  void onResponseWritten();
  void flushStream();
  void frame(std::string_view bytes);
  void frameLines(std::string_view lines);
  void receive(std::string_view bytes);
  void keepSocketAlive();
  void endStream();
  void nextRequest();
  void drain();
  void close();
  void expire(Duration timeout);
  MessageParser makeParser() const;
  Request takeRequest();
  static Response runHandler(ServerCore& core, const Request& request);
  static void startStream(
      ServerCore& core, const StreamStart& start, const std::shared_ptr<StreamQueue>& stream);

  ServerCore& core_;
  Loop& loop_;
  std::unique_ptr<Channel> channel_;
  Visitor visitor_;
  PeerIdentity identity_;

  Phase phase_ = Phase::Handshake;
  SteadyTime deadline_ = SteadyTime::max();
  MessageParser parser_;
  std::array<char, 8192> buffer_;
  bool reading_ = false;
  std::size_t early_ = 0;     // bytes that came while a stream was written
  bool bodyAwaited_ = false;  // the header is there, and its body has its own deadline
  bool keepAlive_ = true;
  bool http11_ = true;
  bool headRequest_ = false;

  Response response_;
  std::string head_;
  WriteQueue writes_;
  bool writing_ = false;
  std::size_t taken_ = 0;  // by the peer since its deadline was set
  std::shared_ptr<StreamQueue> stream_;
  std::vector<StreamQueue::Bytes> streamed_;  // what writes_ points into
  std::list<std::string> frames_;             // so do these
  bool streamEnded_ = false;
  std::optional<ServerSocket> socket_;  // the stream is a WebSocket
};

}  // namespace berth::http
