#pragma once

#include "rollup/definition.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <string_view>

/// What a definition groups by and adds up, in the words that a composite aggregation and the pivot
/// of a transform have in common. Pure.
namespace billow::rollup {

using JsonWriter = rapidjson::Writer<rapidjson::StringBuffer>;

void write_key(JsonWriter& writer, std::string_view key);
void write_text(JsonWriter& writer, std::string_view text);

/// {"terms":{"field":"ServiceName","missing_bucket":true}}
void write_source(JsonWriter& writer, const Group& group);

/// {"BilledCost":{"sum":{"field":"BilledCost"}}, ...}
void write_measures(JsonWriter& writer, const Definition& definition);

}  // namespace billow::rollup
