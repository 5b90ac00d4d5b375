#include "reconcilers/providers/docker/wire_stream.hpp"

#include <algorithm>

#include "reconcilers/providers/docker/wire_container.hpp"

namespace berth::docker {
namespace {

constexpr std::size_t kMostLine = std::size_t{1} << 20U;
constexpr std::size_t kFrameHead = 8;

}  // namespace

Result<std::vector<Json>> LineReader::feed(std::string_view bytes) {
  pending_ += bytes;
  std::vector<Json> documents;
  std::size_t from = 0;
  for (auto end = pending_.find('\n'); end != std::string::npos; end = pending_.find('\n', from)) {
    auto line = std::string_view(pending_).substr(from, end - from);
    from = end + 1;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    auto parsed = parseJson(line);
    if (!parsed) return Error{Reason::InternalError, "docker's stream: " + parsed.error().message};
    documents.push_back(std::move(parsed->document));
  }
  pending_.erase(0, from);
  if (pending_.size() > kMostLine)
    return Error{Reason::InternalError, "docker's stream: a line has no end"};
  return documents;
}

Result<bool> FrameReader::feed(std::string_view bytes, const LogSink& sink) {
  if (raw_) return bytes.empty() || sink(Output::Stdout, bytes);
  while (!bytes.empty()) {
    if (left_ == 0) {
      const auto take = std::min(kFrameHead - head_.size(), bytes.size());
      head_ += bytes.substr(0, take);
      bytes.remove_prefix(take);
      if (head_.size() < kFrameHead) break;
      const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(head_[at]); };
      if (byte(0) > 2 || byte(1) != 0 || byte(2) != 0 || byte(3) != 0)
        return Error{Reason::InternalError, "docker's stream: not a frame of output"};
      output_ = byte(0) == 2 ? Output::Stderr : Output::Stdout;
      for (std::size_t at = 4; at < kFrameHead; ++at) left_ = (left_ << 8U) | byte(at);
      head_.clear();
      continue;
    }
    const auto take = std::min<std::size_t>(left_, bytes.size());
    left_ -= static_cast<std::uint32_t>(take);
    if (!sink(output_, bytes.substr(0, take))) return false;
    bytes.remove_prefix(take);
  }
  return true;
}

Result<> PullReader::feed(const Json& line) {
  auto failure = stringAt(line, "errorDetail.message");
  if (failure.empty()) failure = stringAt(line, "error");  // gone from API 1.48 on
  if (!failure.empty()) return Error{Reason::ServiceUnavailable, failure};
  const auto id = stringAt(line, "id");
  const auto status = stringAt(line, "status");
  if (id.empty() || status.starts_with("Pulling from")) return Ok{};
  auto& layer = layers_[id];
  if (const auto total = sizeAt(line, "progressDetail.total"); total > 0) {
    if (status == "Downloading") {
      layer.bytes = total;
      layer.bytesDone = sizeAt(line, "progressDetail.current");
    }
  }
  if (status == "Download complete") layer.bytesDone = layer.bytes;
  if (status == "Pull complete" || status == "Already exists") {
    layer.done = true;
    layer.bytesDone = layer.bytes;
  }
  return Ok{};
}

PullProgress PullReader::progress() const {
  PullProgress sum;
  sum.layers = static_cast<int>(layers_.size());
  for (const auto& [id, layer] : layers_) {
    sum.layersDone += layer.done ? 1 : 0;
    sum.bytes += layer.bytes;
    sum.bytesDone += layer.bytesDone;
  }
  return sum;
}

}  // namespace berth::docker
