#pragma once

#include "charge/json_members.hpp"
#include "rollup/definition.hpp"

/// What a definition groups by and adds up, in the words that a composite aggregation and the pivot
/// of a transform have in common. Pure.
namespace billow::rollup {

/// {"terms":{"field":"ServiceName","missing_bucket":true}}
void write_source(JsonWriter& writer, const Group& group);

/// {"BilledCost":{"sum":{"field":"BilledCost"}}, ...}
void write_measures(JsonWriter& writer, const Definition& definition);

}  // namespace billow::rollup
