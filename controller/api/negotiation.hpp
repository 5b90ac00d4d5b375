/// @file
/// Content negotiation: in which form an answer is wanted, and in which one a
/// body comes.
#pragma once

#include <string_view>

#include "core/base/result.hpp"
#include "core/http/http.hpp"
#include "core/json/json.hpp"

namespace berth::api {

/// What an object is turned into on the way out.
enum class Form { Whole, Table, Metadata, MetadataList };

struct Negotiated {
  Form form = Form::Whole;
  bool yaml = false;
  bool pretty = false;
};

/// Takes the first entry of Accept, in order of preference, that can be served;
/// none or `*/*` is JSON.  NotAcceptable when nothing can be.
Result<Negotiated> negotiate(std::string_view accept, bool pretty);

enum class BodyFormat { Json, Yaml, Protobuf, JsonPatch, MergePatch, StrategicPatch, ApplyPatch };

/// UnsupportedMediaType for an unknown type; none is JSON.
Result<BodyFormat> bodyFormat(std::string_view contentType);
/// 415 in the server's words.
Error unsupportedMediaType(std::string_view accepted);

/// One media range of an Accept header: "application/json;as=Table;g=meta.k8s.io".
struct MediaRange {
  std::string type;                                         // lower case
  std::vector<std::pair<std::string, std::string>> params;  // without q
  double quality = 1;

  /// "" when absent.
  [[nodiscard]] std::string param(std::string_view name) const;
};
/// In order of preference; those of quality 0 are left out.
std::vector<MediaRange> parseAccept(std::string_view accept);

}  // namespace berth::api
