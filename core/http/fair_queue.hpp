/// @file
/// FairQueue: whose request is answered next, when there are more than can be at once.
///
/// A request belongs to a flow (a user, say).  The flows of a priority take turns, one
/// request each, so that one who has a thousand waiting delays another by one.  Higher
/// priorities go first, but each has seats that no other may take, and a flow never has
/// all of them.  What may wait is bounded for each flow and in all.
///
/// Knows neither time nor threads.  One thread.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>

namespace berth::http {

enum class Priority {
  Urgent,  // health: quick, and asked for most when all else waits
  High,    // administrators and parts of the system
  Normal,
  Low,  // who has not shown yet that anybody knows them
};
constexpr std::size_t kPriorities = 4;

struct Flow {
  std::string key;
  Priority priority = Priority::Normal;
};

class FairQueue {
 public:
  using Task = std::function<void()>;

  struct Limits {
    int seats = 16;  // requests that are answered at once
    std::size_t waitingOfFlow = 1500;
    std::size_t waiting = 8192;  // of all flows
  };
  explicit FairQueue(const Limits& limits);
  FairQueue(FairQueue&&) = default;

  /// False when too many wait already; nothing has changed then.
  bool add(const Flow& flow, Task task);

  struct State {
    std::size_t level = 0;
    std::string key;
    std::list<Task> tasks;
    int running = 0;
    bool hasTurn = false;
  };
  struct Started {
    Task task;
    State* flow = nullptr;  // for finish()
  };
  /// The next that may start; it has its seat until finish().
  std::optional<Started> start();
  void finish(State* flow);

  [[nodiscard]] std::size_t waiting() const { return waiting_; }

 private:
  /// The flows of a priority, and those of them whose turn comes.
  struct Level {
    std::unordered_map<std::string, State> flows;
    std::list<State*> turns;
    int running = 0;
    int reserved = 0;
    int most = 0;
  };

  [[nodiscard]] bool hasSeat(std::size_t level) const;
  void takeTurn(State& flow);

  Limits limits_;
  int seatsOfFlow_ = 1;
  std::array<Level, kPriorities> levels_;
  std::size_t waiting_ = 0;
};

}  // namespace berth::http
