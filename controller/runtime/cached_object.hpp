/// @file
/// CachedObjects from what the store gives.
#pragma once

#include <string_view>

#include "controller/runtime/watch_hub.hpp"

namespace berth::runtime {

/// metadata.labels of a document, without reading what comes after metadata.
Labels labelsOf(std::string_view document);

CachedObjectPtr makeCached(store::StoredObjectPtr stored);

}  // namespace berth::runtime
