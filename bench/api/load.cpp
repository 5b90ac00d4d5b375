// A load client: one kind of request, many times, by several workers with a connection
// each.  Prints one line of JSON: how many, how long, and the latencies.
//
//     bench_api --port N --ca FILE --token-file FILE OPERATION [--count N] [--workers N]
//
// Operations: create, status, spec, get (one request an object), list, pages, table (the
// whole collection each time), purge (deletecollection until empty), watch (creates,
// seen by --watchers), idle (opens --watchers watches and waits for a line on stdin).
#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/http/client.hpp"
#include "core/http/transports.hpp"
#include "core/json/json.hpp"

namespace {

using namespace berth;
using namespace std::chrono_literals;

const char kCollection[] = "/apis/berth.dev/v1alpha1/namespaces/bench/clientdeployments";

struct Options {
  std::map<std::string, std::string> values;

  [[nodiscard]] std::string text(const std::string& name, const char* fallback = "") const {
    const auto found = values.find(name);
    return found == values.end() ? fallback : found->second;
  }
  [[nodiscard]] int number(const std::string& name, int fallback) const {
    const auto found = values.find(name);
    return found == values.end() ? fallback : std::atoi(found->second.c_str());
  }
};

[[noreturn]] void fail(const std::string& what) {
  std::fprintf(stderr, "bench_api: %s\n", what.c_str());
  std::exit(1);
}

std::string readFile(const std::string& path) {
  std::ifstream file(path);
  if (!file) fail("cannot read " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

SystemClock& theClock() {
  static SystemClock clock;
  return clock;
}

/// One connection to the server, as one worker has it.
class Connection {
 public:
  explicit Connection(const Options& options) : token_(readFile(options.text("token-file"))) {
    while (!token_.empty() && token_.back() == '\n') token_.pop_back();
    auto transport = http::makeTlsTransport(
        "127.0.0.1",
        std::uint16_t(options.number("port", 0)),
        {.caPem = readFile(options.text("ca"))},
        theClock());
    if (!transport) fail(transport.error().message);
    client_ = std::make_unique<http::Client>(
        *std::move(transport), theClock(), http::ClientOptions{.maxBodyBytes = 1U << 30U});
  }

  http::Request request(const char* method, std::string target) const {
    return {
        .method = method,
        .target = std::move(target),
        .headers = {{"Authorization", "Bearer " + token_}, {"Accept", "application/json"}}};
  }

  http::Response send(const http::Request& request) {
    auto response = client_->send({.deadline = theClock().now() + 120s}, request);
    if (!response) fail(response.error().message);
    if (response->status >= 300)
      fail(request.method + " " + request.target + ": " + response->body.substr(0, 400));
    return *std::move(response);
  }

  std::unique_ptr<http::BodyReader> stream(const http::Request& request) {
    auto response = client_->sendStreaming({.deadline = theClock().now() + 30s}, request);
    if (!response) fail(response.error().message);
    if (response->head.status != 200) fail("a watch was refused: " + response->head.body);
    return std::move(response->body);
  }

 private:
  std::string token_;
  std::unique_ptr<http::Client> client_;
};

std::string nameOf(int number) { return "tenant-" + std::to_string(number); }

/// About 460 bytes of spec and labels, as the peer's objects had.
std::string manifestOf(const std::string& name) {
  return R"({"apiVersion":"berth.dev/v1alpha1","kind":"ClientDeployment","metadata":{"name":")" +
         name + R"(","labels":{"berth.dev/customer":")" + name +
         R"(","tier":"gold"}},"spec":{"clientName":")" + name + R"(","domain":")" + name +
         R"(.chat.example.com","image":"ghcr.io/open-webui/open-webui:v0.6.31","env":[)"
         R"({"name":"ENABLE_SIGNUP","value":"false"},{"name":"DEFAULT_MODELS","value":"llama3"}],)"
         R"("resources":{"memory":"512Mi"},"displayName":"The tenant )" +
         name + R"("}})";
}

class Latencies {
 public:
  void add(Duration latency) {
    const std::scoped_lock lock(mutex_);
    all_.push_back(std::chrono::duration<double, std::milli>(latency).count());
  }
  void print(int count, Duration wall) {
    std::ranges::sort(all_);
    const auto at = [&](double part) {
      return all_.empty() ? 0.0 : all_[std::size_t(part * double(all_.size() - 1))];
    };
    std::printf(
        "{\"count\": %d, \"seconds\": %.4f, \"p50\": %.3f, \"p99\": %.3f, \"max\": %.3f}\n",
        count,
        std::chrono::duration<double>(wall).count(),
        at(0.5),
        at(0.99),
        at(1.0));
    std::fflush(stdout);
  }

 private:
  std::mutex mutex_;
  std::vector<double> all_;
};

/// `once(connection, number)` for the numbers up to `count`, dealt out to workers.
template <class Once>
void spread(const Options& options, int count, Once once) {
  Latencies latencies;
  std::atomic<int> next{0};
  std::vector<std::unique_ptr<Connection>> connections;
  for (int i = 0; i < options.number("workers", 8); ++i) {
    connections.push_back(std::make_unique<Connection>(options));
    connections.back()->send(connections.back()->request("GET", "/version"));
  }
  const auto started = theClock().now();
  std::vector<std::jthread> workers;
  for (auto& connection : connections)
    workers.emplace_back([&, worker = connection.get()] {
      for (int number = next++; number < count; number = next++) {
        const auto began = theClock().now();
        once(*worker, number);
        latencies.add(theClock().now() - began);
      }
    });
  workers.clear();
  latencies.print(count, theClock().now() - started);
}

void create(Connection& connection, int number) {
  auto request = connection.request("POST", kCollection);
  request.headers.set("Content-Type", "application/json");
  request.body = manifestOf(nameOf(number));
  connection.send(request);
}

void patch(Connection& connection, int number, const std::string& suffix, std::string body) {
  auto request = connection.request("PATCH", kCollection + ("/" + nameOf(number)) + suffix);
  request.headers.set("Content-Type", "application/merge-patch+json");
  request.body = std::move(body);
  connection.send(request);
}

void patchStatus(Connection& connection, int number) {
  static std::atomic<int> serial{0};
  patch(
      connection,
      number,
      "/status",
      R"({"status":{"observedGeneration":1,"conditions":[{"type":"Ready","status":"True",)"
      R"("reason":"Running","message":"step )" +
          std::to_string(++serial) +
          R"(","lastTransitionTime":"2026-01-01T00:00:00Z","observedGeneration":1}]}})");
}

void patchSpec(Connection& connection, int number) {
  static std::atomic<int> serial{0};
  patch(
      connection,
      number,
      "",
      R"({"spec":{"displayName":"The tenant )" + std::to_string(++serial) + "\"}}");
}

void listWhole(Connection& connection, const char* query, const char* accept) {
  auto request = connection.request("GET", std::string(kCollection) + query);
  if (*accept != 0) request.headers.set("Accept", accept);
  connection.send(request);
}

void listPages(Connection& connection) {
  std::string token;
  do {
    const auto response = connection.send(connection.request(
        "GET", std::string(kCollection) + "?limit=500&continue=" + http::percentEncode(token)));
    const auto parsed = parseJson(response.body);
    if (!parsed) fail("a page is no JSON");
    token = stringAt(parsed->document, "metadata.continue");
  } while (!token.empty());
}

void purge(const Options& options) {
  Connection connection(options);
  Latencies latencies;
  const auto started = theClock().now();
  connection.send(connection.request("DELETE", kCollection));
  for (;;) {
    const auto rest =
        connection.send(connection.request("GET", std::string(kCollection) + "?limit=1"));
    if (rest.body.find("\"uid\"") == std::string::npos) break;
  }
  latencies.add(theClock().now() - started);
  latencies.print(1, theClock().now() - started);
}

/// Reads a watch and notes when the object of each number was first told of.
class Watcher {
 public:
  Watcher(const Options& options, int count) : seen_(std::size_t(count)), connection_(options) {
    body_ = connection_.stream(
        connection_.request("GET", std::string(kCollection) + "?watch=true&resourceVersion=0"));
  }
  void read(const std::atomic<bool>& ended) {
    std::string line;
    while (!ended || told_ < seen_.size()) {
      auto piece = body_->read({.deadline = theClock().now() + 1s});
      if (!piece && piece.error().reason == Reason::Timeout) continue;
      if (!piece || !*piece) fail("a watch ended");
      line += **piece;
      for (auto end = line.find('\n'); end != std::string::npos; end = line.find('\n')) {
        note(line.substr(0, end));
        line.erase(0, end + 1);
      }
    }
  }
  [[nodiscard]] Time seen(int number) const { return seen_[std::size_t(number)]; }

 private:
  void note(const std::string& event) {
    constexpr std::string_view kMark = "\"name\":\"tenant-";
    const auto at = event.find(kMark);
    if (at == std::string::npos) return;
    std::size_t number = seen_.size();
    std::from_chars(event.data() + at + kMark.size(), event.data() + event.size(), number);
    if (number >= seen_.size() || seen_[number] != Time{}) return;
    seen_[number] = theClock().now();
    ++told_;
  }

  std::vector<Time> seen_;
  std::size_t told_ = 0;
  Connection connection_;
  std::unique_ptr<http::BodyReader> body_;
};

/// From the begin of a write to its event at the last of all watchers.
void watch(const Options& options) {
  const int count = options.number("count", 300);
  std::vector<std::unique_ptr<Watcher>> watchers;
  for (int i = 0; i < options.number("watchers", 20); ++i)
    watchers.push_back(std::make_unique<Watcher>(options, count));
  std::vector<Time> began(static_cast<std::size_t>(count));
  std::atomic<bool> ended{false};
  std::vector<std::jthread> readers;
  for (auto& watcher : watchers) readers.emplace_back([&, w = watcher.get()] { w->read(ended); });
  Connection writer(options);
  const auto started = theClock().now();
  for (int number = 0; number < count; ++number) {
    began[std::size_t(number)] = theClock().now();
    create(writer, number);
  }
  const auto wall = theClock().now() - started;
  ended = true;
  readers.clear();
  Latencies latencies;
  for (int number = 0; number < count; ++number) {
    Time last{};
    for (const auto& watcher : watchers) last = std::max(last, watcher->seen(number));
    latencies.add(last - began[std::size_t(number)]);
  }
  latencies.print(count, wall);
}

void idle(const Options& options) {
  const int count = options.number("watchers", 1000);
  std::vector<std::unique_ptr<Connection>> connections;
  std::vector<std::unique_ptr<http::BodyReader>> bodies;
  for (int i = 0; i < count; ++i) {
    connections.push_back(std::make_unique<Connection>(options));
    bodies.push_back(connections.back()->stream(connections.back()->request(
        "GET", std::string(kCollection) + "?watch=true&resourceVersion=" + options.text("from"))));
  }
  Latencies().print(count, {});
  std::string line;
  std::getline(std::cin, line);
}

Options parse(int argc, char** argv, std::string& operation) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument.starts_with("--") && i + 1 < argc)
      options.values[argument.substr(2)] = argv[++i];
    else
      operation = argument;
  }
  return options;
}

}  // namespace

int main(int argc, char** argv) {
  std::string operation;
  const auto options = parse(argc, argv, operation);
  const int count = options.number("count", 300);
  if (operation == "create")
    spread(options, count, create);
  else if (operation == "status")
    spread(options, count, patchStatus);
  else if (operation == "spec")
    spread(options, count, patchSpec);
  else if (operation == "get")
    spread(options, count, [&](Connection& connection, int number) {
      const auto name = nameOf(number % options.number("stored", 1));
      connection.send(connection.request("GET", kCollection + ("/" + name)));
    });
  else if (operation == "list")
    spread(options, count, [](Connection& c, int) { listWhole(c, "", ""); });
  else if (operation == "pages")
    spread(options, count, [](Connection& c, int) { listPages(c); });
  else if (operation == "table")
    spread(options, count, [](Connection& c, int) {
      listWhole(c, "?limit=500", "application/json;as=Table;v=v1;g=meta.k8s.io");
    });
  else if (operation == "purge")
    purge(options);
  else if (operation == "watch")
    watch(options);
  else if (operation == "idle")
    idle(options);
  else
    fail("no operation '" + operation + "'; see the head of bench/api/load.cpp");
  return 0;
}
