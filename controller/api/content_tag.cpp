#include "controller/api/content_tag.hpp"

#include <cstdint>

namespace berth::api {

// FNV-1a: the bytes are our own, so that nobody looks for collisions.
std::string contentTag(std::string_view bytes) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : bytes) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 1099511628211ULL;
  }
  constexpr const char* kDigits = "0123456789ABCDEF";
  std::string text;
  for (int shift = 60; shift >= 0; shift -= 4) text += kDigits[hash >> unsigned(shift) & 15U];
  return text;
}

bool hasTag(const http::Request& request, const std::string& tag) {
  const auto wanted = request.headers.get("If-None-Match");
  return wanted == "*" || wanted.find('"' + tag + '"') != std::string_view::npos;
}

}  // namespace berth::api
