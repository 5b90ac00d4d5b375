/// @file
/// Server: HTTP/1.1 with keep-alive, and a WebSocket that echoes, on one thread and
/// plain sockets.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace berth::tenant {

struct Request {
  std::string method;
  std::string path;
  std::map<std::string, std::string> query;    // decoded
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

struct Response {
  int status = 200;
  std::string body;
  std::string type = "application/json";
};

using Handler = std::function<Response(const Request&)>;

/// One peer: bytes that have come, bytes to be sent.
struct Connection {
  std::string in;
  std::string out;
  bool webSocket = false;
  bool closing = false;  // once `out` is sent
};

class Server {
 public:
  /// Listens on all addresses.
  explicit Server(int port);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Serves until SIGTERM or SIGINT, and then until what was asked is answered.
  /// `tick` is called between requests, at least ten times a second; false ends it.
  void run(const Handler& handler, const std::function<bool()>& tick);

 private:
  void accept();
  bool read(int fd, Connection& connection, const Handler& handler);

  int listener_ = -1;
  std::map<int, Connection> connections_;
};

/// Takes whole requests and frames off `connection.in` and answers them in `out`.
void serve(Connection& connection, const Handler& handler);
/// Echoes whole frames; answers pings and the close.
void echoFrames(Connection& connection);

/// From now on SIGTERM and SIGINT only set a flag.
void catchStopSignals();
bool stopWanted();
/// Waits, at most, until a stop is wanted; false then.
bool waitFor(std::chrono::milliseconds time);

}  // namespace berth::tenant
