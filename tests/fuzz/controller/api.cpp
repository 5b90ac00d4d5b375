// A whole request to the API: "METHOD TARGET", a line with the content type, the body.
//
// Whatever comes, the answer is a success or says that the client is at fault, and
// what is stored can still be read.
#include "controller/api/api.hpp"

#include <memory>
#include <string>

#include "controller/store/memory_store.hpp"
#include "tests/fuzz/target.hpp"

namespace {

using namespace berth;

class World {
 public:
  World() {
    BERTH_ASSERT(hub_->synced() || hub_->turn({}, clock_.now()) > Time{});
    BERTH_ASSERT(api_.ensureDefaults({}).has_value());
    send(
        "POST",
        "/apis/berth.dev/v1alpha1/hosts",
        "",
        R"({"metadata":{"name":"a"},"spec":{"connection":{"type":"Local"}}})");
    send(
        "POST",
        "/api/v1/namespaces/default/configmaps",
        "",
        R"({"metadata":{"name":"a"},"data":{"x":"1"}})");
  }

  http::Response send(
      const std::string& method,
      const std::string& target,
      const std::string& type,
      const std::string& body) {
    http::Request request{.method = method, .target = target, .body = body};
    request.headers.set("Authorization", "Bearer token");
    if (!type.empty()) request.headers.set("Content-Type", type);
    return api_.handle(request);
  }

  void checkReadable() {
    for (const auto* target : {"/apis/berth.dev/v1alpha1/hosts", "/api/v1/configmaps"}) {
      const auto response = send("GET", target, "", "");
      std::string text = response.body;
      for (const auto piece : response.pieces) text += piece;
      BERTH_ASSERT(response.status == 200);
      BERTH_ASSERT(parseJson(text, {.maxBytes = std::string::npos}).has_value());
    }
  }

 private:
  FakeClock clock_;
  SeededRandom random_{1};
  store::MemoryStore store_{clock_};
  std::unique_ptr<runtime::WatchHub> hub_ = runtime::makeWatchHub(store_, clock_);
  api::Api api_{
      {.store = store_, .hub = *hub_, .clock = clock_, .random = random_, .log = {}},
      {.tokens = {{Secret("token"), "fuzzer", {"system:masters"}}},
       .requestTimeout = std::chrono::milliseconds(1)}};
};

/// The text up to the end of the line, which is taken away.
std::string takeLine(std::string_view& text) {
  const auto end = std::min(text.find('\n'), text.size());
  std::string line(text.substr(0, end));
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr int kInputsPerWorld = 200;
  static std::unique_ptr<World> world;
  static int inputs = 0;
  if (inputs++ % kInputsPerWorld == 0) world = std::make_unique<World>();

  auto text = fuzz::asText(data, size);
  const auto line = takeLine(text);
  const auto type = takeLine(text);
  const auto blank = std::min(line.find(' '), line.size());
  const auto target = line.substr(std::min(blank + 1, line.size()));
  const auto response = world->send(line.substr(0, blank), target, type, std::string(text));
  // 504 is for a version of the future, which a client may well make up.
  BERTH_ASSERT(response.status < 500 || response.status == 504);
  world->checkReadable();
  return 0;
}
