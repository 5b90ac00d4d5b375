#include <algorithm>
#include <map>
#include <sstream>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include "core/base/boundary.hpp"
#include "core/yaml/scalar.hpp"
#include "core/yaml/yaml.hpp"

namespace berth {
namespace {

/// How the handler stops yaml-cpp; never leaves this file.
struct Refusal {
  Error error;
};

std::string place(const YAML::Mark& mark) {
  return "line " + std::to_string(mark.line + 1) + ", column " + std::to_string(mark.column + 1) +
         ": ";
}

[[noreturn]] void refuse(const YAML::Mark& mark, const std::string& problem) {
  throw Refusal{{Reason::BadRequest, place(mark) + problem}};
}

struct Weight {
  std::size_t nodes = 0;
  std::size_t bytes = 0;
};

Weight weigh(const Json& value) {
  Weight weight{1, value.is_string() ? value.get_ref<const std::string&>().size() : 0};
  if (!value.is_structured()) return weight;
  for (const auto& [name, member] : value.items()) {
    const auto inner = weigh(member);
    weight.nodes += inner.nodes;
    weight.bytes += inner.bytes + (value.is_object() ? name.size() : 0);
  }
  return weight;
}

/// Builds documents out of yaml-cpp's events, and keeps count while it does: a bomb of
/// aliases is refused before it is copied.
class Builder final : public YAML::EventHandler {
 public:
  explicit Builder(const YamlLimits& limits) : limits_(limits) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    current_ = {};
    current_.line = mark.line + 1;
    anchors_.clear();
  }

  void OnDocumentEnd() override {
    if (!current_.document.is_null()) documents.push_back(std::move(current_));
    current_ = {};
  }

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    put(mark, anchor, nullptr, true);
  }

  void OnScalar(
      const YAML::Mark& mark,
      const std::string& tag,
      YAML::anchor_t anchor,
      const std::string& text) override {
    put(mark, anchor, scalar(mark, tag, text), tag == "?");
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) refuse(mark, "an alias within its own anchor");
    spend(mark, found->second.weight);
    put(mark, 0, found->second.value, false);
  }

  void OnSequenceStart(
      const YAML::Mark& mark,
      const std::string& tag,
      YAML::anchor_t anchor,
      YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, Json::array());
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(
      const YAML::Mark& mark,
      const std::string& tag,
      YAML::anchor_t anchor,
      YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, Json::object());
  }

  void OnMapEnd() override {
    auto& frame = stack_.back();
    for (auto& merged : frame.merged)  // what is said outright wins, then the first merge
      for (auto& [name, member] : merged.items())
        if (!frame.value.contains(name)) frame.value[name] = std::move(member);
    close();
  }

  std::vector<YamlDocument> documents;

 private:
  struct Frame {
    Json value;
    YAML::Mark mark;
    YAML::anchor_t anchor = 0;
    std::string key;
    bool hasKey = false;
    bool merging = false;  // the key is a plain <<
    std::vector<Json> merged;
  };
  struct Anchored {
    Json value;
    Weight weight;
  };

  static Json scalar(const YAML::Mark& mark, const std::string& tag, const std::string& text) {
    constexpr std::string_view kCore = "tag:yaml.org,2002:";
    if (tag == "?") return yaml::resolvePlain(text);
    if (!tag.starts_with(kCore)) return text;  // "!": quoted; the rest: nobody's business
    const auto type = tag.substr(kCore.size());
    if (type == "str" || type == "binary" || type == "timestamp") return text;
    auto value = yaml::resolvePlain(text);
    const bool fits = (type == "int" && value.is_number_integer()) ||
                      (type == "float" && value.is_number()) ||
                      (type == "bool" && value.is_boolean()) || (type == "null" && value.is_null());
    if (!fits) refuse(mark, "\"" + text.substr(0, 64) + "\" is not a !!" + type);
    return value;
  }

  void spend(const YAML::Mark& mark, const Weight& weight) {
    constexpr std::size_t kByteFactor = 4;
    spent_.nodes += weight.nodes;
    spent_.bytes += weight.bytes;
    if (spent_.nodes > limits_.maxNodes || spent_.bytes > limits_.maxBytes * kByteFactor)
      refuse(mark, "too large when its aliases are followed");
  }

  void open(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor, Json empty) {
    if (stack_.size() >= limits_.maxDepth)
      refuse(mark, "nested more than " + std::to_string(limits_.maxDepth) + " levels deep");
    if (!stack_.empty() && stack_.back().value.is_object() && !stack_.back().hasKey)
      refuse(mark, "a key must be a scalar");
    stack_.push_back({.value = std::move(empty), .mark = mark, .anchor = anchor});
  }

  void close() {
    auto frame = std::move(stack_.back());
    stack_.pop_back();
    put(frame.mark, frame.anchor, std::move(frame.value), false);
  }

  /// Puts a finished value where it belongs: it may be a key.
  void put(const YAML::Mark& mark, YAML::anchor_t anchor, Json value, bool plain) {
    spend(mark, {1, 0});
    if (anchor != 0) {  // kept a second time, so that it counts a second time
      const auto weight = weigh(value);
      spend(mark, weight);
      anchors_[anchor] = {value, weight};
    }
    if (stack_.empty()) {
      current_.document = std::move(value);
      return;
    }
    auto& frame = stack_.back();
    if (frame.value.is_array()) {
      frame.value.push_back(std::move(value));
    } else if (!frame.hasKey) {
      takeKey(mark, frame, std::move(value), plain);
    } else {
      takeMember(mark, frame, std::move(value));
    }
  }

  void takeKey(const YAML::Mark& mark, Frame& frame, Json value, bool plain) {
    if (value.is_structured()) refuse(mark, "a key must be a scalar");
    frame.key = value.is_string() ? value.get<std::string>() : dumpJson(value);
    frame.hasKey = true;
    frame.merging = plain && frame.key == "<<";
    if (!frame.merging && frame.value.contains(frame.key))
      current_.duplicateKeys.push_back({pathOf(frame.key), mark.line + 1});
  }

  void takeMember(const YAML::Mark& mark, Frame& frame, Json value) {
    frame.hasKey = false;
    if (!frame.merging) {
      frame.value[frame.key] = std::move(value);
      return;
    }
    if (!value.is_array()) value = Json::array({std::move(value)});
    for (auto& merged : value) {
      if (!merged.is_object()) refuse(mark, "<< wants a map or a list of maps");
      frame.merged.push_back(std::move(merged));
    }
  }

  std::string pathOf(const std::string& last) const {
    std::string path;
    for (std::size_t i = 0; i + 1 < stack_.size(); ++i) {
      const auto& frame = stack_[i];
      path += frame.value.is_array() ? "[" + std::to_string(frame.value.size()) + "]"
                                     : (path.empty() ? "" : ".") + frame.key;
    }
    return path + (path.empty() ? "" : ".") + last;
  }

  YamlLimits limits_;
  YamlDocument current_;
  std::vector<Frame> stack_;
  std::map<YAML::anchor_t, Anchored> anchors_;
  Weight spent_;
};

/// The offset of the first byte that is not UTF-8, or npos.
std::size_t findBadByte(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  for (std::size_t i = 0; i < text.size();) {
    const auto first = byte(i);
    std::size_t length = first < 0x80U                      ? 1
                         : first >= 0xC2U && first <= 0xDFU ? 2
                         : (first & 0xF0U) == 0xE0U         ? 3
                         : first >= 0xF0U && first <= 0xF4U ? 4
                                                            : 0;
    const auto second = byte(i + 1);
    if (first == 0 || length == 0 || (first == 0xE0U && second < 0xA0U) ||
        (first == 0xEDU && second > 0x9FU) || (first == 0xF0U && second < 0x90U) ||
        (first == 0xF4U && second > 0x8FU))
      return i;
    for (std::size_t next = 1; next < length; ++next)
      if ((byte(i + next) & 0xC0U) != 0x80U) return i;
    i += length;
  }
  return std::string_view::npos;
}

Result<> checkText(std::string_view text, const YamlLimits& limits) {
  if (text.size() > limits.maxBytes)
    return Error{
        Reason::RequestEntityTooLarge,
        "the text is longer than " + std::to_string(limits.maxBytes) + " bytes"};
  const auto bad = findBadByte(text);
  if (bad == std::string_view::npos) return Ok{};
  const auto before = text.substr(0, bad);
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  return Error{Reason::BadRequest, "line " + std::to_string(line) + ": not UTF-8 text"};
}

Result<std::vector<YamlDocument>> parseEvents(std::string_view text, const YamlLimits& limits) {
  Builder builder(limits);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (Refusal& refusal) {
    return std::move(refusal.error);
  } catch (const YAML::Exception& exception) {
    return Error{Reason::BadRequest, place(exception.mark) + exception.msg};
  }
  return std::move(builder.documents);
}

}  // namespace

Result<std::vector<YamlDocument>> parseYaml(std::string_view text, const YamlLimits& limits) {
  BERTH_CHECK(checkText(text, limits));
  if (const auto start = text.find_first_not_of(" \t\r\n");
      start != text.npos && text[start] == '{') {
    auto json = parseJson(text, {.maxBytes = limits.maxBytes, .maxDepth = limits.maxDepth});
    if (json) {
      YamlDocument document{.document = std::move(json->document)};
      for (auto& path : json->duplicateKeys) document.duplicateKeys.push_back({std::move(path), 0});
      return std::vector<YamlDocument>{std::move(document)};
    }
  }
  return atBoundary("read YAML", [&] { return parseEvents(text, limits); });
}

}  // namespace berth
