#include "core/http/gzip.hpp"

#include <algorithm>
#include <cctype>

#include <zlib.h>

namespace berth::http {

namespace {

constexpr int kLevel = 1;             // kube-apiserver's: three times as quick as the usual 6
constexpr int kGzipWindow = 15 + 16;  // 32 kB, with gzip's header and not zlib's
constexpr int kMemory = 8;
constexpr std::size_t kStep = 64 * 1024;

/// A stream of zlib, appending to a text.
class Deflater {
 public:
  Deflater() {
    good_ = deflateInit2(&stream_, kLevel, Z_DEFLATED, kGzipWindow, kMemory, Z_DEFAULT_STRATEGY) ==
            Z_OK;
  }
  ~Deflater() { deflateEnd(&stream_); }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;

  [[nodiscard]] bool good() const { return good_; }

  void add(std::string_view bytes) {
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(bytes.size());
    run(Z_NO_FLUSH);
  }
  std::string finish() {
    run(Z_FINISH);
    out_.resize(used_);
    return std::move(out_);
  }

 private:
  void run(int flush) {
    do {
      if (out_.size() - used_ < kStep) out_.resize(std::max(out_.size() * 2, 2 * kStep));
      const auto free = out_.size() - used_;
      stream_.next_out = reinterpret_cast<Bytef*>(out_.data() + used_);
      stream_.avail_out = static_cast<uInt>(free);
      deflate(&stream_, flush);
      used_ += free - stream_.avail_out;
    } while (stream_.avail_out == 0);
  }

  z_stream stream_{};
  bool good_ = false;
  std::string out_;
  std::size_t used_ = 0;
};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool sameWord(std::string_view text, std::string_view lower) {
  return std::equal(
      text.begin(), text.end(), lower.begin(), lower.end(), [](unsigned char a, unsigned char b) {
        return std::tolower(a) == b;
      });
}

/// "q=0", "q=0.000".
bool isNever(std::string_view parameter) {
  parameter = trimmed(parameter);
  if (parameter.size() < 3 || !sameWord(parameter.substr(0, 2), "q=")) return false;
  return parameter.find_first_not_of("0.", 2) == std::string_view::npos;
}

}  // namespace

bool acceptsGzip(std::string_view acceptEncoding) {
  while (!acceptEncoding.empty()) {
    const auto end = std::min(acceptEncoding.find(','), acceptEncoding.size());
    const auto item = acceptEncoding.substr(0, end);
    acceptEncoding.remove_prefix(std::min(end + 1, acceptEncoding.size()));
    const auto mark = std::min(item.find(';'), item.size());
    if (sameWord(trimmed(item.substr(0, mark)), "gzip"))
      return !isNever(item.substr(std::min(mark + 1, item.size())));
  }
  return false;
}

void compressBody(Response& response) {
  Deflater deflater;
  if (!deflater.good()) return;  // out of memory: it goes as it is
  deflater.add(response.body);
  for (const auto& piece : response.pieces) deflater.add(piece);
  response.body = deflater.finish();
  response.pieces.clear();
  response.keep = nullptr;
  response.headers.set("Content-Encoding", "gzip");
}

}  // namespace berth::http
