/// @file
/// What server-side apply makes of values: pure functions along a schema.
#pragma once

#include <string>
#include <vector>

#include "core/schema/field_set.hpp"
#include "core/schema/schema.hpp"

namespace berth {

/// What an applied configuration has of its own rules, beside the schema's: every item
/// of a keyed list has its keys, and none is there twice.  In words, with the path.
std::vector<std::string> findListProblems(const Schema& schema, const Json& config);

/// Takes out nulls where the schema has no null: nothing is meant by them.
void dropNulls(const Schema& schema, Json& config);

/// `config` on top of `live`: objects by member, lists by their keys or values, all
/// else whole.  Items have the order of `config`, those that it does not name stay
/// before the ones that they were before.
Json mergeApplied(const Schema& schema, Json live, const Json& config);

/// Takes out what was `owned` and is not in `kept`, with what is inside.
void removeAbandoned(
    const Schema& schema, Json& object, const FieldSet& owned, const FieldSet& kept);

}  // namespace berth
