// Whatever comes, as request or answer, ends in a message or a failure; and how the
// bytes were cut on their way makes no difference to what a message says.
#include "core/http/message_parser.hpp"
#include "tests/fuzz/target.hpp"

namespace {

using berth::http::MessageParser;

struct Outcome {
  bool failed = false;
  bool done = false;
  MessageParser::Head head;
  std::string body;
  std::string rest;
};

Outcome parse(MessageParser::Kind kind, std::string_view text, std::size_t step) {
  MessageParser parser({.kind = kind, .maxHeaderBytes = 2048, .maxBodyBytes = 2048});
  Outcome outcome;
  for (std::size_t at = 0; at < text.size() && !outcome.failed; at += step)
    outcome.failed = parser.feed(text.substr(at, step)).has_value();
  if (outcome.failed) return outcome;
  outcome.failed = !text.empty() && parser.feedEnd().has_value();
  outcome.done = parser.done();
  if (parser.headDone()) outcome.head = parser.head();
  outcome.body = parser.takeBody();
  if (outcome.done) outcome.rest = parser.takeRest();
  return outcome;
}

void check(MessageParser::Kind kind, std::string_view text) {
  const auto whole = parse(kind, text, text.size() + 1);
  const auto sliced = parse(kind, text, 1);
  BERTH_ASSERT(whole.body.size() <= 2048);
  if (sliced.failed) return;  // a line may be too long to wait for, though not to read
  BERTH_ASSERT(!whole.failed && whole.done == sliced.done);
  BERTH_ASSERT(whole.body == sliced.body && whole.rest == sliced.rest);
  BERTH_ASSERT(whole.head.target == sliced.head.target);
  BERTH_ASSERT(whole.head.headers.all() == sliced.head.headers.all());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = berth::fuzz::asText(data, size);
  check(MessageParser::Kind::Request, text);
  check(MessageParser::Kind::Response, text);
  static_cast<void>(berth::http::parseTarget(text));
  return 0;
}
