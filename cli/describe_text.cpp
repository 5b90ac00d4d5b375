#include "cli/describe_text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <initializer_list>

#include "cli/files.hpp"
#include "cli/jsonpath.hpp"
#include "cli/tab_writer.hpp"
#include "cli/three_way_merge.hpp"

namespace berth::cli {

namespace {

constexpr std::size_t kLongestAnnotation = 140;

std::string sinceText(const std::string& time, Time now) {
  const auto then = parseRfc3339(time);
  return then ? formatAge(now - *then) : "<unknown>";
}

std::string joined(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const auto part : parts) text += part;
  return text;
}

void writeLabels(TabWriter& writer, const Json* labels) {
  writer.write("Labels:\t");
  if (labels == nullptr || !labels->is_object() || labels->empty()) {
    writer.write("<none>\n");
    return;
  }
  bool first = true;
  for (const auto& [key, value] : labels->items()) {
    writer.write((first ? "" : "\t") + key + "=" + plainText(value) + "\n");
    first = false;
  }
}

std::string shorten(const std::string& text, std::size_t longest) {
  return text.size() <= longest ? text : text.substr(0, longest) + "...";
}

void writeAnnotation(TabWriter& writer, const std::string& key, std::string value) {
  if (value.ends_with('\n')) value.pop_back();
  const bool fits = key.size() + value.size() + 2 <= kLongestAnnotation;
  if (fits && value.find('\n') == std::string::npos) {
    writer.write(key + ": " + value + "\n");
    return;
  }
  writer.write(key + ":\n");
  for (std::size_t begin = 0; begin <= value.size();) {
    const auto end = std::min(value.find('\n', begin), value.size());
    writer.write("\t  " + shorten(value.substr(begin, end - begin), kLongestAnnotation - 2) + "\n");
    begin = end + 1;
  }
}

void writeAnnotations(TabWriter& writer, const Json* annotations) {
  writer.write("Annotations:\t");
  bool first = true;
  if (annotations != nullptr && annotations->is_object()) {
    for (const auto& [key, value] : annotations->items()) {
      if (key == kLastApplied) continue;
      if (!first) writer.write("\t");
      writeAnnotation(writer, key, plainText(value));
      first = false;
    }
  }
  if (first) writer.write("<none>\n");
}

/// Paths that the lines above have shown already, or that nobody reads.
bool isShownElsewhere(const std::string& path) {
  constexpr std::array kPaths{
      ".metadata.managedFields",
      ".metadata.name",
      ".metadata.namespace",
      ".metadata.labels",
      ".metadata.annotations"};
  return std::ranges::find(kPaths, path) != kPaths.end();
}

void writeContent(
    TabWriter& writer, const Json& content, std::size_t level, const std::string& path);

void writeItems(TabWriter& writer, const Json& items, std::size_t level, const std::string& path) {
  const std::string indent(level * 2, ' ');
  for (const auto& item : items) {
    if (item.is_object()) {
      writeContent(writer, item, level, path);
    } else {
      writer.write(indent + plainText(item) + "\n");
    }
  }
}

void writeContent(
    TabWriter& writer, const Json& content, std::size_t level, const std::string& path) {
  const std::string indent(level * 2, ' ');
  for (const auto& [field, value] : content.items()) {
    const auto here = joined({path, ".", field});
    if (isShownElsewhere(here)) continue;
    const auto label = indent + fieldLabel(field);
    if (!value.is_structured()) {
      writer.write(joined({label, ":\t", value.is_null() ? "<nil>" : plainText(value), "\n"}));
      continue;
    }
    writer.write(label + ":\n");
    if (value.is_object()) {
      writeContent(writer, value, level + 1, here);
    } else {
      writeItems(writer, value, level + 1, here);
    }
  }
}

/// Names and sizes: what is in a Secret is nobody's business here.
void writeSecret(TabWriter& writer, const Json& object) {
  writer.write("\nType:\t" + stringAt(object, "type") + "\n\nData\n====\n");
  const auto data = object.value("data", Json::object());
  for (const auto& [key, value] : data.items())
    writer.write(key + ":\t" + std::to_string(decodeBase64(plainText(value)).size()) + " bytes\n");
}

void writeConfigMap(TabWriter& writer, const Json& object) {
  writer.write("\nData\n====\n");
  const auto data = object.value("data", Json::object());
  for (const auto& [key, value] : data.items())
    writer.write(key + ":\n----\n" + plainText(value) + "\n\n");
  writer.write("\nBinaryData\n====\n\n");
}

void writeEvents(TabWriter& writer, Json events, Time now) {
  if (events.empty()) {
    writer.write("Events:\t<none>\n");
    return;
  }
  std::vector<Json> sorted(events.begin(), events.end());
  std::ranges::stable_sort(sorted, std::ranges::less(), lastSeen);
  writer.write("Events:\n  Type\tReason\tAge\tFrom\tMessage\n");
  writer.write("  ----\t------\t----\t----\t-------\n");
  for (const auto& event : sorted) {
    auto source = stringAt(event, "source.component");
    if (source.empty()) source = stringAt(event, "reportingComponent");
    writer.write(
        "  " + stringAt(event, "type") + "\t" + stringAt(event, "reason") + "\t" +
        eventAge(event, now) + "\t" + source + "\t" + stringAt(event, "message") + "\n");
  }
}

/// "specHash" → "spec", "Hash"; "dockerURL" → "docker", "URL".
std::vector<std::string> splitCamel(const std::string& field) {
  std::vector<std::string> parts;
  const auto isUpper = [&](std::size_t i) {
    return i < field.size() && std::isupper(static_cast<unsigned char>(field[i])) != 0;
  };
  for (std::size_t i = 0; i < field.size(); ++i) {
    const bool begins =
        isUpper(i) && (!isUpper(i - 1) || (i + 1 < field.size() && !isUpper(i + 1)));
    if (i == 0 || begins || (field[i] == '-') != (field[i - 1] == '-')) parts.emplace_back();
    parts.back() += field[i];
  }
  return parts;
}

}  // namespace

std::string fieldLabel(const std::string& field) {
  const bool words =
      std::ranges::all_of(field, [](unsigned char c) { return std::isalpha(c) != 0 || c == '-'; });
  if (!words) return field;
  std::string label;
  for (auto part : splitCamel(field)) {
    auto upper = part;
    std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return std::toupper(c); });
    constexpr std::array kAcronyms{"API", "URL", "UID", "OSB", "GUID"};
    if (std::ranges::find(kAcronyms, upper) != kAcronyms.end()) {
      part = upper;
    } else {
      part[0] = upper[0];
    }
    label += (label.empty() ? "" : " ") + part;
  }
  return label;
}

std::string lastSeen(const Json& event) {
  for (const char* path : {"series.lastObservedTime", "lastTimestamp", "eventTime"})
    if (auto time = stringAt(event, path); !time.empty()) return time;
  return stringAt(event, "metadata.creationTimestamp");
}

std::string eventAge(const Json& event, Time now) {
  auto first = stringAt(event, "eventTime");
  if (first.empty()) first = stringAt(event, "firstTimestamp");
  if (first.empty()) first = stringAt(event, "metadata.creationTimestamp");
  const auto count = std::max(integerAt(event, "series.count"), integerAt(event, "count"));
  if (count <= 1) return sinceText(first, now);
  return sinceText(lastSeen(event), now) + " (x" + std::to_string(count) + " over " +
         sinceText(first, now) + ")";
}

std::string describeText(const Json& object, const Json& events, Time now) {
  TabWriter writer(TabLayout{.minimum = 0, .padding = 2});
  writer.write("Name:\t" + stringAt(object, "metadata.name") + "\n");
  writer.write("Namespace:\t" + stringAt(object, "metadata.namespace") + "\n");
  writeLabels(writer, findPath(object, "metadata.labels"));
  writeAnnotations(writer, findPath(object, "metadata.annotations"));
  const auto kind = stringAt(object, "apiVersion") + "/" + stringAt(object, "kind");
  if (kind == "v1/Secret") {
    writeSecret(writer, object);
    return writer.flush();
  }
  if (kind == "v1/ConfigMap") {
    writeConfigMap(writer, object);
  } else {
    writeContent(writer, object, 0, "");
  }
  auto text = writer.flush();
  if (events.is_array()) {
    writeEvents(writer, events, now);
    text += writer.flush();
  }
  return text;
}

}  // namespace berth::cli
