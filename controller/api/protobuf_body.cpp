#include "controller/api/protobuf_body.hpp"

#include <string>

#include "controller/api/negotiation.hpp"
#include "controller/api/protobuf_message.hpp"
#include "controller/api/status.hpp"

namespace berth::api {

namespace {

using protobuf::entry;
using protobuf::Field;
using protobuf::flag;
using protobuf::item;
using protobuf::message;
using protobuf::messages;
using protobuf::number;
using protobuf::readMessage;
using protobuf::text;
using protobuf::time;
using protobuf::Use;
using protobuf::Uses;

constexpr std::string_view kMagic{"k8s\0", 4};

Uses ownerReference(Json& owner) {
  return {
      {1, text(owner, "kind")},
      {3, text(owner, "name")},
      {4, text(owner, "uid")},
      {5, text(owner, "apiVersion")},
      {6, flag(owner, "controller")},
      {7, flag(owner, "blockOwnerDeletion")}};
}

Uses metadataFields(Json& meta) {
  return {
      {1, text(meta, "name")},
      {2, text(meta, "generateName")},
      {3, text(meta, "namespace")},
      {5, text(meta, "uid")},
      {6, text(meta, "resourceVersion")},
      {11, entry(meta, "labels", false)},
      {12, entry(meta, "annotations", false)},
      {13, messages(meta, "ownerReferences", ownerReference)},
      {14, item(meta, "finalizers")}};
}

Use metadata(Json& document) { return message(document, "metadata", metadataFields); }

Uses policyRule(Json& rule) {
  return {
      {1, item(rule, "verbs")},
      {2, item(rule, "apiGroups")},
      {3, item(rule, "resources")},
      {4, item(rule, "resourceNames")},
      {5, item(rule, "nonResourceURLs")}};
}

Uses requirement(Json& expression) {
  return {
      {1, text(expression, "key")},
      {2, text(expression, "operator")},
      {3, item(expression, "values")}};
}

Uses labelSelector(Json& selector) {
  return {
      {1, entry(selector, "matchLabels", false)},
      {2, messages(selector, "matchExpressions", requirement)}};
}

Uses aggregationRule(Json& rule) {
  return {{1, messages(rule, "clusterRoleSelectors", labelSelector)}};
}

Uses subject(Json& who) {
  return {
      {1, text(who, "kind")},
      {2, text(who, "apiGroup")},
      {3, text(who, "name")},
      {4, text(who, "namespace")}};
}

Uses roleRef(Json& role) {
  return {{1, text(role, "apiGroup")}, {2, text(role, "kind")}, {3, text(role, "name")}};
}

Uses rbacFields(const std::string& kind, Json& document) {
  if (kind == "Role")
    return {{1, metadata(document)}, {2, messages(document, "rules", policyRule)}};
  if (kind == "ClusterRole")
    return {
        {1, metadata(document)},
        {2, messages(document, "rules", policyRule)},
        {3, message(document, "aggregationRule", aggregationRule)}};
  if (kind == "RoleBinding" || kind == "ClusterRoleBinding")
    return {
        {1, metadata(document)},
        {2, messages(document, "subjects", subject)},
        {3, message(document, "roleRef", roleRef)}};
  return {};
}

Uses resourceAttributes(Json& attributes) {
  return {
      {1, text(attributes, "namespace")},
      {2, text(attributes, "verb")},
      {3, text(attributes, "group")},
      {4, text(attributes, "version")},
      {5, text(attributes, "resource")},
      {6, text(attributes, "subresource")},
      {7, text(attributes, "name")}};
}

Uses nonResourceAttributes(Json& attributes) {
  return {{1, text(attributes, "path")}, {2, text(attributes, "verb")}};
}

Uses accessSpec(Json& spec) {
  return {
      {1, message(spec, "resourceAttributes", resourceAttributes)},
      {2, message(spec, "nonResourceAttributes", nonResourceAttributes)}};
}

/// The kinds that somebody else's rights are asked with.
Uses subjectAccessSpec(Json& spec) {
  auto uses = accessSpec(spec);
  uses[3] = text(spec, "user");
  uses[4] = item(spec, "groups");
  uses[6] = text(spec, "uid");
  return uses;
}

Uses rulesSpec(Json& spec) { return {{1, text(spec, "namespace")}}; }

Uses authorizationFields(const std::string& kind, Json& document) {
  if (kind == "SelfSubjectAccessReview")
    return {{1, metadata(document)}, {2, message(document, "spec", accessSpec)}};
  if (kind == "SubjectAccessReview" || kind == "LocalSubjectAccessReview")
    return {{1, metadata(document)}, {2, message(document, "spec", subjectAccessSpec)}};
  if (kind == "SelfSubjectRulesReview")
    return {{1, metadata(document)}, {2, message(document, "spec", rulesSpec)}};
  return {};
}

Uses objectReference(Json& object) {
  return {
      {1, text(object, "kind")},
      {2, text(object, "namespace")},
      {3, text(object, "name")},
      {4, text(object, "uid")},
      {5, text(object, "apiVersion")},
      {6, text(object, "resourceVersion")},
      {7, text(object, "fieldPath")}};
}

Uses eventSource(Json& source) {
  return {{1, text(source, "component")}, {2, text(source, "host")}};
}

Uses eventSeries(Json& series) {
  return {{1, number(series, "count")}, {2, time(series, "lastObservedTime")}};
}

Uses coreEvent(Json& event) {
  return {
      {1, metadata(event)},
      {2, message(event, "involvedObject", objectReference)},
      {3, text(event, "reason")},
      {4, text(event, "message")},
      {5, message(event, "source", eventSource)},
      {6, time(event, "firstTimestamp")},
      {7, time(event, "lastTimestamp")},
      {8, number(event, "count")},
      {9, text(event, "type")},
      {10, time(event, "eventTime")},
      {11, message(event, "series", eventSeries)},
      {12, text(event, "action")},
      {13, message(event, "related", objectReference)},
      {14, text(event, "reportingComponent")},
      {15, text(event, "reportingInstance")}};
}

/// Of events.k8s.io.
Uses newEvent(Json& event) {
  return {
      {1, metadata(event)},
      {2, time(event, "eventTime")},
      {3, message(event, "series", eventSeries)},
      {4, text(event, "reportingController")},
      {5, text(event, "reportingInstance")},
      {6, text(event, "action")},
      {7, text(event, "reason")},
      {8, message(event, "regarding", objectReference)},
      {9, message(event, "related", objectReference)},
      {10, text(event, "note")},
      {11, text(event, "type")},
      {12, message(event, "deprecatedSource", eventSource)},
      {13, time(event, "deprecatedFirstTimestamp")},
      {14, time(event, "deprecatedLastTimestamp")},
      {15, number(event, "deprecatedCount")}};
}

Uses leaseSpec(Json& spec) {
  return {
      {1, text(spec, "holderIdentity")},
      {2, number(spec, "leaseDurationSeconds")},
      {3, time(spec, "acquireTime")},
      {4, time(spec, "renewTime")},
      {5, number(spec, "leaseTransitions")}};
}

Uses localReference(Json& reference) { return {{1, text(reference, "name")}}; }

Uses preconditions(Json& document) {
  return {{1, text(document, "uid")}, {2, text(document, "resourceVersion")}};
}

Uses deleteOptions(Json& options) {
  return {
      {1, number(options, "gracePeriodSeconds")},
      {2, message(options, "preconditions", preconditions)},
      {3, flag(options, "orphanDependents")},
      {4, text(options, "propagationPolicy")},
      {5, item(options, "dryRun")}};
}

Uses tokenObject(Json& object) {
  return {
      {1, text(object, "kind")},
      {2, text(object, "apiVersion")},
      {3, text(object, "name")},
      {4, text(object, "uid")}};
}

Uses tokenRequestSpec(Json& spec) {
  return {
      {1, item(spec, "audiences")},
      {3, message(spec, "boundObjectRef", tokenObject)},
      {4, number(spec, "expirationSeconds")}};
}

Uses tokenReviewSpec(Json& spec) {
  return {{1, text(spec, "token")}, {2, item(spec, "audiences")}};
}

Uses authenticationFields(const std::string& kind, Json& document) {
  if (kind == "SelfSubjectReview") return {{1, metadata(document)}};
  if (kind == "TokenRequest")
    return {{1, metadata(document)}, {2, message(document, "spec", tokenRequestSpec)}};
  if (kind == "TokenReview")
    return {{1, metadata(document)}, {2, message(document, "spec", tokenReviewSpec)}};
  return {};
}

Uses coreFields(const std::string& kind, Json& document) {
  if (kind == "Namespace") return {{1, metadata(document)}};
  if (kind == "ConfigMap")
    return {
        {1, metadata(document)},
        {2, entry(document, "data", false)},
        {3, entry(document, "binaryData", true)},
        {4, flag(document, "immutable")}};
  if (kind == "Secret")
    return {
        {1, metadata(document)},
        {2, entry(document, "data", true)},
        {3, text(document, "type")},
        {4, entry(document, "stringData", false)},
        {5, flag(document, "immutable")}};
  if (kind == "Event") return coreEvent(document);
  if (kind == "ServiceAccount")
    return {
        {1, metadata(document)},
        {2, messages(document, "secrets", objectReference)},
        {3, messages(document, "imagePullSecrets", localReference)},
        {4, flag(document, "automountServiceAccountToken")}};
  return {};
}

Uses fieldsOf(Json& document) {
  const auto apiVersion = stringAt(document, "apiVersion");
  const auto kind = stringAt(document, "kind");
  if (kind == "DeleteOptions") return deleteOptions(document);  // of any group
  if (apiVersion == "v1") return coreFields(kind, document);
  if (apiVersion == "rbac.authorization.k8s.io/v1") return rbacFields(kind, document);
  if (apiVersion == "authorization.k8s.io/v1") return authorizationFields(kind, document);
  if (apiVersion == "authentication.k8s.io/v1") return authenticationFields(kind, document);
  if (apiVersion == "events.k8s.io/v1" && kind == "Event") return newEvent(document);
  if (apiVersion == "coordination.k8s.io/v1" && kind == "Lease")
    return {{1, metadata(document)}, {2, message(document, "spec", leaseSpec)}};
  return {};
}

}  // namespace

Result<Json> readProtobuf(std::string_view bytes) {
  if (!bytes.starts_with(kMagic)) return badRequest("the body is not a protobuf message");
  Json document = Json::object();
  std::string_view object;
  BERTH_CHECK(readMessage(
      bytes.substr(kMagic.size()),
      {{1,
        [&](const Field& field) {
          return readMessage(
              field.bytes, {{1, text(document, "apiVersion")}, {2, text(document, "kind")}});
        }},
       {2, [&](const Field& field) -> Result<> {
          object = field.bytes;
          return Ok{};
        }}}));
  const auto fields = fieldsOf(document);
  if (fields.empty()) return unsupportedMediaType("application/json, application/yaml");
  BERTH_CHECK(readMessage(object, fields));
  return document;
}

}  // namespace berth::api
