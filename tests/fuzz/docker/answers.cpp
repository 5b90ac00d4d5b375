// Whatever an engine answers, and whatever an image is called, ends in a value or an
// Error.
#include "reconcilers/providers/docker/images.hpp"
#include "reconcilers/providers/docker/wire_answer.hpp"
#include "reconcilers/providers/docker/wire_error.hpp"
#include "reconcilers/providers/docker/wire_stream.hpp"
#include "tests/fuzz/target.hpp"

namespace berth::docker {
namespace {

void decodeAll(std::string_view text) {
  const auto parsed = parseJson(text);
  if (!parsed) return;
  const auto& json = parsed->document;
  static_cast<void>(decodeContainer(json));
  static_cast<void>(decodeContainers(json));
  static_cast<void>(decodeImage(json));
  static_cast<void>(decodeVolumes(json));
  static_cast<void>(decodeNetwork(json));
  static_cast<void>(decodeInfo(json));
  static_cast<void>(decodeEvent(json));
  static_cast<void>(decodeStats(json));
}

void readPull(std::string_view text) {
  LineReader lines;
  PullReader pull;
  const auto documents = lines.feed(text);
  if (!documents) return;
  for (const auto& document : *documents) static_cast<void>(pull.feed(document));
  const auto progress = pull.progress();
  BERTH_ASSERT(progress.layersDone <= progress.layers);
}

/// The same output however the bytes are cut.
void readFrames(std::string_view text) {
  std::string whole;
  std::string pieces;
  FrameReader one;
  FrameReader many;
  const auto into = [](std::string& to) {
    return [&to](Output, std::string_view bytes) {
      to += bytes;
      return true;
    };
  };
  const bool fine = one.feed(text, into(whole)).has_value();
  bool finePieces = true;
  for (std::size_t at = 0; at < text.size() && finePieces; ++at)
    finePieces = many.feed(text.substr(at, 1), into(pieces)).has_value();
  BERTH_ASSERT(fine == finePieces && whole == pieces);
}

void readReference(const std::string& text) {
  const auto reference = parseImageReference(text);
  if (!reference) return;
  const auto again = parseImageReference(reference->text());
  BERTH_ASSERT(again && again->text() == reference->text());
}

}  // namespace
}  // namespace berth::docker

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace berth::docker;
  auto text = berth::fuzz::asText(data, size);
  switch (berth::fuzz::takeChoice(text) % 5) {
    case 0:
      decodeAll(text);
      break;
    case 1:
      readPull(text);
      break;
    case 2:
      readFrames(text);
      break;
    case 3:
      static_cast<void>(decodeError("start", 500, std::string(text)));
      static_cast<void>(decodePullError("pull", std::string(text)));
      break;
    default:
      readReference(std::string(text));
  }
  return 0;
}
