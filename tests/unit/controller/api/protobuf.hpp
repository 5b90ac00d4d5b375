/// @file
/// The bytes that kubectl sends as application/vnd.kubernetes.protobuf.
#pragma once

#include <string>

namespace berth::api {

/// A field of at most 127 bytes.
inline std::string field(int number, const std::string& bytes) {
  const int tag = number << 3 | 2;
  const auto start =
      tag < 128 ? std::string{char(tag)} : std::string{char(tag | 128), char(tag >> 7)};
  return start + char(bytes.size()) + bytes;
}

inline std::string protobuf(
    const std::string& apiVersion, const std::string& kind, const std::string& object) {
  return std::string("k8s\0", 4) + field(1, field(1, apiVersion) + field(2, kind)) +
         field(2, object);
}

}  // namespace berth::api
