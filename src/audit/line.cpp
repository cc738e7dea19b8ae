#include "audit/line.hpp"

#include "charge/encode.hpp"

#include <simdjson.h>

#include <algorithm>
#include <charconv>

namespace billow::audit {
namespace {

namespace ondemand = simdjson::ondemand;

/// The end of the JSON string that begins at `at`, behind its closing quote; npos for none.
std::size_t string_end(std::string_view json, std::size_t at) {
  if (at >= json.size() || json[at] != '"') return std::string_view::npos;
  for (++at; at < json.size(); ++at) {
    if (json[at] == '"') return at + 1;
    if (json[at] == '\\') ++at;
  }
  return std::string_view::npos;
}

/// Behind `,"<name>":"..."` at `at`; npos when something else stands there.
std::size_t behind_member(std::string_view json, std::size_t at, std::string_view key) {
  if (at == std::string_view::npos || json.substr(at, key.size()) != key)
    return std::string_view::npos;
  return string_end(json, at + key.size());
}

/// The text of a number, or of a string that holds one: Elasticsearch takes both.
std::string_view number_text(std::string_view raw) {
  if (raw.size() >= 2 && raw.front() == '"' && raw.back() == '"')
    raw = raw.substr(1, raw.size() - 2);
  return raw;
}

/// A value's JSON as it stands, without blanks around it.
simdjson::error_code raw_json(ondemand::value value, std::string_view& raw) {
  ondemand::json_type type{};
  if (auto ec = value.type().get(type)) return ec;
  if (type == ondemand::json_type::object) {
    ondemand::object object;
    if (auto ec = value.get_object().get(object)) return ec;
    return object.raw_json().get(raw);
  }
  if (type == ondemand::json_type::array) {
    ondemand::array array;
    if (auto ec = value.get_array().get(array)) return ec;
    return array.raw_json().get(raw);
  }
  raw = value.raw_json_token();
  raw = raw.substr(0, raw.find_last_not_of(" \t\r\n") + 1);
  return simdjson::SUCCESS;
}

/// Calls `take` with every member: its name and its raw JSON.
template <class Take>
bool each_member(std::string_view json, Take take) {
  thread_local ondemand::parser parser;
  const simdjson::padded_string padded(json);
  ondemand::document document;
  ondemand::object object;
  if (parser.iterate(padded).get(document) != simdjson::SUCCESS) return false;
  if (document.get_object().get(object) != simdjson::SUCCESS) return false;
  for (auto entry : object) {
    ondemand::field field;
    if (std::move(entry).get(field) != simdjson::SUCCESS) return false;
    std::string_view name;
    std::string_view raw;
    if (field.unescaped_key().get(name) != simdjson::SUCCESS) return false;
    const std::string kept(name);
    if (raw_json(field.value(), raw) != simdjson::SUCCESS) return false;
    take(kept, raw);
  }
  return true;
}

/// The text of a JSON string without escapes; "" for anything else: names of slices and currencies
/// have none.
std::string plain_text(std::string_view raw) {
  const bool quoted = raw.size() >= 2 && raw.front() == '"' && string_end(raw, 0) == raw.size();
  return quoted ? std::string(raw.substr(1, raw.size() - 2)) : std::string();
}

}  // namespace

std::optional<std::string_view> statement_of(std::string_view source) {
  constexpr std::string_view line_item = R"(,"x_LineItemId":)";
  constexpr std::string_view delivery = R"(,"x_DeliveryId":)";
  const std::size_t at = source.rfind(delivery);
  std::size_t end = behind_member(source, at, delivery);
  end = behind_member(source, end, R"(,"x_SliceId":)");
  end = behind_member(source, end, R"(,"x_IngestedAt":)");
  if (end == std::string_view::npos || source.substr(end) != "}") return std::nullopt;
  const std::size_t before = source.substr(0, at).rfind(line_item);
  const bool has_line_item = behind_member(source, before, line_item) == at;
  return source.substr(0, has_line_item ? before : at);
}

std::optional<LineTotals> totals_of(std::string_view source) {
  LineTotals line;
  const bool read = each_member(source, [&line](const std::string& name, std::string_view raw) {
    if (name == "BillingCurrency") {
      line.currency = plain_text(raw);
    } else if (name == "x_SliceId") {
      line.slice = plain_text(raw);
    } else {
      const auto kind = std::find(cost_names.begin(), cost_names.end(), name);
      if (kind == cost_names.end()) return;
      const auto cost = Decimal::parse(number_text(raw));
      if (cost) line.costs[static_cast<std::size_t>(kind - cost_names.begin())] = *cost;
    }
  });
  if (!read) return std::nullopt;
  line.digest = digest_of(statement_of(source).value_or(source));
  return line;
}

void add(ControlTotals& totals, const LineTotals& line) {
  ++totals.lines;
  totals.digest.add(line.digest);
  CurrencyTotals& of_currency = totals.by_currency[line.currency];
  ++of_currency.lines;
  for (std::size_t kind = 0; kind < cost_kinds; ++kind) {
    of_currency.sums[kind].add(line.costs[kind]);
    if (line.costs[kind].is_negative()) of_currency.negatives[kind].add(line.costs[kind]);
  }
}

std::optional<std::uint64_t> ordinal_of(std::string_view id, std::string_view slice) {
  if (id.size() <= slice.size() + 1 || !id.starts_with(slice)) return std::nullopt;
  const std::string_view digits = id.substr(slice.size() + 1);
  std::uint64_t ordinal = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), ordinal);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  if (line_id(slice, ordinal) != id) return std::nullopt;
  return ordinal;
}

std::vector<std::pair<std::string, std::string>> members_of(std::string_view json) {
  std::vector<std::pair<std::string, std::string>> members;
  std::string closed;
  if (json.empty() || json.back() != '}') {
    closed = std::string(json) + "}";
    json = closed;
  }
  each_member(json, [&members](const std::string& name, std::string_view raw) {
    members.emplace_back(name, std::string(raw));
  });
  std::sort(members.begin(), members.end());
  return members;
}

}  // namespace billow::audit
