#include "controller/api/paging.hpp"

#include "controller/api/status.hpp"
#include "core/crypto/encoding.hpp"

namespace berth::api {

std::string ContinueToken::text() const {
  Json document = {{"v", 1}, {"rv", revision}, {"ns", after.namespaceName}, {"name", after.name}};
  if (remaining) document["rest"] = *remaining;
  return toBase64Url(dumpJson(document));
}

Result<ContinueToken> ContinueToken::parse(const std::string& text) {
  const auto bytes = fromBase64Url(text);
  const auto parsed = bytes ? parseJson(*bytes) : Result<ParsedJson>(badRequest({}));
  if (!parsed || integerAt(parsed->document, "v") != 1 ||
      stringAt(parsed->document, "name").empty())
    return badRequest("continue key is not valid: invalid continue token: " + text);
  const auto& document = parsed->document;
  ContinueToken token{
      .revision = integerAt(document, "rv"),
      .after = {stringAt(document, "ns"), stringAt(document, "name")}};
  const auto remaining = integerAt(document, "rest", -1);
  if (remaining >= 0) token.remaining = std::size_t(remaining);
  return token;
}

}  // namespace berth::api
