#include "controller/api/patch.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <vector>

#include "controller/api/status.hpp"

namespace berth::api {
namespace {

constexpr std::size_t kMaxOperations = 10'000;
constexpr std::size_t kMaxCopiedNodes = 1'000'000;

std::size_t countNodes(const Json& document) {
  std::size_t count = 1;
  if (document.is_structured())
    for (const auto& item : document) count += countNodes(item);
  return count;
}

Error doesNotApply() {
  return {Reason::Invalid, "the server rejected our request due to an error in our request"};
}

/// The reference tokens of an RFC 6901 pointer; nullopt when it is not one.
std::optional<std::vector<std::string>> tokensOf(const std::string& pointer) {
  std::vector<std::string> tokens;
  if (pointer.empty()) return tokens;
  if (pointer[0] != '/') return std::nullopt;
  for (std::size_t i = 0; i < pointer.size(); ++i) {
    if (pointer[i] == '/') {
      tokens.emplace_back();
    } else if (pointer[i] != '~') {
      tokens.back() += pointer[i];
    } else {
      if (++i == pointer.size() || (pointer[i] != '0' && pointer[i] != '1')) return std::nullopt;
      tokens.back() += pointer[i] == '0' ? '~' : '/';
    }
  }
  return tokens;
}

/// An index below `size`, without leading zeros; nullopt otherwise.
std::optional<std::size_t> indexOf(const std::string& token, std::size_t size) {
  std::size_t index = 0;
  const auto end = token.data() + token.size();
  const auto [stop, problem] = std::from_chars(token.data(), end, index);
  const bool leadingZero = token.size() > 1 && token[0] == '0';
  if (problem != std::errc{} || stop != end || leadingZero || index >= size) return std::nullopt;
  return index;
}

Json* childOf(Json& node, const std::string& token) {
  if (node.is_object()) {
    const auto found = node.find(token);
    return found == node.end() ? nullptr : &*found;
  }
  if (!node.is_array()) return nullptr;
  const auto index = indexOf(token, node.size());
  return index ? &node[*index] : nullptr;
}

class JsonPatch {
 public:
  explicit JsonPatch(Json& document) : document_(document) {}

  Result<> apply(const Json& operation) {
    if (!operation.is_object()) return badRequest("a JSON patch is a list of objects");
    const auto name = stringAt(operation, "op");
    BERTH_TRY(const auto path, pathAt(operation, "path"));
    if (name == "remove") return remove(path);
    if (name == "move" || name == "copy") {
      BERTH_TRY(const auto from, pathAt(operation, "from"));
      return transfer(from, path, name == "move");
    }
    const auto value = operation.find("value");
    if (value == operation.end())
      return badRequest("a JSON patch operation \"" + name + "\" without value");
    if (name == "add") return add(path, *value);
    if (name == "replace") return replace(path, *value);
    if (name == "test") {
      const auto* present = find(path);
      return present != nullptr && *present == *value ? Result<>(Ok{}) : doesNotApply();
    }
    return badRequest("unknown JSON patch operation \"" + name + "\"");
  }

 private:
  using Path = std::vector<std::string>;

  static Result<Path> pathAt(const Json& operation, const char* member) {
    const auto found = operation.find(member);
    if (found == operation.end() || !found->is_string())
      return badRequest(std::string("a JSON patch operation without ") + member);
    auto tokens = tokensOf(found->get<std::string>());
    if (!tokens) return badRequest("not a JSON pointer: " + found->get<std::string>());
    return *std::move(tokens);
  }

  Json* find(const Path& path, std::size_t leaveOut = 0) {
    auto* node = &document_;
    for (std::size_t i = 0; node != nullptr && i + leaveOut < path.size(); ++i)
      node = childOf(*node, path[i]);
    return node;
  }

  Result<> add(const Path& path, Json value) {
    if (path.empty()) {
      document_ = std::move(value);
      return Ok{};
    }
    auto* parent = find(path, 1);
    if (parent == nullptr) return doesNotApply();
    if (parent->is_object()) {
      (*parent)[path.back()] = std::move(value);
      return Ok{};
    }
    if (!parent->is_array()) return doesNotApply();
    const auto index =
        path.back() == "-" ? parent->size() : indexOf(path.back(), parent->size() + 1);
    if (!index) return doesNotApply();
    parent->insert(parent->begin() + std::ptrdiff_t(*index), std::move(value));
    return Ok{};
  }

  Result<> replace(const Path& path, const Json& value) {
    auto* present = find(path);
    if (present == nullptr) return doesNotApply();
    *present = value;
    return Ok{};
  }

  Result<> remove(const Path& path) {
    auto* parent = path.empty() ? nullptr : find(path, 1);
    if (parent == nullptr || childOf(*parent, path.back()) == nullptr) return doesNotApply();
    if (parent->is_object()) {
      parent->erase(path.back());
    } else {
      parent->erase(*indexOf(path.back(), parent->size()));
    }
    return Ok{};
  }

  Result<> transfer(const Path& from, const Path& to, bool move) {
    auto* present = find(from);
    if (present == nullptr) return doesNotApply();
    copied_ += countNodes(*present);
    if (copied_ > kMaxCopiedNodes)
      return Error{Reason::RequestEntityTooLarge, "the patch copies too much"};
    Json value = *present;
    if (move) {
      const bool intoItself =
          to.size() > from.size() && std::equal(from.begin(), from.end(), to.begin());
      if (intoItself) return doesNotApply();
      BERTH_CHECK(remove(from));
    }
    return add(to, std::move(value));
  }

  Json& document_;
  std::size_t copied_ = 0;
};

void mergeInto(Json& target, const Json& patch) {
  if (!patch.is_object()) {
    target = patch;
    return;
  }
  if (!target.is_object()) target = Json::object();
  for (const auto& [name, value] : patch.items()) {
    if (value.is_null()) {
      target.erase(name);
    } else {
      mergeInto(target[name], value);
    }
  }
}

}  // namespace

Json applyMergePatch(Json target, const Json& patch) {
  mergeInto(target, patch);
  return target;
}

Result<Json> applyJsonPatch(Json target, const Json& patch) {
  if (!patch.is_array()) return badRequest("a JSON patch is a list of operations");
  if (patch.size() > kMaxOperations)
    return Error{
        Reason::RequestEntityTooLarge,
        "the allowed maximum operations in a JSON patch is " + std::to_string(kMaxOperations)};
  JsonPatch state(target);
  for (const auto& operation : patch) BERTH_CHECK(state.apply(operation));
  return target;
}

}  // namespace berth::api
