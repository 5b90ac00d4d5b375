/// @file
/// CustomResourceDefinitions as objects: what makes one good, and what the server adds.
///
/// Our own kinds are among them, for reading: what they say is part of the program, so
/// they can be written only as they are.  Pure functions; thread-safe.
#pragma once

#include <string>
#include <vector>

#include "controller/api/registry.hpp"

namespace berth::api {

inline const ResourceType kCustomKindType{
    "apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", false};
/// Holds a deleted one until its objects are gone.
inline constexpr const char* kCustomKindFinalizer = "customresourcecleanup.apiextensions.k8s.io";

bool isCustomKind(const ServedKind& kind);
/// The names that can be made of others, and what else is absent.
void completeCustomKind(Json& document);
/// Everything that its schema cannot tell; `stored` is nullptr for a new one.
std::vector<Cause> checkCustomKind(const Json& document, const Json* stored);
/// status: its names are accepted and it is established.
void acceptCustomKind(Json& document);
/// Its names, each of which can belong to one kind of a group only.
std::vector<std::string> claimsOfCustomKind(const Json& document);

/// Forbidden when it is one of ours, or in our group, and says anything but what this
/// program says.
Result<> guardCustomKind(const ServedKind& kind, const Json& document);
/// Forbidden for one of ours.
Result<> guardCustomKindDeletion(const std::string& name);

}  // namespace berth::api
