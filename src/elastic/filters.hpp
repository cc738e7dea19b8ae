#pragma once

#include "charge/json_members.hpp"

#include <span>
#include <string>
#include <string_view>

/// The conditions that our queries are made of.
namespace billow::elastic {

/// "query":{"bool":{"filter":[: conditions follow, all of which a document has to meet.
void open_query(JsonWriter& out);
/// Ends what open_query() began.
void close_query(JsonWriter& out);

/// {"term":{<field>:<value>}}
void write_term(JsonWriter& out, std::string_view field, std::string_view value);

/// {"terms":{<field>:[<values>]}}
void write_terms(JsonWriter& out, std::string_view field, std::span<const std::string> values);

}  // namespace billow::elastic
