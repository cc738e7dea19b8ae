#include "elastic/alias_filter.hpp"

#include "elastic/filters.hpp"
#include "elastic/index_family.hpp"

#include <simdjson.h>

#include <algorithm>
#include <charconv>

namespace billow::elastic {
namespace {

namespace dom = simdjson::dom;

void write_filter(JsonWriter& writer, const Visible& visible) {
  writer.StartObject();
  write_text(writer, "bool");
  writer.StartObject();
  if (!visible.delivery_id.empty()) write_member(writer, "_name", visible.delivery_id);
  write_text(writer, "filter");
  writer.StartArray();
  write_terms(writer, "x_SliceId", visible.slice_ids);
  writer.EndArray();
  writer.EndObject();
  writer.EndObject();
}

/// {"remove":{"index":<index>,"alias":<alias>,"must_exist":true}}
void write_removal(JsonWriter& writer, std::string_view index, std::string_view alias) {
  writer.StartObject();
  write_text(writer, "remove");
  writer.StartObject();
  write_member(writer, "index", index);
  write_member(writer, "alias", alias);
  write_text(writer, "must_exist");
  writer.Bool(true);
  writer.EndObject();
  writer.EndObject();
}

/// The compare of the compare-and-set.
void write_expected(JsonWriter& writer, std::string_view alias) {
  write_removal(writer, state_index, alias);
}

/// Opens {"add":{"index":..,"alias":..; close_add() ends it.
void open_add(JsonWriter& writer, std::string_view index, std::string_view alias) {
  writer.StartObject();
  write_text(writer, "add");
  writer.StartObject();
  write_member(writer, "index", index);
  write_member(writer, "alias", alias);
}
void close_add(JsonWriter& writer) {
  writer.EndObject();
  writer.EndObject();
}

void write_token(JsonWriter& writer, std::string_view feed, std::uint64_t number,
                 std::string_view mark) {
  open_add(writer, state_index, token_alias(feed, number));
  write_text(writer, "filter");
  writer.StartObject();
  write_text(writer, "match_none");
  writer.StartObject();
  write_member(writer, "_name", mark);
  writer.EndObject();
  writer.EndObject();
  close_add(writer);
}

std::optional<std::uint64_t> number_after(std::string_view text, std::string_view prefix) {
  if (!text.starts_with(prefix) || text.size() == prefix.size()) return std::nullopt;
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data() + prefix.size(), end, number);
  if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
  return number;
}

Error not_ours(std::string_view index, std::string_view alias) {
  return {Errc::malformed,
          "the alias " + std::string(alias) + " of " + std::string(index) +
              " has a filter that Billow did not write; remove the alias from that index"};
}

Result<Visible> read_filter(std::string_view index, std::string_view alias, dom::element filter) {
  Visible visible;
  visible.index = index;
  visible.alias = alias;
  dom::array ids;
  if (filter["bool"]["filter"].at(0)["terms"]["x_SliceId"].get(ids) != simdjson::SUCCESS)
    return not_ours(index, alias);
  for (const dom::element id : ids) {
    std::string_view text;
    if (id.get(text) != simdjson::SUCCESS) return not_ours(index, alias);
    visible.slice_ids.emplace_back(text);
  }
  std::string_view name;
  if (filter["bool"]["_name"].get(name) == simdjson::SUCCESS) visible.delivery_id = name;
  std::sort(visible.slice_ids.begin(), visible.slice_ids.end());
  return visible;
}

}  // namespace

std::string alias_filter(const Visible& visible) {
  rapidjson::StringBuffer out;
  JsonWriter writer(out);
  write_filter(writer, visible);
  return out.GetString();
}

Result<std::vector<Visible>> read_visible_answer(const std::string& json, std::string_view alias,
                                                 std::string_view family) {
  dom::parser parser;
  dom::object indices;
  if (parser.parse(json).get(indices) != simdjson::SUCCESS) {
    return Error{Errc::malformed, "the answer about aliases is no JSON object"};
  }
  std::vector<Visible> found;
  for (const auto& entry : indices) {
    if (!family.empty() && family_of(entry.key) != family) continue;
    dom::element shown;
    dom::element filter;
    if (entry.value["aliases"][alias].get(shown) != simdjson::SUCCESS) continue;
    if (shown["filter"].get(filter) != simdjson::SUCCESS) return not_ours(entry.key, alias);
    auto visible = read_filter(entry.key, alias, filter);
    if (!visible) return visible.error();
    found.push_back(*std::move(visible));
  }
  std::sort(found.begin(), found.end(),
            [](const Visible& a, const Visible& b) { return a.index < b.index; });
  return found;
}

Result<StateAliases> read_state_answer(const std::string& json, std::string_view feed) {
  dom::parser parser;
  dom::object indices;
  if (parser.parse(json).get(indices) != simdjson::SUCCESS) {
    return Error{Errc::malformed, "the answer about aliases is no JSON object"};
  }
  StateAliases state;
  const std::string prefix = "billow-epoch-" + std::string(feed) + "-";
  for (const auto& index : indices) {
    dom::object aliases;
    if (index.value["aliases"].get(aliases) != simdjson::SUCCESS) continue;
    for (const auto& alias : aliases) {
      if (const auto registered = number_after(alias.key, "billow-feeds-"))
        state.registered = registered;
      // Another feed's name may go on after ours: only digits may follow.
      const auto number = number_after(alias.key, prefix);
      if (!number) continue;
      Token token;
      token.number = *number;
      std::string_view mark;
      if (alias.value["filter"]["match_none"]["_name"].get(mark) == simdjson::SUCCESS)
        token.mark = mark;
      state.tokens.push_back(std::move(token));
    }
  }
  return state;
}

std::string token_alias(std::string_view feed, std::uint64_t number) {
  return "billow-epoch-" + std::string(feed) + "-" + std::to_string(number);
}

std::string register_alias(std::uint64_t number) {
  return "billow-feeds-" + std::to_string(number);
}

std::string registration_body(std::string_view feed, std::uint64_t registered, std::uint64_t first,
                              std::string_view mark) {
  rapidjson::StringBuffer out;
  JsonWriter writer(out);
  writer.StartObject();
  write_text(writer, "actions");
  writer.StartArray();
  write_expected(writer, register_alias(registered));
  open_add(writer, state_index, register_alias(registered + 1));
  close_add(writer);
  write_token(writer, feed, first, mark);
  writer.EndArray();
  writer.EndObject();
  return out.GetString();
}

std::string publication_body(std::string_view feed, std::uint64_t number, std::string_view mark,
                             const std::vector<Visible>& shown) {
  rapidjson::StringBuffer out;
  JsonWriter writer(out);
  writer.StartObject();
  write_text(writer, "actions");
  writer.StartArray();
  write_expected(writer, token_alias(feed, number));
  write_token(writer, feed, number + 1, mark);
  for (const Visible& visible : shown) {
    if (visible.removed) {
      write_removal(writer, visible.index, visible.alias);
      continue;
    }
    open_add(writer, visible.index, visible.alias);
    write_text(writer, "filter");
    write_filter(writer, visible);
    close_add(writer);
  }
  writer.EndArray();
  writer.EndObject();
  return out.GetString();
}

std::string deletion_body(std::string_view feed, std::uint64_t number, std::string_view mark,
                          std::string_view index) {
  rapidjson::StringBuffer out;
  JsonWriter writer(out);
  writer.StartObject();
  write_text(writer, "actions");
  writer.StartArray();
  write_expected(writer, token_alias(feed, number));
  write_token(writer, feed, number + 1, mark);
  writer.StartObject();
  write_text(writer, "remove_index");
  writer.StartObject();
  write_member(writer, "index", index);
  writer.EndObject();
  writer.EndObject();
  writer.EndArray();
  writer.EndObject();
  return out.GetString();
}

}  // namespace billow::elastic
