#include "controller/api/rbac_rules.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace berth::api {
namespace {

using Words = std::vector<std::string>;

// A role of the largest size that its schema allows could name 10^11 combinations.
constexpr std::size_t kMaxCombinations = 100'000;

bool has(const Words& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

bool hasOrAll(const Words& words, std::string_view word) {
  return has(words, "*") || has(words, word);
}

/// "/healthz", "/api/*", "*".
bool matchesPath(const std::string& pattern, std::string_view path) {
  if (pattern == "*" || pattern == path) return true;
  return pattern.ends_with('*') && path.starts_with(pattern.substr(0, pattern.size() - 1));
}

bool hasPath(const Words& patterns, std::string_view path) {
  return std::ranges::any_of(
      patterns, [&](const std::string& pattern) { return matchesPath(pattern, path); });
}

/// Whether a rule for `held` says at least as much about resources as `wanted`.
bool coversResource(const Words& held, const std::string& wanted) {
  if (hasOrAll(held, wanted)) return true;
  const auto slash = wanted.find('/');
  return slash != std::string::npos && has(held, "*" + wanted.substr(slash));
}

/// `part` names one of each.
bool covers(const PolicyRule& held, const PolicyRule& part) {
  if (!hasOrAll(held.verbs, part.verbs[0])) return false;
  if (!part.nonResourceUrls.empty()) return hasPath(held.nonResourceUrls, part.nonResourceUrls[0]);
  const bool named = held.resourceNames.empty() || (!part.resourceNames.empty() &&
                                                    has(held.resourceNames, part.resourceNames[0]));
  return named && hasOrAll(held.apiGroups, part.apiGroups[0]) &&
         coversResource(held.resources, part.resources[0]);
}

std::size_t countCombinations(const PolicyRule& rule) {
  const auto names = std::max<std::size_t>(1, rule.resourceNames.size());
  return rule.verbs.size() *
         (rule.apiGroups.size() * rule.resources.size() * names + rule.nonResourceUrls.size());
}

/// The rule as rules of one verb on one thing each.
PolicyRules takenApart(const PolicyRule& rule) {
  PolicyRules parts;
  for (const auto& verb : rule.verbs) {
    for (const auto& path : rule.nonResourceUrls)
      parts.push_back({.verbs = {verb}, .nonResourceUrls = {path}});
    for (const auto& group : rule.apiGroups) {
      for (const auto& resource : rule.resources) {
        const PolicyRule part{.verbs = {verb}, .apiGroups = {group}, .resources = {resource}};
        if (rule.resourceNames.empty()) parts.push_back(part);
        for (const auto& name : rule.resourceNames) {
          parts.push_back(part);
          parts.back().resourceNames = {name};
        }
      }
    }
  }
  return parts;
}

/// Rules about the same thing become one with all their verbs.
PolicyRules joined(const PolicyRules& parts) {
  std::map<std::tuple<Words, Words, Words, Words>, std::size_t> places;
  PolicyRules rules;
  for (const auto& part : parts) {
    const auto [place, isNew] = places.try_emplace(
        {part.apiGroups, part.resources, part.resourceNames, part.nonResourceUrls}, rules.size());
    if (isNew) {
      rules.push_back(part);
    } else if (!has(rules[place->second].verbs, part.verbs[0])) {
      rules[place->second].verbs.push_back(part.verbs[0]);
    }
  }
  return rules;
}

Words wordsAt(const Json& rule, const char* name) {
  Words words;
  const auto found = rule.find(name);
  if (found == rule.end() || !found->is_array()) return words;
  for (const auto& item : *found)
    if (item.is_string()) words.push_back(item.get<std::string>());
  return words;
}

void addText(std::string& text, const char* name, const Words& words) {
  if (words.empty()) return;
  text += (text.empty() ? "" : ", ") + std::string(name) + ":[";
  for (std::size_t i = 0; i < words.size(); ++i) text += (i == 0 ? "" : " ") + dumpJson(words[i]);
  text += ']';
}

}  // namespace

PolicyRules readRules(const Json& role) {
  PolicyRules rules;
  const auto found = role.find("rules");
  if (found == role.end() || !found->is_array()) return rules;
  for (const auto& item : *found) {
    if (!item.is_object()) continue;
    rules.push_back(
        {.verbs = wordsAt(item, "verbs"),
         .apiGroups = wordsAt(item, "apiGroups"),
         .resources = wordsAt(item, "resources"),
         .resourceNames = wordsAt(item, "resourceNames"),
         .nonResourceUrls = wordsAt(item, "nonResourceURLs")});
  }
  return rules;
}

Json ruleDocument(const PolicyRule& rule) {
  Json document = {{"verbs", rule.verbs}};
  const auto put = [&](const char* name, const Words& words) {
    if (!words.empty()) document[name] = words;
  };
  put("apiGroups", rule.apiGroups);
  put("resources", rule.resources);
  put("resourceNames", rule.resourceNames);
  put("nonResourceURLs", rule.nonResourceUrls);
  return document;
}

Attempt::Attempt(const RequestInfo& request)
    : request_(request),
      resource_(request.plural),
      name_(request.name.empty() ? request.selectedName : request.name) {
  if (request.subresource.empty()) return;
  resource_ += '/' + request.subresource;
  anyOf_ = "*/" + request.subresource;
}

bool Attempt::isAllowedBy(const PolicyRule& rule) const {
  if (!hasOrAll(rule.verbs, request_.verb)) return false;
  if (!request_.isResource) return hasPath(rule.nonResourceUrls, request_.path);
  if (!hasOrAll(rule.apiGroups, request_.group)) return false;
  const bool about =
      hasOrAll(rule.resources, resource_) || (!anyOf_.empty() && has(rule.resources, anyOf_));
  return about && (rule.resourceNames.empty() || has(rule.resourceNames, name_));
}

bool allows(const PolicyRules& rules, const RequestInfo& request) {
  const Attempt attempt(request);
  return std::ranges::any_of(
      rules, [&](const PolicyRule& rule) { return attempt.isAllowedBy(rule); });
}

Result<PolicyRules> missingFrom(const PolicyRules& held, const PolicyRules& wanted) {
  PolicyRules missing;
  std::size_t count = 0;
  for (const auto& rule : wanted) {
    count += countCombinations(rule);
    if (count > kMaxCombinations)
      return Error{Reason::Forbidden, "the role names too many combinations: make several of it"};
    for (auto& part : takenApart(rule)) {
      const bool covered =
          std::ranges::any_of(held, [&](const PolicyRule& one) { return covers(one, part); });
      if (!covered) missing.push_back(std::move(part));
    }
  }
  return joined(missing);
}

std::string ruleText(const PolicyRule& rule) {
  std::string text;
  addText(text, "APIGroups", rule.apiGroups);
  addText(text, "Resources", rule.resources);
  addText(text, "NonResourceURLs", rule.nonResourceUrls);
  addText(text, "ResourceNames", rule.resourceNames);
  addText(text, "Verbs", rule.verbs);
  return '{' + text + '}';
}

}  // namespace berth::api
