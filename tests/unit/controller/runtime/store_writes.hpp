/// @file
/// Short ways to write to a store in the tests of the runtime.
#pragma once

#include <string>

#include "controller/store/store.hpp"
#include "core/json/json.hpp"

namespace berth::runtime {

inline const std::string kThings = "things.berth.dev";
inline const std::string kOthers = "others.berth.dev";

inline store::Body bodyOf(const ObjectKey& key, const Json& rest = Json::object()) {
  Json document = rest;
  document["metadata"]["name"] = key.name;
  document["metadata"]["namespace"] = key.namespaceName;
  document["metadata"]["uid"] = "uid-" + key.name;
  document["metadata"]["resourceVersion"] = "";
  store::Body body{dumpJson(document), 0};
  const std::string field = "\"resourceVersion\":\"";
  body.revisionAt = body.bytes.find(field) + field.size();
  return body;
}

/// The revision of the write.
inline store::Revision write(
    store::Store& store,
    store::Operation operation,
    const std::string& name,
    const Json& rest = Json::object(),
    const std::string& resource = kThings) {
  const ObjectKey key{"acme", name};
  store::Write write;
  write.operation = operation;
  write.resource = resource;
  write.key = key;
  write.uid = "uid-" + name;
  write.body = bodyOf(key, rest);
  const auto stored = store.write({}, write);
  return stored ? (*stored)->revision : 0;
}

inline store::Revision create(
    store::Store& store,
    const std::string& name,
    const Json& rest = Json::object(),
    const std::string& resource = kThings) {
  return write(store, store::Operation::Create, name, rest, resource);
}
inline store::Revision replace(
    store::Store& store, const std::string& name, const Json& rest = Json::object()) {
  return write(store, store::Operation::Replace, name, rest);
}
inline store::Revision remove(store::Store& store, const std::string& name) {
  return write(store, store::Operation::Delete, name);
}

}  // namespace berth::runtime
