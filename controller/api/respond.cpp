#include "controller/api/respond.hpp"

#include "controller/api/table.hpp"
#include "controller/api/view.hpp"
#include "core/yaml/yaml.hpp"

namespace berth::api {
namespace {

constexpr const char* kJson = "application/json";

Json listMetadata(const ListPage& page) {
  Json metadata = {{"resourceVersion", std::to_string(page.revision)}};
  if (!page.continueToken.empty()) metadata["continue"] = page.continueToken;
  if (page.remaining && *page.remaining > 0) metadata["remainingItemCount"] = *page.remaining;
  return metadata;
}

/// Objects, pieces of text around them, and what keeps both alive.
struct ListBody {
  std::string head;
  std::vector<store::StoredObjectPtr> objects;
};

}  // namespace

http::Response textResponse(int status, std::string text) {
  http::Response response{.status = status, .body = std::move(text)};
  response.headers.set("Content-Type", "text/plain; charset=utf-8");
  return response;
}

http::Response documentResponse(int status, const Json& document, const Negotiated& wanted) {
  http::Response response{.status = status};
  response.headers.set("Content-Type", wanted.yaml ? "application/yaml" : kJson);
  if (wanted.yaml) {
    response.body = toYaml(document);
  } else {
    response.body = (wanted.pretty ? prettyJson(document) : dumpJson(document)) + "\n";
  }
  return response;
}

http::Response jsonResponse(int status, std::string json, const Negotiated& wanted) {
  if (wanted.yaml || wanted.pretty) return documentResponse(status, parseOwnJson(json), wanted);
  http::Response response{.status = status, .body = std::move(json) + "\n"};
  response.headers.set("Content-Type", kJson);
  return response;
}

http::Response objectResponse(
    int status, const store::StoredObjectPtr& object, const Answer& answer) {
  const auto& wanted = answer.wanted;
  std::string buffer;
  if (wanted.form == Form::Table) {
    Table table(answer.kind, answer.now, answer.includeObject);
    table.add(servedBytes(answer.kind, *object, buffer));
    return jsonResponse(
        status, table.text({{"resourceVersion", std::to_string(object->revision)}}), wanted);
  }
  if (wanted.form == Form::Metadata)
    return jsonResponse(status, metadataText(servedBytes(answer.kind, *object, buffer)), wanted);
  if (wanted.yaml || wanted.pretty || answer.kind.view)
    return documentResponse(status, servedDocument(answer.kind, *object), wanted);
  http::Response response{.status = status, .pieces = {object->bytes, "\n"}, .keep = object};
  response.headers.set("Content-Type", kJson);
  return response;
}

namespace {

http::Response wholeList(ListPage page, const Answer& answer) {
  auto body = std::make_shared<ListBody>();
  const auto& kind = answer.kind;
  body->head = R"({"kind":)" + dumpJson(kind.definition->names.listKind) + R"(,"apiVersion":)" +
               dumpJson(kind.type.apiVersion()) + R"(,"metadata":)" + dumpJson(listMetadata(page)) +
               R"(,"items":[)";
  body->objects = std::move(page.objects);
  http::Response response;
  response.headers.set("Content-Type", kJson);
  response.pieces.reserve(body->objects.size() * 2 + 2);
  response.pieces.emplace_back(body->head);
  for (const auto& object : body->objects) {
    if (object != body->objects.front()) response.pieces.emplace_back(",");
    response.pieces.emplace_back(object->bytes);
  }
  response.pieces.emplace_back("]}\n");
  response.keep = std::move(body);
  return response;
}

std::string tableList(const ListPage& page, const Answer& answer) {
  Table table(answer.kind, answer.now, answer.includeObject);
  std::size_t bytes = 0;
  for (const auto& object : page.objects) bytes += object->bytes.size();
  table.reserve(bytes);  // what the cells add is less than what a row leaves out
  std::string buffer;
  for (const auto& object : page.objects) table.add(servedBytes(answer.kind, *object, buffer));
  return table.text(listMetadata(page));
}

std::string itemList(const ListPage& page, const Answer& answer) {
  const bool metadata = answer.wanted.form == Form::MetadataList;
  std::string items;
  std::string buffer;
  for (const auto& object : page.objects) {
    if (!items.empty()) items += ',';
    const auto bytes = servedBytes(answer.kind, *object, buffer);
    items += metadata ? metadataText(bytes) : std::string(bytes);
  }
  const auto listKind =
      metadata ? "PartialObjectMetadataList" : answer.kind.definition->names.listKind;
  const auto apiVersion = metadata ? "meta.k8s.io/v1" : answer.kind.type.apiVersion();
  return R"({"kind":)" + dumpJson(listKind) + R"(,"apiVersion":)" + dumpJson(apiVersion) +
         R"(,"metadata":)" + dumpJson(listMetadata(page)) + R"(,"items":[)" + items + "]}";
}

}  // namespace

http::Response listResponse(ListPage page, const Answer& answer) {
  const auto& wanted = answer.wanted;
  if (wanted.form == Form::Table) return jsonResponse(200, tableList(page, answer), wanted);
  if (wanted.form == Form::Whole && !wanted.yaml && !wanted.pretty && !answer.kind.view)
    return wholeList(std::move(page), answer);
  return jsonResponse(200, itemList(page, answer), wanted);
}

http::Response errorResponse(const Error& error, const StatusDetails& details) {
  auto response = documentResponse(httpCode(error.reason), failureStatus(error, details));
  if (error.retryAfterSeconds)
    response.headers.set("Retry-After", std::to_string(*error.retryAfterSeconds));
  if (error.reason == Reason::Unauthorized)
    response.headers.set("WWW-Authenticate", "Bearer realm=\"berth\"");
  return response;
}

void addWarnings(http::Response& response, const std::vector<std::string>& warnings) {
  for (const auto& warning : warnings) {
    std::string quoted;
    for (const char c : warning) {
      if (c == '"' || c == '\\') quoted += '\\';
      quoted += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
    response.headers.add("Warning", "299 - \"" + quoted + '"');
  }
}

}  // namespace berth::api
