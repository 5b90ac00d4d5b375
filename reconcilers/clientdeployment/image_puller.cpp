#include "reconcilers/clientdeployment/image_puller.hpp"

#include <algorithm>

namespace berth::clientdeployment {

namespace {

constexpr Duration kFresh = std::chrono::minutes(1);
constexpr Duration kPatience = std::chrono::minutes(60);

Duration retryDelay(int failures) {
  constexpr Duration kMost = std::chrono::minutes(5);
  if (failures > 6) return kMost;
  return std::min<Duration>(std::chrono::seconds(5 << (failures - 1)), kMost);
}

class PullActor final : public Actor {
 public:
  explicit PullActor(ImagePuller& puller) : puller_(puller) {}
  Time turn(const Context& context, Time) override { return puller_.work(context); }

 private:
  ImagePuller& puller_;
};

}  // namespace

PullAnswer ImagePuller::want(const PullWish& wish) {
  const auto now = clock_.now();
  std::vector<Waker> wakers;
  auto answer = state_.with([&](State& state) -> PullAnswer {
    auto& entry = state.entries[{wish.host, wish.image}];
    if (entry.fetchedAt != Time{} && now - entry.fetchedAt < kFresh)
      return {PullState::Fetched, {}, {}};
    if (!entry.busy && !entry.queued && entry.error && now < entry.retryAt)
      return {PullState::Failed, entry.error, entry.retryAt - now};
    entry.waiting.insert(wish.key);
    if (!entry.busy && !entry.queued) {
      entry.images = &wish.images;
      entry.auth = wish.auth;
      entry.queued = true;
      wakers = state.wakers;
    }
    return {PullState::Pulling, entry.error, {}};
  });
  for (const auto& wake : wakers) wake();
  return answer;
}

void ImagePuller::onDone(Enqueue enqueue) {
  state_.with([&](State& state) { state.enqueue = std::move(enqueue); });
}

std::unique_ptr<Actor> ImagePuller::makeActor() { return std::make_unique<PullActor>(*this); }

void ImagePuller::addWaker(Waker waker) {
  state_.with([&](State& state) { state.wakers.push_back(std::move(waker)); });
}

Time ImagePuller::work(const Context& context) {
  std::optional<Name> name;
  docker::Images* images = nullptr;
  docker::PullSpec spec;
  state_.with([&](State& state) {
    for (auto& [candidate, entry] : state.entries) {
      if (!entry.queued) continue;
      entry.queued = false;
      entry.busy = true;
      name = candidate;
      images = entry.images;
      spec = {.image = candidate.second, .auth = entry.auth, .progress = {}};
      return;
    }
  });
  if (!name) return Time::max();

  auto patient = context;
  patient.deadline = clock_.now() + kPatience;
  const auto pulled = images->pull(patient, spec);

  const auto now = clock_.now();
  std::set<ObjectKey> waiting;
  Enqueue enqueue;
  state_.with([&](State& state) {
    auto& entry = state.entries[*name];
    entry.busy = false;
    waiting.swap(entry.waiting);
    enqueue = state.enqueue;
    if (pulled) {
      entry.error.reset();
      entry.failures = 0;
      entry.fetchedAt = now;
    } else {
      entry.error = pulled.error();
      entry.fetchedAt = {};
      entry.retryAt = now + retryDelay(++entry.failures);
    }
  });
  if (enqueue)
    for (const auto& key : waiting) enqueue(key, Duration::zero());
  return now;  // there may be another
}

}  // namespace berth::clientdeployment
