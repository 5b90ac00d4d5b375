/// @file
/// From values to sets of fields, along a schema.
#pragma once

#include "core/schema/field_set.hpp"
#include "core/schema/schema.hpp"

namespace berth {

enum class Cover {
  Values,  // what an applier says: its values, without what holds them
  Nodes,   // what a writer makes: what holds the values too
};

FieldSet fieldSetOf(const Schema& schema, const Json& value, Cover cover);

struct FieldChanges {
  FieldSet written;  // added, or another value than before
  FieldSet removed;
};

/// What a writer did to an object.  The order of a list's items is no field.
FieldChanges compareFields(const Schema& schema, const Json& before, const Json& after);

}  // namespace berth
