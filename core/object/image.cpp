#include "core/object/image.hpp"

#include <algorithm>
#include <cstddef>

namespace berth {
namespace {

constexpr std::size_t kMaxName = 255;
constexpr std::size_t kMaxTag = 128;
constexpr std::size_t kSha256Digits = 64;

bool isLowerOrDigit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool isWord(char c) { return isLowerOrDigit(c) || (c >= 'A' && c <= 'Z') || c == '_'; }

Error wrong(std::string_view text, const std::string& problem) {
  return {
      Reason::Invalid,
      "image \"" + std::string(text.substr(0, kMaxName)) + "\": " + problem +
          "; expected something like ghcr.io/open-webui/open-webui:v0.6.5"};
}

/// Lower case letters and digits, divided by one ".", one or two "_", or dashes.
bool isPathPart(std::string_view part) {
  if (part.empty() || !isLowerOrDigit(part.front()) || !isLowerOrDigit(part.back())) return false;
  if (part.find("..") != part.npos || part.find("___") != part.npos) return false;
  return std::ranges::all_of(
      part, [](char c) { return isLowerOrDigit(c) || c == '.' || c == '_' || c == '-'; });
}

bool isTag(std::string_view tag) {
  return !tag.empty() && tag.size() <= kMaxTag && isWord(tag.front()) &&
         std::ranges::all_of(tag, [](char c) { return isWord(c) || c == '.' || c == '-'; });
}

bool isDigest(std::string_view digest) {
  constexpr std::string_view kAlgorithm = "sha256:";
  if (!digest.starts_with(kAlgorithm)) return false;
  digest.remove_prefix(kAlgorithm.size());
  return digest.size() == kSha256Digits && std::ranges::all_of(digest, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

bool isRegistry(std::string_view host) {
  const auto colon = host.rfind(':');
  if (colon != host.npos) {
    const auto port = host.substr(colon + 1);
    if (port.empty() || port.size() > 5 || port.find_first_not_of("0123456789") != port.npos)
      return false;
    host = host.substr(0, colon);
  }
  return !host.empty() && isWord(host.front()) && isWord(host.back()) &&
         std::ranges::all_of(host, [](char c) { return isWord(c) || c == '.' || c == '-'; });
}

/// Whether the first part of a name with slashes is a host, by Docker's rule.
bool looksLikeHost(std::string_view part) {
  return part == "localhost" || part.find_first_of(".:") != part.npos;
}

bool isRepository(std::string_view path) {
  while (true) {
    const auto slash = path.find('/');
    if (!isPathPart(path.substr(0, slash))) return false;
    if (slash == path.npos) return true;
    path.remove_prefix(slash + 1);
  }
}

}  // namespace

std::string ImageReference::text() const {
  return registry + "/" + repository + (tag.empty() ? "" : ":" + tag) +
         (digest.empty() ? "" : "@" + digest);
}

Result<ImageReference> parseImage(std::string_view text) {
  if (text.empty()) return wrong(text, "it is empty");
  ImageReference image;
  auto name = text;
  if (const auto at = name.find('@'); at != name.npos) {
    image.digest = name.substr(at + 1);
    if (!isDigest(image.digest)) return wrong(text, "the digest is not sha256: and 64 hex digits");
    name = name.substr(0, at);
  }
  const auto slash = name.rfind('/');
  if (const auto colon = name.rfind(':');
      colon != name.npos && (slash == name.npos || colon > slash)) {
    image.tag = name.substr(colon + 1);
    if (!isTag(image.tag)) return wrong(text, "the tag is empty, too long or has odd characters");
    name = name.substr(0, colon);
  }
  image.registry = "docker.io";
  const auto first = name.find('/');
  if (first != name.npos && looksLikeHost(name.substr(0, first))) {
    image.registry = name.substr(0, first);
    name.remove_prefix(first + 1);
    if (!isRegistry(image.registry)) return wrong(text, "the registry is not host[:port]");
  } else if (first == name.npos) {
    image.repository = "library/";
  }
  if (name.empty()) return wrong(text, "it has no name");
  if (!isRepository(name)) return wrong(text, "a name is lower case letters, digits, . _ - and /");
  image.repository += name;
  if (image.repository.size() > kMaxName) return wrong(text, "the name is too long");
  if (image.tag.empty() && image.digest.empty()) image.tag = "latest";
  return image;
}

}  // namespace berth
