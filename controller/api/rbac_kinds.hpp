/// @file
/// What the kinds of rbac.authorization.k8s.io do beyond their schema.
#pragma once

#include <vector>

#include "controller/api/registry.hpp"

namespace berth::api {

bool isRbac(const ServedKind& kind);
/// The API groups of roles and subjects, which need not be told.
void completeRbac(const ServedKind& kind, Json& document);
/// What a rule must name, which roles can be bound, and to whom.
std::vector<Cause> checkRbac(const ServedKind& kind, const Json& document);
/// A binding's role cannot be changed.
std::vector<Cause> checkRbacChange(
    const ServedKind& kind, const Json& document, const Json& stored);

}  // namespace berth::api
