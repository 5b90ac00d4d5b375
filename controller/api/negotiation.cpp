#include "controller/api/negotiation.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <optional>

namespace berth::api {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(
      result, result.begin(), [](unsigned char c) { return char(std::tolower(c)); });
  return result;
}

template <class Use>
void split(std::string_view text, char separator, Use&& use) {
  while (true) {
    const auto end = text.find(separator);
    use(trimmed(text.substr(0, end)));
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

MediaRange parseRange(std::string_view text) {
  MediaRange range;
  split(text, ';', [&](std::string_view part) {
    if (range.type.empty()) {
      range.type = lower(part);
      return;
    }
    const auto sign = part.find('=');
    const auto name = lower(part.substr(0, sign));
    std::string value(
        sign == std::string_view::npos ? std::string_view() : trimmed(part.substr(sign + 1)));
    if (name == "q") {
      range.quality = std::strtod(value.c_str(), nullptr);
    } else {
      range.params.emplace_back(name, std::move(value));
    }
  });
  return range;
}

std::optional<Form> formOf(const MediaRange& range) {
  const auto as = range.param("as");
  if (as.empty()) return Form::Whole;
  if (range.param("g") != "meta.k8s.io" || range.param("v") != "v1") return std::nullopt;
  if (as == "Table") return Form::Table;
  if (as == "PartialObjectMetadata") return Form::Metadata;
  if (as == "PartialObjectMetadataList") return Form::MetadataList;
  return std::nullopt;
}

}  // namespace

std::string MediaRange::param(std::string_view name) const {
  const auto found = std::ranges::find(params, name, &std::pair<std::string, std::string>::first);
  return found == params.end() ? std::string() : found->second;
}

std::vector<MediaRange> parseAccept(std::string_view accept) {
  std::vector<MediaRange> ranges;
  split(accept, ',', [&](std::string_view part) {
    if (!part.empty()) ranges.push_back(parseRange(part));
  });
  std::erase_if(ranges, [](const MediaRange& range) { return range.quality <= 0; });
  std::ranges::stable_sort(ranges, std::greater{}, &MediaRange::quality);
  return ranges;
}

Result<Negotiated> negotiate(std::string_view accept, bool pretty) {
  if (trimmed(accept).empty()) return Negotiated{.pretty = pretty};
  for (const auto& range : parseAccept(accept)) {
    const bool json =
        range.type == "application/json" || range.type == "*/*" || range.type == "application/*";
    const bool yaml = range.type == "application/yaml";
    const auto form = formOf(range);
    if ((json || yaml) && form) return Negotiated{.form = *form, .yaml = yaml, .pretty = pretty};
  }
  return Error{
      Reason::NotAcceptable,
      "only the following media types are accepted: application/json, application/yaml"};
}

Error unsupportedMediaType(std::string_view accepted) {
  return {
      Reason::UnsupportedMediaType,
      "the body of the request was in an unknown format - accepted media types include: " +
          std::string(accepted)};
}

Result<BodyFormat> bodyFormat(std::string_view contentType) {
  const auto type = lower(trimmed(contentType.substr(0, contentType.find(';'))));
  if (type.empty() || type == "application/json" || type == "text/json") return BodyFormat::Json;
  if (type == "application/yaml" || type == "application/x-yaml" || type == "text/yaml")
    return BodyFormat::Yaml;
  if (type == "application/vnd.kubernetes.protobuf") return BodyFormat::Protobuf;
  if (type == "application/json-patch+json") return BodyFormat::JsonPatch;
  if (type == "application/merge-patch+json") return BodyFormat::MergePatch;
  if (type == "application/strategic-merge-patch+json") return BodyFormat::StrategicPatch;
  if (type == "application/apply-patch+yaml") return BodyFormat::ApplyPatch;
  return unsupportedMediaType("application/json, application/yaml");
}

}  // namespace berth::api
