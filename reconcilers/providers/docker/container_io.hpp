/// @file
/// ContainerIo: the bytes that go in and out of a container: output, commands,
/// files, figures.  Read docker.hpp first.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/context.hpp"
#include "core/base/result.hpp"

namespace berth::docker {

enum class Output { Stdout, Stderr };

struct LogOptions {
  bool follow = false;  // until the container ends, the deadline or the stop token
  std::optional<std::int64_t> tail;
  std::optional<Time> since;
  bool timestamps = false;
};

/// Takes pieces as they come; false: enough.
using LogSink = std::function<bool(Output output, std::string_view bytes)>;
using ByteSink = std::function<Result<>(std::string_view bytes)>;
/// The next piece; empty: the end.
using ByteSource = std::function<Result<std::string>()>;

struct ExecSpec {
  std::vector<std::string> command;
  std::map<std::string, std::string> env;
  std::string user;
  std::string workingDirectory;
};

struct ExecResult {
  int exitCode = 0;
  std::string out;
  std::string err;
};

/// Counters since the container's start, to be subtracted from each other.
struct ContainerStats {
  Time at{};
  Duration cpu{};
  std::int64_t memoryBytes = 0;  // without the page cache that can be given back
  std::int64_t memoryLimitBytes = 0;
  std::int64_t receivedBytes = 0;
  std::int64_t sentBytes = 0;
  std::int64_t readBytes = 0;
  std::int64_t writtenBytes = 0;
  std::int64_t processes = 0;
};

class ContainerIo {
 public:
  virtual ~ContainerIo() = default;
  virtual Result<> logs(
      const Context& context,
      const std::string& id,
      const LogOptions& options,
      const LogSink& sink) = 0;
  /// Waits for its end.  Conflict with kNotRunning.  A missing program is a result
  /// with exit code 126 or 127.  More than 4 MiB of output is an Error.
  virtual Result<ExecResult> exec(
      const Context& context, const std::string& id, const ExecSpec& spec) = 0;
  /// A tar of `path`, running or not; NotFound when it is not there.
  virtual Result<> readArchive(
      const Context& context,
      const std::string& id,
      const std::string& path,
      const ByteSink& sink) = 0;
  /// Unpacks a tar into the directory `path`.
  virtual Result<> writeArchive(
      const Context& context,
      const std::string& id,
      const std::string& path,
      const ByteSource& tar) = 0;
  virtual Result<ContainerStats> stats(const Context& context, const std::string& id) = 0;
};

}  // namespace berth::docker
