/// @file
/// The three streams of an Engine API, taken apart as their pieces come: documents
/// divided by line ends, frames of output, the progress of a pull.  Each takes any
/// cut of the bytes.  One thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json/json.hpp"
#include "reconcilers/providers/docker/container_io.hpp"
#include "reconcilers/providers/docker/images.hpp"

namespace berth::docker {

/// One JSON document a line.
class LineReader {
 public:
  /// The documents that are complete now; an Error when a line is not one, or is
  /// longer than 1 MiB.
  Result<std::vector<Json>> feed(std::string_view bytes);

 private:
  std::string pending_;
};

/// Frames of 8 bytes head and their payload.
class FrameReader {
 public:
  /// `raw`: a terminal's stream, which has no frames.
  explicit FrameReader(bool raw = false) : raw_(raw) {}
  /// Hands on what has come; false: the sink has enough.
  Result<bool> feed(std::string_view bytes, const LogSink& sink);

 private:
  bool raw_;
  std::string head_;
  std::uint32_t left_ = 0;  // of the payload
  Output output_ = Output::Stdout;
};

class PullReader {
 public:
  /// The Error of a line that tells one.
  Result<> feed(const Json& line);
  [[nodiscard]] PullProgress progress() const;

 private:
  struct Layer {
    bool done = false;
    std::int64_t bytes = 0;
    std::int64_t bytesDone = 0;
  };
  std::map<std::string, Layer> layers_;
};

}  // namespace berth::docker
