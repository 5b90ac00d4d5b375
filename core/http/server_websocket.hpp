/// @file
/// ServerSocket: the peer's end of a WebSocket that only we tell something on.  Private
/// to core/http.
///
/// Messages of the peer are checked and forgotten; pings are answered, the newest of
/// them at least; what breaks the rules, or is too much, ends the socket.  One thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.hpp"
#include "core/http/websocket.hpp"

namespace berth::http {

class ServerSocket {
 public:
  using SteadyTime = std::chrono::steady_clock::time_point;

  /// The peer may send `maxBytes` within every `window`, and as much in one message.
  ServerSocket(std::size_t maxBytes, Duration window)
      : reader_(maxBytes), maxBytes_(maxBytes), window_(window) {}

  void receive(std::string_view bytes, SteadyTime now);
  /// Asks whether the peer is there.  False when it has said nothing since it was asked
  /// last.
  bool ping();
  /// Nothing but takeControl() goes to the peer any more.
  void end(CloseCode code);
  [[nodiscard]] bool ended() const { return ended_; }
  /// The frames that are to be sent before any other.
  std::vector<std::string> takeControl();

 private:
  FrameReader reader_;
  std::size_t maxBytes_;
  Duration window_;
  std::size_t received_ = 0;  // since windowEnd_ - window_
  SteadyTime windowEnd_ = SteadyTime::min();
  std::optional<std::string> pong_;
  bool pingDue_ = false;
  bool asked_ = false;  // and not answered
  bool ended_ = false;
  std::optional<CloseCode> close_;  // to be sent
};

}  // namespace berth::http
