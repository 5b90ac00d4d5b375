#include "core/object/names.hpp"
#include "core/schema/validate.hpp"

namespace berth {
namespace {

constexpr std::size_t kMaxAnnotations = std::size_t{256} * 1024;

std::string quoted(const std::string& text) { return dumpJson(Json(text)); }

/// Names of roles and bindings ("system:discovery") need only fit into a path.
std::optional<std::string> checkPathSegment(std::string_view text) {
  if (text == "." || text == "..") return "may not be '" + std::string(text) + "'";
  for (const char c : {'/', '%'})
    if (text.find(c) != std::string_view::npos) return std::string("may not contain '") + c + "'";
  if (text.size() > kMaxSubdomain)
    return "must be no more than " + std::to_string(kMaxSubdomain) + " characters";
  return std::nullopt;
}

/// The rules of one object's metadata, gathered part by part.
class MetadataCheck {
 public:
  explicit MetadataCheck(const Json& object)
      : metadata_(member(object, "metadata")),
        isNamespace_(
            stringAt(object, "apiVersion") == "v1" && stringAt(object, "kind") == "Namespace"),
        isRbac_(stringAt(object, "apiVersion") == "rbac.authorization.k8s.io/v1") {}

  std::vector<Cause> run() {
    checkName();
    checkLabels();
    checkAnnotations();
    checkFinalizers();
    checkOwners();
    return std::move(causes_);
  }

 private:
  static const Json& member(const Json& object, const char* name) {
    static const Json kEmpty = Json::object();
    const auto* found = findPath(object, name);
    return found != nullptr && !found->is_null() ? *found : kEmpty;
  }

  void add(const char* reason, const std::string& field, const std::string& message) {
    causes_.push_back({reason, message, "metadata." + field});
  }
  void invalid(const std::string& field, const std::string& value, const std::string& problem) {
    add("FieldValueInvalid", field, "Invalid value: " + quoted(value) + ": " + problem);
  }

  void checkName() {
    const auto name = stringAt(metadata_, "name");
    const auto prefix = stringAt(metadata_, "generateName");
    const auto problemOf = [&](const std::string& text) {
      return isNamespace_ ? checkLabelName(text)
             : isRbac_    ? checkPathSegment(text)
                          : checkSubdomain(text);
    };
    if (name.empty() && prefix.empty())
      add("FieldValueRequired", "name", "Required value: name or generateName is required");
    if (!name.empty())
      if (const auto problem = problemOf(name)) invalid("name", name, *problem);
    if (!prefix.empty())
      if (const auto problem = problemOf(prefix + "x")) invalid("generateName", prefix, *problem);
  }

  void checkLabels() {
    for (const auto& [key, value] : member(metadata_, "labels").items()) {
      if (const auto problem = checkQualifiedName(key)) invalid("labels", key, *problem);
      if (!value.is_string()) continue;
      const auto text = value.get<std::string>();
      if (const auto problem = checkLabelValue(text)) invalid("labels", text, *problem);
    }
  }

  void checkAnnotations() {
    std::size_t bytes = 0;
    for (const auto& [key, value] : member(metadata_, "annotations").items()) {
      auto lower = key;
      for (auto& c : lower) c = c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c;
      if (const auto problem = checkQualifiedName(lower)) invalid("annotations", key, *problem);
      bytes += key.size() + (value.is_string() ? value.get_ref<const std::string&>().size() : 0);
    }
    if (bytes > kMaxAnnotations)
      add("FieldValueTooLong",
          "annotations",
          "Too long: may not be more than " + std::to_string(kMaxAnnotations) + " bytes");
  }

  void checkFinalizers() {
    for (const auto& item : member(metadata_, "finalizers")) {
      if (!item.is_string()) continue;
      const auto name = item.get<std::string>();
      const bool standard =
          name == "orphan" || name == "foregroundDeletion" || name == "kubernetes";
      if (const auto problem = checkQualifiedName(name)) {
        invalid("finalizers", name, *problem);
      } else if (!standard && name.find('/') == std::string::npos) {
        invalid(
            "finalizers",
            name,
            "name is neither a standard finalizer name nor is it fully qualified");
      }
    }
  }

  void checkOwners() {
    std::string controller;
    std::size_t index = 0;
    for (const auto& owner : member(metadata_, "ownerReferences")) {
      const auto path = "ownerReferences[" + std::to_string(index++) + "]";
      for (const auto* name : {"apiVersion", "kind", "name", "uid"})
        if (stringAt(owner, name).empty())
          invalid(path + "." + name, "", std::string(name) + " must not be empty");
      const auto* flag = findPath(owner, "controller");
      if (flag == nullptr || !flag->is_boolean() || !flag->get<bool>()) continue;
      const auto kind = stringAt(owner, "kind");
      if (!controller.empty())
        invalid(
            "ownerReferences",
            kind,
            "Only one reference can have Controller set to true. Found \"true\" in references "
            "for " +
                controller + " and " + kind);
      controller = kind;
    }
  }

  const Json& metadata_;
  bool isNamespace_;
  bool isRbac_;
  std::vector<Cause> causes_;
};

}  // namespace

std::vector<Cause> validateMetadata(const Json& object) { return MetadataCheck(object).run(); }

Error invalidObject(
    std::string_view kind,
    std::string_view group,
    std::string_view name,
    std::vector<Cause> causes) {
  std::string list;
  for (const auto& cause : causes)
    list += (list.empty() ? "" : ", ") + cause.field + (cause.field.empty() ? "" : ": ") +
            cause.message;
  if (causes.size() > 1) list = "[" + list + "]";
  const auto qualified = std::string(kind) + (group.empty() ? "" : "." + std::string(group));
  return {
      Reason::Invalid,
      qualified + " \"" + std::string(name) + "\" is invalid: " + list,
      std::move(causes)};
}

}  // namespace berth
