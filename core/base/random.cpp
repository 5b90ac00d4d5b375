#include "core/base/random.hpp"

#include <sys/random.h>

#include "core/base/result.hpp"

namespace berth {
namespace {

constexpr const char* kHex = "0123456789abcdef";

}  // namespace

std::uint64_t SystemRandom::next() {
  std::uint64_t value = 0;
  BERTH_ASSERT(::getrandom(&value, sizeof value, 0) == ssize_t(sizeof value));
  return value;
}

std::uint64_t below(Random& random, std::uint64_t bound) {
  if (bound == 0) return 0;
  const std::uint64_t limit = UINT64_MAX - UINT64_MAX % bound;
  std::uint64_t value = random.next();
  while (value >= limit) value = random.next();
  return value % bound;
}

double unit(Random& random) { return double(random.next() >> 11) * 0x1.0p-53; }

std::string randomHex(Random& random, std::size_t bytes) {
  std::string text;
  text.reserve(bytes * 2);
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < bytes; ++i, bits >>= 8) {
    if (i % 8 == 0) bits = random.next();
    text += kHex[(bits >> 4) & 15];
    text += kHex[bits & 15];
  }
  return text;
}

std::string makeUuid(Random& random) {
  std::string hex = randomHex(random, 16);
  hex[12] = '4';
  hex[16] = kHex[8 + below(random, 4)];
  for (const std::size_t at : {8U, 13U, 18U, 23U}) hex.insert(at, 1, '-');
  return hex;
}

std::string randomSuffix(Random& random, std::size_t count) {
  static constexpr std::string_view kAlphabet = "bcdfghjklmnpqrstvwxz2456789";
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += kAlphabet[below(random, kAlphabet.size())];
  return text;
}

}  // namespace berth
