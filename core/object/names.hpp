/// @file
/// Names: what may name an object, a label, a host in DNS.
///
/// Each check answers with nothing when the text is well, and otherwise with the words
/// that Kubernetes uses, to be put after "Invalid value: ...: ".
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace berth {

inline constexpr std::size_t kMaxLabel = 63;
inline constexpr std::size_t kMaxSubdomain = 253;

/// A DNS-1123 label: namespaces, ports, parts of container names.
std::optional<std::string> checkLabelName(std::string_view text);
/// A DNS-1123 subdomain: the names of objects.
std::optional<std::string> checkSubdomain(std::string_view text);
/// "[prefix/]name": keys of labels and annotations, finalizers.
std::optional<std::string> checkQualifiedName(std::string_view text);
/// The value of a label; may be empty.
std::optional<std::string> checkLabelValue(std::string_view text);

/// `text`, or, when it is too long, its beginning and a hash of the whole: at most
/// `maxLength` long, the same text always giving the same name, and different texts
/// different ones.
std::string boundedName(std::string_view text, std::size_t maxLength = kMaxLabel);

}  // namespace berth
