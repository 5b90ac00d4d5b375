#include "core/http/gzip.hpp"

#include <gmock/gmock.h>
#include <zlib.h>

namespace berth::http {
namespace {

std::string inflated(const std::string& bytes) {
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  std::string text(bytes.size() * 1000 + 1000, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(text.data());
  stream.avail_out = static_cast<uInt>(text.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  text.resize(stream.total_out);
  inflateEnd(&stream);
  return text;
}

TEST(GzipTest, IsTakenByWhoSaysSo) {
  for (const auto* value : {"gzip", "GZip", "deflate, gzip", " gzip ;q=0.5, *", "gzip;q=1"})
    EXPECT_TRUE(acceptsGzip(value)) << value;
  for (const auto* value : {"", "deflate", "xgzip", "gzip;q=0", "gzip; q=0.00", "*", "identity"})
    EXPECT_FALSE(acceptsGzip(value)) << value;
}

TEST(GzipTest, KeepsTheBodyAndThePiecesBehindIt) {
  const auto kept = std::make_shared<const std::string>(300'000, 'p');
  Response response{.body = "[", .keep = kept};
  for (int i = 0; i < 3; ++i) response.pieces.emplace_back(*kept);
  response.pieces.emplace_back("]");

  compressBody(response);

  EXPECT_EQ(inflated(response.body), "[" + *kept + *kept + *kept + "]");
  EXPECT_THAT(response.pieces, testing::IsEmpty());
  EXPECT_LT(response.body.size(), 10'000U);
  EXPECT_EQ(response.headers.get("Content-Encoding"), "gzip");
}

TEST(GzipTest, TakesWhatCannotBeMadeSmaller) {
  std::string noise;
  std::uint32_t state = 1;
  for (int i = 0; i < 200'000; ++i) {
    state = state * 1664525 + 1013904223;
    noise += static_cast<char>(state >> 24U);
  }
  Response response{.body = noise};

  compressBody(response);

  EXPECT_EQ(inflated(response.body), noise);
}

}  // namespace
}  // namespace berth::http
