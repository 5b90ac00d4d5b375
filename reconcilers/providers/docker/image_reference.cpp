#include <algorithm>
#include <cctype>

#include "reconcilers/providers/docker/images.hpp"

namespace berth::docker {
namespace {

bool isLowerOrDigit(char letter) {
  return (letter >= 'a' && letter <= 'z') || std::isdigit(static_cast<unsigned char>(letter)) != 0;
}

bool isTag(const std::string& tag) {
  const auto fits = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '-';
  };
  return !tag.empty() && tag.size() <= 128 && tag[0] != '.' && tag[0] != '-' &&
         std::all_of(tag.begin(), tag.end(), fits);
}

bool isDigest(const std::string& digest) {
  constexpr std::string_view kPrefix = "sha256:";
  return digest.starts_with(kPrefix) && digest.size() == kPrefix.size() + 64 &&
         std::all_of(digest.begin() + kPrefix.size(), digest.end(), [](char c) {
           return std::isdigit(static_cast<unsigned char>(c)) != 0 || (c >= 'a' && c <= 'f');
         });
}

/// One component of a repository's path: lower case, separators inside only.
bool isComponent(const std::string& part) {
  return !part.empty() && isLowerOrDigit(part.front()) && isLowerOrDigit(part.back()) &&
         std::all_of(part.begin(), part.end(), [](char c) {
           return isLowerOrDigit(c) || c == '.' || c == '_' || c == '-';
         });
}

bool isHost(const std::string& part) {
  return part == "localhost" || part.find_first_of(".:") != std::string::npos;
}

bool isRepository(const std::string& repository) {
  std::string rest = repository;
  const auto slash = rest.find('/');
  if (slash != std::string::npos && isHost(rest.substr(0, slash))) {
    const bool clean =
        std::all_of(rest.begin(), rest.begin() + static_cast<long>(slash), [](char c) {
          return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == ':' ||
                 c == '-';
        });
    if (!clean || slash == 0) return false;
    rest.erase(0, slash + 1);
  }
  for (std::size_t from = 0; from <= rest.size();) {
    const auto to = std::min(rest.find('/', from), rest.size());
    if (!isComponent(rest.substr(from, to - from))) return false;
    from = to + 1;
  }
  return repository.size() <= 255;
}

}  // namespace

std::string ImageReference::text() const {
  return digest.empty() ? repository + ":" + tag : repository + "@" + digest;
}

Result<ImageReference> parseImageReference(const std::string& text) {
  ImageReference reference;
  std::string rest = text;
  if (const auto at = rest.find('@'); at != std::string::npos) {
    reference.digest = rest.substr(at + 1);
    rest.erase(at);
    if (!isDigest(reference.digest))
      return Error{
          Reason::Invalid, "image " + text + ": a digest is sha256: and 64 hexadecimal digits"};
  }
  const auto colon = rest.rfind(':');
  const auto slash = rest.rfind('/');
  if (colon != std::string::npos && (slash == std::string::npos || colon > slash)) {
    reference.tag = rest.substr(colon + 1);
    rest.erase(colon);
    if (!isTag(reference.tag))
      return Error{Reason::Invalid, "image " + text + ": " + reference.tag + " is not a tag"};
  }
  if (reference.tag.empty() && reference.digest.empty()) reference.tag = "latest";
  if (!isRepository(rest))
    return Error{
        Reason::Invalid,
        "image " + text + ": the repository must be lower case, such as " +
            "ghcr.io/open-webui/open-webui"};
  reference.repository = std::move(rest);
  return reference;
}

}  // namespace berth::docker
