/// @file
/// What the kinds of Kubernetes itself do beyond their schema: Namespace, Secret,
/// ConfigMap, CustomResourceDefinition, and those of RBAC.
#pragma once

#include <vector>

#include "controller/api/registry.hpp"

namespace berth::api {

bool isNamespace(const ServedKind& kind);
/// Secret.stringData becomes part of Secret.data, as plain text becomes base64; the
/// groups in bindings are told.
void foldShorthands(const ServedKind& kind, Json& document);
/// What a new object of the kind has from the server: a namespace is Active and
/// held by the finalizer "kubernetes" until it is empty.
void initializeBuiltin(const ServedKind& kind, Json& document);
/// What it has from the server after every write: the status of a definition.
void completeBuiltin(const ServedKind& kind, Json& document);
/// Keys and values of data; rules, roles and subjects.
std::vector<Cause> checkBuiltin(const ServedKind& kind, const Json& document);
/// What may not change: a Secret's type, all data once `immutable` is true, roleRef.
std::vector<Cause> checkImmutable(const ServedKind& kind, const Json& document, const Json& stored);

/// A short value that tables, field selectors and claims are made of.
std::string scalarText(const Json& value);

}  // namespace berth::api
