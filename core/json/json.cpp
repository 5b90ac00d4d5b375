#include "core/json/json.hpp"

#include <set>

template class nlohmann::basic_json<>;

namespace berth {
namespace {

/// Builds the document while it counts the depth and remembers repeated keys.
/// A parser that is handed 200,000 opening brackets must not use the stack.
class Builder final : public nlohmann::json_sax<Json> {
 public:
  explicit Builder(std::size_t maxDepth) : maxDepth_(maxDepth) {}

  bool null() override { return put(nullptr); }
  bool boolean(bool value) override { return put(value); }
  bool number_integer(std::int64_t value) override { return put(value); }
  bool number_unsigned(std::uint64_t value) override {
    if (value <= std::uint64_t(INT64_MAX)) return put(std::int64_t(value));
    return put(value);
  }
  bool number_float(double value, const std::string&) override { return put(value); }
  bool string(std::string& value) override { return put(std::move(value)); }
  bool binary(Json::binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(Json::object()); }
  bool start_array(std::size_t) override { return open(Json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(std::string& name) override {
    auto& frame = stack_.back();
    if (frame.node->contains(name)) duplicates.push_back(pathOf(name));
    frame.key = std::move(name);
    return true;
  }

  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception& e) override {
    error = e.what();
    return false;
  }

  Json document;
  std::vector<std::string> duplicates;
  std::string error;

 private:
  struct Frame {
    Json* node;
    std::string key;
  };

  Json* place(Json value) {
    if (stack_.empty()) return &(document = std::move(value));
    auto& [node, name] = stack_.back();
    if (node->is_array()) return &node->emplace_back(std::move(value));
    return &((*node)[name] = std::move(value));
  }

  bool put(Json value) {
    place(std::move(value));
    return true;
  }

  bool open(Json value) {
    if (stack_.size() >= maxDepth_) {
      error = "nested more than " + std::to_string(maxDepth_) + " levels deep";
      return false;
    }
    stack_.push_back({place(std::move(value)), {}});
    return true;
  }

  bool close() {
    stack_.pop_back();
    return true;
  }

  std::string pathOf(const std::string& name) const {
    std::string path;
    for (std::size_t i = 0; i + 1 < stack_.size(); ++i) {
      if (stack_[i].node->is_array()) {
        path += '[' + std::to_string(stack_[i].node->size() - 1) + ']';
      } else {
        if (!path.empty()) path += '.';
        path += stack_[i].key;
      }
    }
    return path.empty() ? name : path + "." + name;
  }

  std::size_t maxDepth_;
  std::vector<Frame> stack_;
};

/// nlohmann's "[json.exception.parse_error.101] parse error at line 1, column 2: ..."
/// without its own bookkeeping.
std::string plainMessage(const std::string& message) {
  const auto at = message.find("at line ");
  return at == std::string::npos ? message : message.substr(at + 3);
}

}  // namespace

Result<ParsedJson> parseJson(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.maxBytes)
    return Error{
        Reason::RequestEntityTooLarge,
        "the document has more than " + std::to_string(limits.maxBytes) + " bytes"};
  Builder builder(limits.maxDepth);
  const bool sound = Json::sax_parse(text.begin(), text.end(), &builder);
  if (!sound) return Error{Reason::BadRequest, "not valid JSON: " + plainMessage(builder.error)};
  return ParsedJson{std::move(builder.document), std::move(builder.duplicates)};
}

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
