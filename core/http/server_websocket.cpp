#include "core/http/server_websocket.hpp"

#include <utility>

namespace berth::http {

void ServerSocket::receive(std::string_view bytes, SteadyTime now) {
  if (ended_) return;
  asked_ = false;
  if (now >= windowEnd_) {
    windowEnd_ = now + window_;
    received_ = 0;
  }
  received_ += bytes.size();
  if (received_ > maxBytes_) return end(CloseCode::PolicyViolation);
  std::vector<FrameReader::Message> messages;
  const auto failure = reader_.feed(bytes, messages);
  for (auto& message : messages) {
    if (message.kind == FrameReader::Kind::Ping) pong_ = std::move(message.payload);
    if (message.kind == FrameReader::Kind::Close) return end(CloseCode::Normal);
  }
  if (failure) end(*failure);
}

bool ServerSocket::ping() {
  if (std::exchange(asked_, true)) return false;
  pingDue_ = true;
  return true;
}

void ServerSocket::end(CloseCode code) {
  if (std::exchange(ended_, true)) return;
  close_ = code;
}

std::vector<std::string> ServerSocket::takeControl() {
  std::vector<std::string> frames;
  if (const auto payload = std::exchange(pong_, std::nullopt))
    frames.push_back(pongFrame(*payload));
  if (std::exchange(pingDue_, false)) frames.push_back(pingFrame());
  if (const auto code = std::exchange(close_, std::nullopt)) frames.push_back(closeFrame(*code));
  return frames;
}

}  // namespace berth::http
