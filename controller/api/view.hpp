/// @file
/// From what is stored to what is served, and back, for kinds where these differ.
#pragma once

#include <string>
#include <string_view>

#include "controller/api/registry.hpp"
#include "controller/store/store.hpp"

namespace berth::api {

/// Without a view, the document itself.
Json asServed(const ServedKind& kind, Json stored);
Json asStored(const ServedKind& kind, Json served);

/// The document of an object as it is served.  The bytes come from the store: they
/// parse.
Json servedDocument(const ServedKind& kind, const store::StoredObject& object);
/// Its bytes: those that are stored, or, when they differ, made in `buffer`.
std::string_view servedBytes(
    const ServedKind& kind, const store::StoredObject& object, std::string& buffer);

}  // namespace berth::api
