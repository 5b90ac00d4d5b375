#include <filesystem>
#include <map>
#include <thread>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/api/api.hpp"
#include "controller/store/open.hpp"
#include "core/http/client.hpp"
#include "core/http/server.hpp"
#include "core/http/transports.hpp"
#include "core/object/core_kinds.hpp"
#include "core/run/thread_runner.hpp"

namespace berth::api {
namespace {

using namespace std::chrono_literals;

/// A folder of its own, gone with the test.
class Folder {
 public:
  Folder() {
    std::string pattern = std::filesystem::temp_directory_path() / "berth-api-XXXXXX";
    path_ = ::mkdtemp(pattern.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

class ServedApiTest : public testing::Test {
 protected:
  static inline const std::string kConfigMaps = "/api/v1/namespaces/default/configmaps";

  void SetUp() override {
    auto opened =
        store::openStore("sqlite:" + folder_.path() + "/berth.db", clock_, random_, [this] {
          if (hub_) hub_->hint();
        });
    ASSERT_TRUE(opened) << opened.error().message;
    store_ = *std::move(opened);
    hub_ = runtime::makeWatchHub(*store_.store, clock_);
    api_ = std::make_unique<Api>(
        ApiDependencies{
            .store = *store_.store, .hub = *hub_, .clock = clock_, .random = random_, .log = {}},
        ApiOptions{.tokens = {{Secret("let-me-in"), "admin", {"system:masters"}}}});
    hub_->wakeWith(runner_.add("hub", *hub_));
    api_->start(runner_);
    ASSERT_TRUE(api_->ensureDefaults(soon()));
    server_ = std::make_unique<http::Server>(
        http::ServerOptions{.unixPath = folder_.path() + "/api.sock"},
        [this](const http::Request& request) { return api_->handle(request); });
    ASSERT_TRUE(server_->start());
  }

  void TearDown() override {
    if (server_) server_->stop();
    EXPECT_THAT(runner_.stop(10s), testing::IsEmpty());
  }

  [[nodiscard]] Context soon() const { return {.deadline = clock_.now() + 30s}; }

  [[nodiscard]] std::unique_ptr<http::Client> makeClient() const {
    return std::make_unique<http::Client>(
        http::makeUnixTransport(folder_.path() + "/api.sock", clock_), clock_);
  }

  static http::Request request(
      const std::string& method, const std::string& target, const std::string& body = {}) {
    http::Request made{.method = method, .target = target, .body = body};
    made.headers.set("Authorization", "Bearer let-me-in");
    if (method == "PATCH") made.headers.set("Content-Type", "application/merge-patch+json");
    return made;
  }

  int call(http::Client& client, const http::Request& what) const {
    const auto answer = client.send(soon(), what);
    return answer ? answer->status : 0;
  }

  /// Creates, changes and deletes objects of its own.
  void write(int writer, int rounds) {
    const auto client = makeClient();
    for (int round = 0; round < rounds; ++round) {
      const auto name = "w" + std::to_string(writer) + "-" + std::to_string(round);
      const Json object = {{"metadata", {{"name", name}}}, {"data", {{"step", "0"}}}};
      EXPECT_EQ(call(*client, request("POST", kConfigMaps, object.dump())), 201);
      for (int step = 1; step <= 3; ++step) {
        const Json change = {{"data", {{"step", std::to_string(step)}}}};
        EXPECT_EQ(call(*client, request("PATCH", kConfigMaps + "/" + name, change.dump())), 200);
      }
      EXPECT_EQ(call(*client, request("DELETE", kConfigMaps + "/" + name)), 200);
    }
  }

  /// What a watch tells until it has told of `deletions` deletions: by object, the
  /// steps in their order.  The versions must only grow.
  std::map<std::string, std::string> watch(int deletions) {
    const auto client = makeClient();
    std::map<std::string, std::string> told;
    auto stream = client->sendStreaming(soon(), request("GET", kConfigMaps + "?watch=1"));
    if (!stream || stream->head.status != 200) return told;
    std::string text;
    long long version = 0;
    while (deletions > 0) {
      const auto more = stream->body->read(soon());
      if (!more || !*more) return told;
      text += **more;
      for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n')) {
        const auto event = Json::parse(text.substr(0, end));
        text.erase(0, end + 1);
        const auto next = std::stoll(stringAt(event, "object.metadata.resourceVersion"));
        EXPECT_GT(next, version);
        version = next;
        const bool gone = stringAt(event, "type") == "DELETED";
        told[stringAt(event, "object.metadata.name")] +=
            gone ? "x" : stringAt(event, "object.data.step");
        deletions -= gone ? 1 : 0;
      }
    }
    return told;
  }

  const SystemClock clock_;
  SystemRandom random_;
  Folder folder_;
  store::OpenedStore store_;
  std::unique_ptr<runtime::WatchHub> hub_;
  std::unique_ptr<Api> api_;
  ThreadRunner runner_{clock_};
  std::unique_ptr<http::Server> server_;
};

TEST_F(ServedApiTest, TellsEveryWatcherOfEveryWriteOnceAndInOrder) {
  constexpr int kWriters = 4;
  constexpr int kRounds = 8;
  std::vector<std::map<std::string, std::string>> told(3);
  std::vector<std::jthread> watchers;
  for (auto& one : told) watchers.emplace_back([&] { one = watch(kWriters * kRounds); });
  const auto end = clock_.now() + 20s;
  while (api_->openWatches() < told.size() && clock_.now() < end) std::this_thread::yield();
  ASSERT_EQ(api_->openWatches(), told.size());

  std::vector<std::jthread> writers;
  for (int writer = 0; writer < kWriters; ++writer)
    writers.emplace_back([this, writer] { write(writer, kRounds); });
  writers.clear();
  watchers.clear();

  for (const auto& one : told) {
    EXPECT_EQ(one.size(), std::size_t{kWriters * kRounds});
    for (const auto& [name, steps] : one) EXPECT_EQ(steps, "0123x") << name;
  }
}

TEST_F(ServedApiTest, ShowsEachWriterHisOwnWriteAtOnce) {
  std::vector<std::jthread> writers;
  for (int writer = 0; writer < 4; ++writer)
    writers.emplace_back([this, writer] {
      const auto client = makeClient();
      const auto name = "own-" + std::to_string(writer);
      call(*client, request("POST", kConfigMaps, Json{{"metadata", {{"name", name}}}}.dump()));
      for (int step = 0; step < 20; ++step) {
        const Json change = {{"data", {{"step", std::to_string(step)}}}};
        call(*client, request("PATCH", kConfigMaps + "/" + name, change.dump()));
        const auto list = client->send(
            soon(), request("GET", kConfigMaps + "?fieldSelector=metadata.name%3D" + name));
        if (!list) {
          ADD_FAILURE() << list.error().message;
          return;
        }
        const auto items = Json::parse(list->body)["items"];
        EXPECT_EQ(stringAt(items[0], "data.step"), std::to_string(step));
      }
    });
}

TEST_F(ServedApiTest, DeletesALargeCollectionWhole) {
  auto& objects = api_->objects();
  for (int i = 0; i < 100; ++i) {
    const auto name = "c-" + std::to_string(i);
    ASSERT_TRUE(objects.create(
        soon(), CoreConfigMap::kType, {{"metadata", {{"name", name}, {"namespace", "default"}}}}));
  }
  const auto client = makeClient();

  EXPECT_EQ(call(*client, request("DELETE", kConfigMaps)), 200);

  const auto left = client->send(soon(), request("GET", kConfigMaps));
  ASSERT_TRUE(left);
  EXPECT_EQ(Json::parse(left->body)["items"].size(), 0U);
}

TEST_F(ServedApiTest, LosesNoneOfManyConcurrentIncrements) {
  constexpr int kThreads = 4;
  constexpr int kEach = 25;
  auto& objects = api_->objects();
  const Json counter = {
      {"metadata", {{"name", "counter"}, {"namespace", "default"}}}, {"data", {{"n", "0"}}}};
  ASSERT_TRUE(objects.create(soon(), CoreConfigMap::kType, counter));
  const ObjectKey key{"default", "counter"};

  const auto increment = [&]() -> Result<> {
    BERTH_TRY(auto document, objects.get(soon(), CoreConfigMap::kType, key));
    document["data"]["n"] = std::to_string(std::stoi(stringAt(document, "data.n")) + 1);
    BERTH_CHECK(objects.replace(soon(), CoreConfigMap::kType, std::move(document)));
    return Ok{};
  };
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < kThreads; ++thread)
    threads.emplace_back([&] {
      for (int done = 0; done < kEach;) {
        const auto result = increment();
        if (result) ++done;
        if (result || result.error().reason == Reason::Conflict) continue;
        ADD_FAILURE() << result.error().message;
        return;
      }
    });
  threads.clear();

  const auto last = objects.get(soon(), CoreConfigMap::kType, key);
  ASSERT_TRUE(last);
  EXPECT_EQ(stringAt(*last, "data.n"), std::to_string(kThreads * kEach));
}

}  // namespace
}  // namespace berth::api
