#include "reconcilers/clientdeployment/tar_check.hpp"

#include <algorithm>

namespace berth::clientdeployment {

namespace {

constexpr std::size_t kBlock = 512;
constexpr std::size_t kSizeAt = 124;
constexpr std::size_t kSizeLength = 12;
constexpr std::size_t kSumAt = 148;
constexpr std::size_t kSumLength = 8;

/// Octal digits, or base 256 when the first bit is set; -1 when it is neither.
std::int64_t numberAt(std::string_view field) {
  std::int64_t number = 0;
  if ((static_cast<unsigned char>(field[0]) & 0x80U) != 0) {
    for (const char byte : field.substr(field.size() - 8))
      number = (number << 8) | static_cast<unsigned char>(byte);
    return number;
  }
  for (const char digit : field) {
    if (digit == '\0' || digit == ' ') continue;
    if (digit < '0' || digit > '7') return -1;
    number = number * 8 + (digit - '0');
  }
  return number;
}

std::int64_t sumOf(std::string_view header) {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < header.size(); ++i) {
    const bool own = i >= kSumAt && i < kSumAt + kSumLength;
    sum += own ? ' ' : static_cast<unsigned char>(header[i]);
  }
  return sum;
}

Error broken(const char* why) { return {Reason::Invalid, std::string("the archive ") + why}; }

}  // namespace

Result<> TarCheck::feed(std::string_view bytes) {
  while (!bytes.empty()) {
    if (skip_ > 0) {
      const auto taken = std::min<std::size_t>(static_cast<std::size_t>(skip_), bytes.size());
      skip_ -= static_cast<std::int64_t>(taken);
      bytes.remove_prefix(taken);
      continue;
    }
    const auto taken = std::min(kBlock - header_.size(), bytes.size());
    header_.append(bytes.substr(0, taken));
    bytes.remove_prefix(taken);
    if (header_.size() == kBlock) BERTH_CHECK(takeHeader());
  }
  return Ok{};
}

Result<> TarCheck::finish() const {
  if (skip_ > 0 || !header_.empty() || zeroBlocks_ < 2) return broken("was cut off");
  return Ok{};
}

Result<> TarCheck::takeHeader() {
  const bool zero = std::ranges::all_of(header_, [](char byte) { return byte == '\0'; });
  if (zero) {
    ++zeroBlocks_;
  } else {
    const std::string_view header = header_;
    if (zeroBlocks_ > 0) return broken("goes on after its end");
    if (numberAt(header.substr(kSumAt, kSumLength)) != sumOf(header))
      return broken("has a header with a wrong check sum");
    const auto size = numberAt(header.substr(kSizeAt, kSizeLength));
    if (size < 0) return broken("has a header without a size");
    skip_ = (size + static_cast<std::int64_t>(kBlock) - 1) / static_cast<std::int64_t>(kBlock) *
            static_cast<std::int64_t>(kBlock);
    ++files_;
  }
  header_.clear();
  return Ok{};
}

}  // namespace berth::clientdeployment
