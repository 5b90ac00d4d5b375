#include "tests/support/tenant/digest.hpp"

#include <array>
#include <bit>
#include <cstdint>

namespace berth::tenant {
namespace {

using Word = std::uint32_t;

constexpr std::array<Word, 64> kRound256 = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

/// Both digests pad alike: a one bit, zeros, the length in bits.
std::string padded(std::string_view text) {
  std::string out(text);
  out += '\x80';
  while (out.size() % 64 != 56) out += '\0';
  const std::uint64_t bits = text.size() * 8;
  for (int shift = 56; shift >= 0; shift -= 8)
    out += static_cast<char>(bits >> static_cast<unsigned>(shift));
  return out;
}

Word wordAt(std::string_view bytes, std::size_t at) {
  Word word = 0;
  for (std::size_t i = 0; i < 4; ++i)
    word = (word << 8U) | static_cast<unsigned char>(bytes[at + i]);
  return word;
}

template <std::size_t N>
std::string bytesOf(const std::array<Word, N>& words) {
  std::string out;
  for (const Word word : words)
    for (int shift = 24; shift >= 0; shift -= 8)
      out += static_cast<char>(word >> static_cast<unsigned>(shift));
  return out;
}

void absorb1(std::array<Word, 5>& h, std::string_view block) {
  std::array<Word, 80> w{};
  for (std::size_t i = 0; i < 16; ++i) w[i] = wordAt(block, i * 4);
  for (std::size_t i = 16; i < 80; ++i)
    w[i] = std::rotl(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
  auto [a, b, c, d, e] = h;
  for (std::size_t i = 0; i < 80; ++i) {
    Word f = b ^ c ^ d;
    Word k = i < 40 ? 0x6ed9eba1 : 0xca62c1d6;
    if (i < 20) {
      f = (b & c) | (~b & d);
      k = 0x5a827999;
    } else if (i >= 40 && i < 60) {
      f = (b & c) | (b & d) | (c & d);
      k = 0x8f1bbcdc;
    }
    const Word next = std::rotl(a, 5) + f + e + k + w[i];
    e = d;
    d = c;
    c = std::rotl(b, 30);
    b = a;
    a = next;
  }
  const std::array<Word, 5> sums{a, b, c, d, e};
  for (std::size_t i = 0; i < 5; ++i) h[i] += sums[i];
}

void absorb256(std::array<Word, 8>& h, std::string_view block) {
  std::array<Word, 64> w{};
  for (std::size_t i = 0; i < 16; ++i) w[i] = wordAt(block, i * 4);
  for (std::size_t i = 16; i < 64; ++i) {
    const Word s0 = std::rotr(w[i - 15], 7) ^ std::rotr(w[i - 15], 18) ^ (w[i - 15] >> 3U);
    const Word s1 = std::rotr(w[i - 2], 17) ^ std::rotr(w[i - 2], 19) ^ (w[i - 2] >> 10U);
    w[i] = w[i - 16] + s0 + w[i - 7] + s1;
  }
  auto v = h;
  for (std::size_t i = 0; i < 64; ++i) {
    const Word s1 = std::rotr(v[4], 6) ^ std::rotr(v[4], 11) ^ std::rotr(v[4], 25);
    const Word choice = (v[4] & v[5]) ^ (~v[4] & v[6]);
    const Word first = v[7] + s1 + choice + kRound256[i] + w[i];
    const Word s0 = std::rotr(v[0], 2) ^ std::rotr(v[0], 13) ^ std::rotr(v[0], 22);
    const Word majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);
    v = {first + s0 + majority, v[0], v[1], v[2], v[3] + first, v[4], v[5], v[6]};
  }
  for (std::size_t i = 0; i < 8; ++i) h[i] += v[i];
}

}  // namespace

std::string sha1(std::string_view text) {
  std::array<Word, 5> h{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
  const auto bytes = padded(text);
  for (std::size_t at = 0; at < bytes.size(); at += 64)
    absorb1(h, std::string_view(bytes).substr(at, 64));
  return bytesOf(h);
}

std::string sha256Hex(std::string_view text) {
  std::array<Word, 8> h{
      0x6a09e667,
      0xbb67ae85,
      0x3c6ef372,
      0xa54ff53a,
      0x510e527f,
      0x9b05688c,
      0x1f83d9ab,
      0x5be0cd19};
  const auto bytes = padded(text);
  for (std::size_t at = 0; at < bytes.size(); at += 64)
    absorb256(h, std::string_view(bytes).substr(at, 64));
  std::string out;
  for (const char byte : bytesOf(h)) {
    out += "0123456789abcdef"[static_cast<unsigned char>(byte) >> 4U];
    out += "0123456789abcdef"[static_cast<unsigned char>(byte) & 15U];
  }
  return out;
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    Word group = 0;
    for (std::size_t i = 0; i < 3; ++i)
      group =
          (group << 8U) | (at + i < bytes.size() ? static_cast<unsigned char>(bytes[at + i]) : 0U);
    for (std::size_t i = 0; i < 4; ++i)
      out += at + i > bytes.size() ? '=' : kLetters[(group >> (18U - 6U * i)) & 63U];
  }
  return out;
}

}  // namespace berth::tenant
