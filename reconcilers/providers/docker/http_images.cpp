#include "reconcilers/providers/docker/fault.hpp"
#include "reconcilers/providers/docker/http_roles.hpp"
#include "reconcilers/providers/docker/wire_answer.hpp"
#include "reconcilers/providers/docker/wire_error.hpp"
#include "reconcilers/providers/docker/wire_request.hpp"
#include "reconcilers/providers/docker/wire_stream.hpp"

namespace berth::docker {
namespace {

constexpr std::size_t kMostTar = std::size_t{1} << 30U;

http::Headers authHeader(const std::optional<RegistryAuth>& auth) {
  if (!auth) return {};
  return {{"X-Registry-Auth", encodeAuth(*auth)}};
}

/// A pull whose stream broke off: the layers that are here stay, and it goes on there
/// the next time.
Error brokenPull(const std::string& what, const Error& error) {
  return makeFault(Reason::ServiceUnavailable, fault::kPullFailed, what + ": " + error.message);
}

}  // namespace

Result<std::string> gather(const ByteSource& source) {
  std::string all;
  for (;;) {
    BERTH_TRY(const auto piece, source());
    if (piece.empty()) return all;
    all += piece;
    if (all.size() > kMostTar)
      return Error{Reason::RequestEntityTooLarge, "the tar has more than 1 GiB"};
  }
}

Result<ImageState> HttpImages::inspect(const Context& context, const std::string& image) {
  const ApiCall call{"inspect image " + image, "GET", apiPath({"images", image, "json"})};
  BERTH_TRY(const auto json, api_.json(context, call));
  return decodeImage(json);
}

Result<ImageState> HttpImages::pull(const Context& context, const PullSpec& spec) {
  BERTH_TRY(const auto reference, parseImageReference(spec.image));
  // Without a tag the engine pulls every one that there is.
  const ApiCall call{
      .what = "pull " + spec.image,
      .method = "POST",
      .path = "/images/create",
      .parameters =
          {{"fromImage", reference.repository},
           {"tag", reference.digest.empty() ? reference.tag : reference.digest}},
      .headers = authHeader(spec.auth)};
  BERTH_TRY(auto answer, api_.streamAny(context, call));
  if (answer.head.status >= 400) {
    BERTH_TRY(const auto body, readAll(context, *answer.body));
    return decodePullError(call.what, body);
  }
  LineReader lines;
  PullReader reader;
  for (;;) {
    auto piece = answer.body->read(context);
    if (!piece) return brokenPull(call.what, piece.error());
    if (!*piece) break;
    BERTH_TRY(const auto documents, lines.feed(**piece));
    for (const auto& line : documents)
      if (const auto fine = reader.feed(line); !fine)
        return decodePullError(call.what, fine.error().message);
    if (spec.progress) spec.progress(reader.progress());
  }
  return inspect(context, reference.text());
}

Result<std::string> HttpImages::remoteDigest(
    const Context& context, const std::string& image, const std::optional<RegistryAuth>& auth) {
  BERTH_TRY(const auto reference, parseImageReference(image));
  const ApiCall call{
      .what = "look up " + image,
      .path = apiPath({"distribution", reference.text(), "json"}),
      .headers = authHeader(auth)};
  BERTH_TRY(const auto answer, api_.send(context, call));
  if (answer.status >= 400) return decodePullError(call.what, answer.body);
  BERTH_TRY(const auto parsed, parseJson(answer.body));
  return requireString(parsed.document, "Descriptor.digest");
}

Result<ImageState> HttpImages::importTar(
    const Context& context,
    const std::string& image,
    const std::vector<std::string>& changes,
    const ByteSource& tar) {
  BERTH_TRY(const auto reference, parseImageReference(image));
  ApiCall call{
      .what = "import " + image,
      .method = "POST",
      .path = "/images/create",
      .parameters = {{"fromSrc", "-"}, {"repo", reference.repository}, {"tag", reference.tag}},
      .contentType = "application/x-tar"};
  for (const auto& change : changes) call.parameters.emplace_back("changes", change);
  BERTH_TRY(call.body, gather(tar));
  BERTH_TRY(const auto answer, api_.must(context, call));
  LineReader lines;
  PullReader reader;
  BERTH_TRY(const auto documents, lines.feed(answer.body + "\n"));
  for (const auto& line : documents)
    if (const auto fine = reader.feed(line); !fine)
      return decodePullError(call.what, fine.error().message);
  return inspect(context, reference.text());
}

Result<> HttpImages::remove(const Context& context, const std::string& image) {
  const ApiCall call{"remove image " + image, "DELETE", apiPath({"images", image})};
  BERTH_TRY(const auto answer, api_.send(context, call));
  if (answer.status < 400 || answer.status == 404) return Ok{};
  return decodeError(call.what, answer.status, answer.body);
}

}  // namespace berth::docker
