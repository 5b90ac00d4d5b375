#include "core/json/json.hpp"

template class nlohmann::basic_json<>;

namespace berth {
std::string dumpJson(const Json& document) {
  return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string prettyJson(const Json& document) {
  return document.dump(2, ' ', false, Json::error_handler_t::replace);
}

const Json* findPath(const Json& document, std::string_view path) {
  const Json* node = &document;
  while (!path.empty()) {
    const auto dot = path.find('.');
    const auto name = path.substr(0, dot);
    if (!node->is_object()) return nullptr;
    const auto found = node->find(name);
    if (found == node->end()) return nullptr;
    node = &*found;
    path = dot == std::string_view::npos ? std::string_view{} : path.substr(dot + 1);
  }
  return node;
}

std::string stringAt(const Json& document, std::string_view path) {
  const Json* node = findPath(document, path);
  return node && node->is_string() ? node->get<std::string>() : std::string();
}

std::int64_t integerAt(const Json& document, std::string_view path, std::int64_t fallback) {
  const Json* node = findPath(document, path);
  return node && node->is_number_integer() ? node->get<std::int64_t>() : fallback;
}

}  // namespace berth
