#include "reconcilers/providers/docker/http_roles.hpp"
#include "reconcilers/providers/docker/wire_answer.hpp"
#include "reconcilers/providers/docker/wire_request.hpp"
#include "reconcilers/providers/docker/wire_stream.hpp"

namespace berth::docker {
namespace {

constexpr std::size_t kMostExecOutput = std::size_t{4} << 20U;
// The engine ends the output of a command a moment before it knows the exit code.
constexpr int kMostExecLooks = 2000;

Result<> readFrames(
    const Context& context, http::BodyReader& body, FrameReader frames, const LogSink& sink) {
  for (;;) {
    BERTH_TRY(const auto piece, body.read(context));
    if (!piece) return Ok{};
    BERTH_TRY(const bool more, frames.feed(*piece, sink));
    if (!more) return Ok{};
  }
}

}  // namespace

/// Before API 1.42 the content type does not tell whether a stream has frames.
Result<bool> HttpIo::isTerminal(const Context& context, const std::string& id) {
  const ApiCall call{"inspect " + id, "GET", apiPath({"containers", id, "json"})};
  BERTH_TRY(const auto json, api_.json(context, call));
  const auto* terminal = findPath(json, "Config.Tty");
  return terminal != nullptr && terminal->is_boolean() && terminal->get<bool>();
}

Result<> HttpIo::logs(
    const Context& context, const std::string& id, const LogOptions& options, const LogSink& sink) {
  BERTH_TRY(const bool terminal, isTerminal(context, id));
  ApiCall call{
      .what = "logs of " + id,
      .path = apiPath({"containers", id, "logs"}),
      .parameters = {{"stdout", "1"}, {"stderr", "1"}}};
  if (options.follow) call.parameters.emplace_back("follow", "1");
  if (options.timestamps) call.parameters.emplace_back("timestamps", "1");
  if (options.tail) call.parameters.emplace_back("tail", std::to_string(*options.tail));
  if (options.since)
    call.parameters.emplace_back(
        "since",
        std::to_string(
            std::chrono::floor<std::chrono::seconds>(*options.since).time_since_epoch().count()));
  BERTH_TRY(auto answer, api_.stream(context, call));
  return readFrames(context, *answer.body, FrameReader(terminal), sink);
}

Result<int> HttpIo::exitCode(const Context& context, const std::string& execId) {
  const ApiCall call{"look at a command", "GET", apiPath({"exec", execId, "json"})};
  for (int look = 0; look < kMostExecLooks; ++look) {
    BERTH_TRY(const auto json, api_.json(context, call));
    const auto* running = findPath(json, "Running");
    const auto* code = findPath(json, "ExitCode");
    if (running != nullptr && running->is_boolean() && !running->get<bool>() && code != nullptr &&
        code->is_number_integer())
      return code->get<int>();
  }
  return Error{Reason::Timeout, "a command has ended its output but not itself"};
}

Result<ExecResult> HttpIo::exec(
    const Context& context, const std::string& id, const ExecSpec& spec) {
  const ApiCall make{
      .what = "exec in " + id,
      .method = "POST",
      .path = apiPath({"containers", id, "exec"}),
      .body = dumpJson(encodeExec(spec))};
  BERTH_TRY(const auto made, api_.json(context, make));
  BERTH_TRY(const auto execId, requireString(made, "Id"));

  const ApiCall start{
      .what = make.what,
      .method = "POST",
      .path = apiPath({"exec", execId, "start"}),
      .body = R"({"Detach":false,"Tty":false})"};
  BERTH_TRY(auto answer, api_.stream(context, start));
  ExecResult result;
  bool tooLong = false;
  BERTH_CHECK(
      readFrames(context, *answer.body, FrameReader(), [&](Output output, std::string_view bytes) {
        (output == Output::Stderr ? result.err : result.out) += bytes;
        tooLong = result.out.size() + result.err.size() > kMostExecOutput;
        return !tooLong;
      }));
  if (tooLong) return Error{Reason::InternalError, make.what + ": more than 4 MiB of output"};
  BERTH_TRY(result.exitCode, exitCode(context, execId));
  return result;
}

Result<> HttpIo::readArchive(
    const Context& context, const std::string& id, const std::string& path, const ByteSink& sink) {
  const ApiCall call{
      .what = "read " + path + " of " + id,
      .path = apiPath({"containers", id, "archive"}),
      .parameters = {{"path", path}}};
  BERTH_TRY(auto answer, api_.stream(context, call));
  for (;;) {
    BERTH_TRY(const auto piece, answer.body->read(context));
    if (!piece) return Ok{};
    BERTH_CHECK(sink(*piece));
  }
}

Result<> HttpIo::writeArchive(
    const Context& context, const std::string& id, const std::string& path, const ByteSource& tar) {
  ApiCall call{
      .what = "write " + path + " of " + id,
      .method = "PUT",
      .path = apiPath({"containers", id, "archive"}),
      .parameters = {{"path", path}},
      .contentType = "application/x-tar"};
  BERTH_TRY(call.body, gather(tar));
  BERTH_CHECK(api_.must(context, call));
  return Ok{};
}

Result<ContainerStats> HttpIo::stats(const Context& context, const std::string& id) {
  const ApiCall call{
      .what = "figures of " + id,
      .path = apiPath({"containers", id, "stats"}),
      .parameters = {{"stream", "false"}, {"one-shot", "true"}}};
  BERTH_TRY(const auto json, api_.json(context, call));
  return decodeStats(json);
}

}  // namespace berth::docker
