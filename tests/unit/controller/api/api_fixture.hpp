/// @file
/// ApiFixture: an API over a store in memory, driven as by HTTP.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/api/api.hpp"
#include "controller/store/memory_store.hpp"

namespace berth::api {

/// Keeps what a stream was sent.
class RecordingWriter final : public http::StreamWriter {
 public:
  bool write(std::shared_ptr<const std::string> bytes) override {
    if (!accepts) return false;
    text += *bytes;
    buffers.push_back(std::move(bytes));
    return true;
  }
  void close() override { closed = true; }
  void onClosed(std::function<void()> callback) override { hangUp = std::move(callback); }

  /// The events so far, parsed.
  [[nodiscard]] std::vector<Json> events() const {
    std::vector<Json> lines;
    for (std::size_t start = 0; start < text.size();) {
      const auto end = text.find('\n', start);
      lines.push_back(Json::parse(text.substr(start, end - start)));
      start = end + 1;
    }
    return lines;
  }
  /// "ADDED a", "DELETED b", ...
  [[nodiscard]] std::vector<std::string> summary() const {
    std::vector<std::string> lines;
    for (const auto& event : events())
      lines.push_back(stringAt(event, "type") + " " + stringAt(event, "object.metadata.name"));
    return lines;
  }

  std::string text;
  std::vector<std::shared_ptr<const std::string>> buffers;
  bool accepts = true;
  bool closed = false;
  std::function<void()> hangUp;
};

class ApiFixture : public testing::Test {
 protected:
  /// Runs actors by hand: turn() of what was added and woken.
  class HandRunner final : public Runner {
   public:
    Waker add(std::string, Actor& actor) override {
      actors.push_back(&actor);
      return [] {};
    }
    std::vector<Actor*> actors;
  };

  struct Answer {
    int status = 0;
    http::Headers headers;
    std::string text;
    Json body;
    http::StreamStart stream;

    [[nodiscard]] std::string at(std::string_view path) const { return stringAt(body, path); }
  };

  static inline const std::string kHosts = "/apis/berth.dev/v1alpha1/hosts";

  ApiFixture() {
    api_.start(runner_);
    for (auto& named : leaders_) runner_.actors.push_back(named.actor.get());
    static_cast<void>(hub_->turn({}, clock_.now()));
    EXPECT_TRUE(api_.ensureDefaults({}).has_value());
    static_cast<void>(hub_->turn({}, clock_.now()));
  }

  /// Headers are given as {"Accept", "..."}.
  Answer call(
      const std::string& method,
      const std::string& target,
      const std::string& body = {},
      const std::vector<std::pair<std::string, std::string>>& headers = {}) {
    http::Request request{.method = method, .target = target, .body = body};
    request.headers.set("Authorization", "Bearer let-me-in");
    for (const auto& [name, value] : headers) request.headers.set(name, value);
    return send(request);
  }

  Answer send(const http::Request& request) {
    const auto response = api_.handle(request);
    Answer answer{.status = response.status, .headers = response.headers, .text = response.body};
    for (const auto piece : response.pieces) answer.text += piece;
    answer.body = Json::parse(answer.text, nullptr, false);
    answer.stream = response.stream;
    return answer;
  }

  Answer patch(const std::string& target, const Json& body, const std::string& type = "merge") {
    return call(
        "PATCH", target, body.dump(), {{"Content-Type", "application/" + type + "-patch+json"}});
  }

  static Json host(const std::string& name) {
    return {
        {"apiVersion", "berth.dev/v1alpha1"},
        {"kind", "Host"},
        {"metadata", {{"name", name}}},
        {"spec", {{"connection", {{"type", "Local"}}}}}};
  }

  Answer createHost(const std::string& name, const Json& labels = nullptr) {
    auto object = host(name);
    if (!labels.is_null()) object["metadata"]["labels"] = labels;
    return call("POST", kHosts, object.dump());
  }

  /// Lets everything that acts by itself act until nothing changes.
  void settle() {
    store::Revision before = -1;
    while (before != hub_->revision()) {
      before = hub_->revision();
      for (auto* actor : runner_.actors) static_cast<void>(actor->turn({}, clock_.now()));
      static_cast<void>(hub_->turn({}, clock_.now()));
    }
    for (auto* actor : runner_.actors) static_cast<void>(actor->turn({}, clock_.now()));
  }

  std::shared_ptr<RecordingWriter> watch(const std::string& target) {
    const auto answer = call("GET", target);
    EXPECT_EQ(answer.status, 200) << answer.text;
    auto writer = std::make_shared<RecordingWriter>();
    if (answer.stream) answer.stream(writer);
    settle();
    return writer;
  }

  FakeClock clock_;
  SeededRandom random_{7};
  Metrics metrics_;
  store::MemoryStore store_{clock_};
  std::unique_ptr<runtime::WatchHub> hub_ = runtime::makeWatchHub(store_, clock_);
  Api api_{
      {.store = store_,
       .hub = *hub_,
       .clock = clock_,
       .random = random_,
       .log = {},
       .metrics = &metrics_,
       .metricsText = [this] { return metrics_.text(); },
       .audit = &store_},
      {.tokens =
           {{Secret("let-me-in"), "admin", {"system:masters"}},
            {Secret("just-looking"), "viewer", {}}},
       .requestTimeout = std::chrono::milliseconds(50)}};
  HandRunner runner_;
  std::vector<Api::NamedActor> leaders_ = api_.leaderActors();
};

}  // namespace berth::api
