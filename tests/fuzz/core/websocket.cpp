// Whatever a peer sends on a WebSocket ends in messages of bounded size or in a close
// code; and how the bytes were cut on their way makes no difference.
#include "core/http/websocket.hpp"

#include "core/http/server_websocket.hpp"
#include "tests/fuzz/target.hpp"

namespace {

using berth::http::CloseCode;
using berth::http::FrameReader;
using berth::http::ServerSocket;

constexpr std::size_t kMost = 2048;

struct Outcome {
  std::optional<CloseCode> failure;
  std::vector<FrameReader::Message> messages;
};

Outcome read(std::string_view bytes, std::size_t step) {
  FrameReader reader(kMost);
  Outcome outcome;
  for (std::size_t at = 0; at < bytes.size() && !outcome.failure; at += step)
    outcome.failure = reader.feed(bytes.substr(at, step), outcome.messages);
  return outcome;
}

void checkSame(const Outcome& whole, const Outcome& sliced) {
  BERTH_ASSERT(whole.failure == sliced.failure);
  BERTH_ASSERT(whole.messages.size() == sliced.messages.size());
  for (std::size_t i = 0; i < whole.messages.size(); ++i) {
    BERTH_ASSERT(whole.messages[i].kind == sliced.messages[i].kind);
    BERTH_ASSERT(whole.messages[i].payload == sliced.messages[i].payload);
    BERTH_ASSERT(whole.messages[i].payload.size() <= kMost);
  }
}

/// What a server sends of itself: small frames, and nothing after the one that closes.
void checkControl(std::string_view bytes) {
  constexpr std::size_t kMostOfFrame = 127;
  ServerSocket socket(kMost, std::chrono::seconds(1));
  for (std::size_t at = 0; at < bytes.size(); at += 7) {
    const bool ended = socket.ended();
    socket.receive(bytes.substr(at, 7), {});
    const auto frames = socket.takeControl();
    BERTH_ASSERT(!ended || frames.empty());
    for (const auto& frame : frames) BERTH_ASSERT(frame.size() <= kMostOfFrame);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = berth::fuzz::asText(data, size);
  checkSame(read(text, text.size() + 1), read(text, 1));
  checkControl(text);
  return 0;
}
