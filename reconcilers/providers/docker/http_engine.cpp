#include <stop_token>
#include <thread>

#include "reconcilers/providers/docker/fault.hpp"
#include "reconcilers/providers/docker/http_roles.hpp"
#include "reconcilers/providers/docker/wire_answer.hpp"
#include "reconcilers/providers/docker/wire_request.hpp"
#include "reconcilers/providers/docker/wire_stream.hpp"

namespace berth::docker {
namespace {

// A reader that is so far behind lists again sooner than it would catch up.
constexpr std::size_t kMostWaiting = 10'000;

/// Reads the engine's stream in a thread of its own, so that poll() need not wait.
class HttpEventStream final : public EventStream {
 public:
  HttpEventStream(http::StreamingResponse answer, std::function<void()> wake)
      : answer_(std::move(answer)),
        wake_(std::move(wake)),
        thread_([this](const std::stop_token& stop) { run(stop); }) {}

  Result<std::vector<EngineEvent>> poll() override {
    return state_.with([](State& state) -> Result<std::vector<EngineEvent>> {
      if (state.events.empty() && state.end) return *state.end;
      return std::exchange(state.events, {});
    });
  }

 private:
  struct State {
    std::vector<EngineEvent> events;
    std::optional<Error> end;
  };

  void run(const std::stop_token& stop) {
    const auto error = readUntilItEnds({.stop = stop});
    if (stop.stop_requested()) return;
    state_.with([&](State& state) { state.end = error; });
    if (wake_) wake_();
  }

  Error readUntilItEnds(const Context& context) {
    LineReader lines;
    for (;;) {
      auto piece = answer_.body->read(context);
      if (!piece) return engineAway("events", std::move(piece).error());
      if (!*piece)
        return makeFault(
            Reason::ServiceUnavailable, fault::kEngineAway, "events: docker ended the stream");
      auto documents = lines.feed(**piece);
      if (!documents) return std::move(documents).error();
      if (documents->empty()) continue;
      if (auto taken = take(*documents); !taken) return std::move(taken).error();
      if (wake_) wake_();
    }
  }

  Result<> take(const std::vector<Json>& documents) {
    std::vector<EngineEvent> events;
    for (const auto& document : documents) {
      BERTH_TRY(auto event, decodeEvent(document));
      events.push_back(std::move(event));
    }
    return state_.with([&](State& state) -> Result<> {
      if (state.events.size() > kMostWaiting)
        return Error{Reason::ServiceUnavailable, "events: too many are waiting"};
      std::move(events.begin(), events.end(), std::back_inserter(state.events));
      return Ok{};
    });
  }

  http::StreamingResponse answer_;
  std::function<void()> wake_;
  Guarded<State> state_;
  std::jthread thread_;
};

}  // namespace

Result<> HttpEngine::ping(const Context& context) { return api_.ping(context); }

Result<EngineInfo> HttpEngine::info(const Context& context) {
  BERTH_TRY(const auto json, api_.json(context, {.what = "docker info", .path = "/info"}));
  BERTH_TRY(auto info, decodeInfo(json));
  BERTH_TRY(info.apiVersion, api_.version(context));
  return info;
}

Result<std::unique_ptr<EventStream>> HttpEngine::events(
    const Context& context, std::function<void()> wake) {
  const ApiCall call{
      .what = "docker events", .path = "/events", .parameters = {{"filters", eventFilter()}}};
  BERTH_TRY(auto answer, api_.stream(context, call));
  return std::unique_ptr<EventStream>(
      std::make_unique<HttpEventStream>(std::move(answer), std::move(wake)));
}

}  // namespace berth::docker
