#include "tests/contract/http/smuggling_probes.hpp"

#include <string_view>

namespace berth::http::testing {
namespace {

using namespace std::string_literals;

const std::string kNext = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";
const std::string kLength = std::to_string(kNext.size());

class Probes {
 public:
  /// `lines` are header lines, each with its end.
  void post(const std::string& name, const std::string& lines, const std::string& body = kNext) {
    raw(name, "POST /probe-" + name + " HTTP/1.1\r\nHost: x\r\n" + lines + "\r\n" + body);
  }
  void chunked(const std::string& name, const std::string& body) {
    post(name, "Transfer-Encoding: chunked\r\n", body + kNext);
  }
  void get(const std::string& name, const std::string& lines) {
    raw(name, "GET /probe-" + name + " HTTP/1.1\r\n" + lines + "\r\n" + kNext);
  }
  void raw(const std::string& name, const std::string& bytes) { all.push_back({name, bytes}); }
  /// The connection ends after it, so that what follows the request is nothing.
  void sound(const std::string& name, const std::string& lines, const std::string& body) {
    post(name, "Connection: close\r\n" + lines, body);
    all.back().sound = true;
  }

  std::vector<Probe> all;
};

void addLengths(Probes& probes) {
  probes.post("length-twice", "Content-Length: 0\r\nContent-Length: " + kLength + "\r\n");
  probes.post("length-twice-same", "Content-Length: 0\r\nContent-Length: 0\r\n");
  probes.post("length-list", "Content-Length: 0, " + kLength + "\r\n");
  probes.post("length-list-same", "Content-Length: 0, 0\r\n");
  probes.post("length-plus", "Content-Length: +0\r\n");
  probes.post("length-minus", "Content-Length: -1\r\n");
  probes.post("length-hex", "Content-Length: 0x0\r\n");
  probes.post("length-junk", "Content-Length: 0abc\r\n");
  probes.post("length-blank-inside", "Content-Length: 0 0\r\n");
  probes.post("length-empty", "Content-Length:\r\n");
  probes.post("length-overflow", "Content-Length: 18446744073709551616\r\n");
  probes.post(
      "length-nbsp",
      "Content-Length: \xa0"
      "0\r\n");
  probes.post("length-nul", "Content-Length: 0\0\r\n"s);
  probes.post("length-quoted", "Content-Length: \"0\"\r\n");
  probes.post("length-space-colon", "Content-Length : " + kLength + "\r\n");
  probes.post("length-folded", "Content-Length:\r\n " + kLength + "\r\n");
  probes.post("length-bare-lf", "X: y\nContent-Length: " + kLength + "\r\n");
  probes.post("length-bare-cr", "X: y\rContent-Length: " + kLength + "\r\n");
}

void addEncodings(Probes& probes) {
  const auto length = "Content-Length: " + kLength + "\r\n";
  const auto last = "0\r\n\r\n" + kNext;
  probes.post("cl-te", length + "Transfer-Encoding: chunked\r\n", last);
  probes.post("te-cl", "Transfer-Encoding: chunked\r\n" + length, last);
  const std::vector<std::pair<const char*, std::string>> kinds{
      {"te-xchunked", "Transfer-Encoding: xchunked\r\n"},
      {"te-chunked-identity", "Transfer-Encoding: chunked, identity\r\n"},
      {"te-identity-chunked", "Transfer-Encoding: identity, chunked\r\n"},
      {"te-gzip-chunked", "Transfer-Encoding: gzip, chunked\r\n"},
      {"te-twice", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"},
      {"te-twice-other", "Transfer-Encoding: chunked\r\nTransfer-encoding: x\r\n"},
      {"te-quoted", "Transfer-Encoding: \"chunked\"\r\n"},
      {"te-parameter", "Transfer-Encoding: chunked;q=1\r\n"},
      {"te-comma", "Transfer-Encoding: ,chunked\r\n"},
      {"te-vertical-tab",
       "Transfer-Encoding: \x0b"
       "chunked\r\n"},
      {"te-nul", "Transfer-Encoding: chunked\0\r\n"s},
      {"te-bare-cr", "Transfer-Encoding: chunked\r\r\n"},
      {"te-bare-lf", "X: y\nTransfer-Encoding: chunked\r\n"},
      {"te-folded", "Transfer-Encoding:\r\n chunked\r\n"},
      {"te-folded-tab", "Transfer-Encoding: x\r\n\tchunked\r\n"},
      {"te-space-colon", "Transfer-Encoding : chunked\r\n"},
      {"te-tab-colon", "Transfer-Encoding\t: chunked\r\n"},
      {"te-empty", "Transfer-Encoding:\r\n"},
      {"te-high-bit", "Transfer-Encoding: chunke\xe4\r\n"}};
  for (const auto& [name, lines] : kinds) probes.post(name, lines, last);
  probes.raw(
      "te-on-1.0",
      "POST /probe-te-on-1.0 HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + last);
}

void addChunks(Probes& probes) {
  probes.chunked("chunk-prefix", "0x0\r\n\r\n");
  probes.chunked("chunk-minus", "-1\r\n\r\n");
  probes.chunked("chunk-plus", "+0\r\n\r\n");
  probes.chunked("chunk-word", "zz\r\n\r\n");
  probes.chunked("chunk-overflow", "10000000000000000\r\n\r\n");
  probes.chunked("chunk-bare-lf", "0\n\n");
  probes.chunked("chunk-extension-lf", "0;a\nb\r\n\r\n");
  probes.chunked("chunk-no-end", "1\r\nab\r\n0\r\n\r\n");
  probes.chunked("chunk-empty-size", "\r\n\r\n");
  probes.chunked("chunk-blank-first", " 0\r\n\r\n");
  probes.chunked("trailer-length", "0\r\nContent-Length: 5\r\n\r\n");
  probes.chunked("trailer-encoding", "0\r\nTransfer-Encoding: chunked\r\n\r\n");
}

void addLines(Probes& probes) {
  probes.get("no-host", "X: y\r\n");
  probes.get("two-hosts", "Host: x\r\nHost: y\r\n");
  probes.get("folded", "Host: x\r\nX: y\r\n z\r\n");
  probes.get("folded-first", " Host: x\r\nHost: x\r\n");
  probes.get("bare-lf", "Host: x\nX: y\r\n");
  probes.get("bare-cr", "Host: x\rX: y\r\n");
  probes.get("nul-in-value", "Host: x\r\nX: a\0b\r\n"s);
  probes.get("nul-in-name", "Host: x\r\nX\0: a\r\n"s);
  probes.get("no-colon", "Host: x\r\nJunk\r\n");
  probes.get("no-name", "Host: x\r\n: y\r\n");
  probes.get("space-colon", "Host : x\r\n");
  probes.get("control", "Host: x\r\nX: \x01\r\n");
  probes.raw("all-bare-lf", "GET /probe-all-bare-lf HTTP/1.1\nHost: x\n\n" + kNext);
  probes.raw("tabs", "GET\t/probe-tabs\tHTTP/1.1\r\nHost: x\r\n\r\n" + kNext);
  probes.raw("version-lower", "GET /probe-version-lower http/1.1\r\nHost: x\r\n\r\n" + kNext);
  probes.raw("version-2", "GET /probe-version-2 HTTP/2.0\r\nHost: x\r\n\r\n" + kNext);
  probes.raw("version-none", "GET /probe-version-none\r\n\r\n" + kNext);
  probes.raw(
      "version-twice", "GET /probe-version-twice HTTP/1.1 HTTP/1.1\r\nHost: x\r\n\r\n" + kNext);
  probes.raw("preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + kNext);
  probes.raw("space-first", " GET /probe-space-first HTTP/1.1\r\nHost: x\r\n\r\n" + kNext);
}

void addSound(Probes& probes) {
  probes.sound("sound-length", "Content-Length: " + kLength + "\r\n", kNext);
  probes.sound("sound-close", "Content-Length: 0\r\n", kNext);
  probes.sound("sound-chunked-case", "transfer-ENCODING: Chunked\r\n", "0\r\n\r\n" + kNext);
  probes.sound(
      "sound-underscore", "Transfer_Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n");
  probes.sound("sound-extension", "Transfer-Encoding: chunked\r\n", "0;a=\"b\"\r\n\r\n" + kNext);
  probes.sound("sound-trailer", "Transfer-Encoding: chunked\r\n", "0\r\nX: y\r\n\r\n" + kNext);
}

}  // namespace

std::vector<Probe> smugglingProbes() {
  Probes probes;
  addLengths(probes);
  addEncodings(probes);
  addChunks(probes);
  addLines(probes);
  addSound(probes);
  return probes.all;
}

}  // namespace berth::http::testing
