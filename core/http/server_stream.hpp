/// @file
/// StreamQueue: the StreamWriter of a connection, and what its event loop takes from
/// it.  Private to core/http.  Thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/base/guarded.hpp"
#include "core/http/http.hpp"

namespace berth::http {

class StreamQueue final : public StreamWriter {
 public:
  using Bytes = std::shared_ptr<const std::string>;

  /// `wake` makes the loop look: there is something to take, or the queue overflowed.
  /// It must not call back from within.  It is let go of when the stream is dead.
  StreamQueue(std::size_t limit, std::function<void()> wake);

  bool write(Bytes bytes) override;
  void close() override;
  void onClosed(std::function<void()> callback) override;

  struct Taken {
    std::vector<Bytes> bytes;
    bool ended = false;       // nothing comes after these
    bool overflowed = false;  // the peer reads too slowly: give it up
  };
  /// Everything that is queued.  What was taken counts toward the limit until the next
  /// take().
  Taken take();
  /// The peer is gone or the server stops: refuses writes, and calls who asked.
  void die();

 private:
  struct State {
    std::vector<Bytes> queue;
    std::size_t queuedBytes = 0;  // in the queue
    std::size_t takenBytes = 0;   // being written
    std::size_t first = 0;        // of the write that found the queue empty: never too large
    bool closed = false;
    bool overflowed = false;
    bool dead = false;
    std::function<void()> wake;
    bool woken = false;
    std::vector<std::function<void()>> callbacks;
  };
  static void wakeOnce(State& state);

  std::size_t limit_;
  Guarded<State> state_;
};

}  // namespace berth::http
