#include "cli/targets.hpp"

#include <algorithm>
#include <sstream>

#include "cli/exit_codes.hpp"
#include "cli/manifests.hpp"

namespace berth::cli {

namespace {

Result<std::vector<const ApiResource*>> findTypes(Session& session, const std::string& word) {
  BERTH_TRY(const auto* discovery, session.discovery());
  std::vector<const ApiResource*> types;
  std::istringstream list(word);
  for (std::string name; std::getline(list, name, ',');) {
    const auto members = discovery->inCategory(name);
    if (!members.empty()) {
      types.insert(types.end(), members.begin(), members.end());
      continue;
    }
    BERTH_TRY(const auto* type, discovery->find(name));
    types.push_back(type);
  }
  return types;
}

Result<std::vector<Target>> findSlashed(
    Session& session, const std::vector<std::string>& words, const std::string& space) {
  std::vector<Target> targets;
  BERTH_TRY(const auto* discovery, session.discovery());
  for (const auto& word : words) {
    const auto slash = word.find('/');
    if (slash == std::string::npos || slash + 1 == word.size() || slash == 0)
      return usageError(
          "\"" + word + "\" is not KIND/NAME", "either KIND NAME... or KIND/NAME KIND/NAME...");
    BERTH_TRY(const auto* type, discovery->find(word.substr(0, slash)));
    targets.push_back({type, type->namespaced ? space : "", word.substr(slash + 1)});
  }
  return targets;
}

}  // namespace

void Selection::addSelectors(FlagSet& flags) {
  flags.add("selector,l", labels, "SELECTOR", "by label: app=x,tier!=gold,region in (a,b)");
  flags.add("field-selector", fields, "SELECTOR", "by field: metadata.name=a");
  flags.add("all-namespaces,A", allNamespaces, "in all namespaces");
}

void Selection::addFiles(FlagSet& flags) {
  flags.add("filename,f", files, "FILE", "a file, a folder, or - for standard input");
  flags.add("recursive,R", recursive, "go into sub-folders of a folder given with -f");
}

Result<std::vector<Target>> findTargets(
    Session& session, const std::vector<std::string>& words, bool allNamespaces) {
  if (words.empty())
    return usageError("no kind was named", session.program() + " api-resources lists the kinds");
  std::string space;
  if (!allNamespaces) {
    BERTH_TRY(space, session.namespaceName());
  }
  if (words[0].find('/') != std::string::npos) return findSlashed(session, words, space);
  BERTH_TRY(const auto types, findTypes(session, words[0]));
  if (types.size() > 1 && words.size() > 1)
    return usageError("names cannot follow several kinds", "write KIND/NAME KIND/NAME...");
  std::vector<Target> targets;
  for (const auto* type : types) {
    const auto scope = type->namespaced ? space : std::string();
    if (words.size() == 1) targets.push_back({type, scope, ""});
    for (std::size_t i = 1; i < words.size(); ++i) targets.push_back({type, scope, words[i]});
  }
  const bool named = words.size() > 1;
  if (named && allNamespaces)
    return usageError("a name needs one namespace: -A does not go with names");
  return targets;
}

RestRequest listRequest(const Target& target, const Selection& selection) {
  RestRequest request{.path = target.path()};
  if (!selection.labels.empty()) request.query.emplace_back("labelSelector", selection.labels);
  if (!selection.fields.empty()) request.query.emplace_back("fieldSelector", selection.fields);
  request.query.emplace_back("limit", "500");
  return request;
}

Result<Target> targetOf(Session& session, const Json& object) {
  BERTH_TRY(const auto* discovery, session.discovery());
  BERTH_TRY(
      const auto* type,
      discovery->findKind(stringAt(object, "apiVersion"), stringAt(object, "kind")));
  Target target{type, "", stringAt(object, "metadata.name")};
  if (!type->namespaced) return target;
  target.namespaceName = stringAt(object, "metadata.namespace");
  if (target.namespaceName.empty()) {
    BERTH_TRY(target.namespaceName, session.namespaceName());
  }
  const auto& asked = session.flags().namespaceName;
  if (!asked.empty() && asked != target.namespaceName)
    return usageError(
        "the namespace of the object (" + target.namespaceName + ") is not that of -n (" + asked +
        ")");
  return target;
}

Result<std::vector<ObjectTarget>> findObjects(
    Session& session, const std::vector<std::string>& words, const Selection& selection) {
  std::vector<ObjectTarget> objects;
  if (!selection.files.empty()) {
    if (!words.empty()) return usageError("-f does not go with kinds or names");
    BERTH_TRY(auto manifests, readManifests(session.world(), selection.files, selection.recursive));
    for (auto& manifest : manifests) {
      auto target = targetOf(session, manifest.document);
      if (!target) return during(manifest.place(), std::move(target).error());
      objects.push_back({*std::move(target), std::move(manifest.document)});
    }
    return objects;
  }
  BERTH_TRY(const auto targets, findTargets(session, words, selection.allNamespaces));
  BERTH_TRY(auto* api, session.api());
  for (const auto& target : targets) {
    if (!target.name.empty()) {
      objects.push_back({target, Json()});
      continue;
    }
    if (selection.labels.empty() && selection.fields.empty() && !selection.all)
      return usageError(
          "no " + target.type->plural + " were named", "give names, -l SELECTOR, or --all");
    BERTH_TRY(auto list, api->list(listRequest(target, selection)));
    for (auto& item : list["items"]) {
      ObjectTarget object{target, std::move(item)};
      object.target.name = stringAt(object.object, "metadata.name");
      object.target.namespaceName = stringAt(object.object, "metadata.namespace");
      object.object["apiVersion"] = target.type->apiVersion();
      object.object["kind"] = target.type->kind;
      objects.push_back(std::move(object));
    }
  }
  return objects;
}

}  // namespace berth::cli
