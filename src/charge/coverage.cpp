#include "charge/coverage.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace billow {
namespace {

constexpr std::array<std::pair<DeliveryKind, std::string_view>, 3> names = {
    {{DeliveryKind::full, "full"},
     {DeliveryKind::window, "window"},
     {DeliveryKind::delta, "delta"}}};

/// Takes the days of `window` off those of `days`, unless they are in the middle of them.
void take_off(Coverage& days, const Coverage& window) {
  if (window.first_day <= days.first_day)
    days.first_day = std::clamp(window.end_day, days.first_day, days.end_day);
  else if (window.end_day >= days.end_day)
    days.end_day = std::min(window.first_day, days.end_day);
}

void write_kind(JsonWriter& out, const Coverage& coverage) {
  write_member(out, "Kind", name_of(coverage.kind));
  if (coverage.kind != DeliveryKind::window) return;
  write_text(out, "FirstDay");
  out.Int(coverage.first_day);
  write_text(out, "EndDay");
  out.Int(coverage.end_day);
}

Coverage read_kind(const JsonReader& in) {
  Coverage coverage;
  const std::string kind = in.text("Kind");
  const auto named = [&kind](const auto& entry) { return entry.second == kind; };
  const auto found = std::find_if(names.begin(), names.end(), named);
  if (found == names.end()) {
    in.reject();
    return coverage;
  }
  coverage.kind = found->first;
  if (coverage.kind != DeliveryKind::window) return coverage;
  coverage.first_day = static_cast<std::int32_t>(in.integer("FirstDay"));
  coverage.end_day = static_cast<std::int32_t>(in.integer("EndDay"));
  return coverage;
}

}  // namespace

std::string_view name_of(DeliveryKind kind) noexcept {
  for (const auto& [value, name] : names) {
    if (value == kind) return name;
  }
  return "unknown";
}

bool Coverage::replaces(const SliceKey& key) const noexcept {
  switch (kind) {
    case DeliveryKind::full:
      return true;
    case DeliveryKind::window:
      return key.day >= first_day && key.day < end_day;
    case DeliveryKind::delta:
      return false;
  }
  return true;
}

bool Coverage::admits(const SliceKey& key) const noexcept {
  return kind == DeliveryKind::delta || replaces(key);
}

bool Coverage::supersedes(const Coverage& older) const noexcept {
  if (kind != DeliveryKind::window || older.kind != DeliveryKind::window)
    return kind == DeliveryKind::full;
  return first_day <= older.first_day && end_day >= older.end_day;
}

bool Part::stands() const noexcept {
  return coverage.kind != DeliveryKind::window || coverage.first_day < coverage.end_day;
}

std::vector<Part> remaining_parts(std::vector<Part> parts, const Coverage& published,
                                  const std::vector<std::string>& shown) {
  if (published.kind == DeliveryKind::full) return {};
  for (Part& part : parts) {
    std::erase_if(part.slice_ids, [&shown](const std::string& id) {
      return !std::binary_search(shown.begin(), shown.end(), id);
    });
    const bool days = part.coverage.kind == DeliveryKind::window;
    if (days && published.kind == DeliveryKind::window) take_off(part.coverage, published);
  }
  std::erase_if(parts, [](const Part& part) { return part.slice_ids.empty() && !part.stands(); });
  return parts;
}

void write_coverage(JsonWriter& out, const Coverage& coverage, const std::vector<Part>& parts) {
  if (coverage.kind == DeliveryKind::full) return;
  write_text(out, "Coverage");
  out.StartObject();
  write_kind(out, coverage);
  out.EndObject();
  write_text(out, "Parts");
  out.StartArray();
  for (const Part& part : parts) {
    out.StartObject();
    write_member(out, "x_DeliveryId", part.delivery_id);
    write_member(out, "SchemaVersion", static_cast<std::uint64_t>(part.schema));
    write_kind(out, part.coverage);
    write_member(out, "RowsDead", part.rows_dead);
    write_text(out, "x_SliceIds");
    out.StartArray();
    for (const std::string& id : part.slice_ids) write_text(out, id);
    out.EndArray();
    out.EndObject();
  }
  out.EndArray();
}

Coverage read_coverage(const JsonReader& in) {
  return in.has("Coverage") ? read_kind(in.at(*in.find("Coverage"))) : Coverage();
}

std::vector<Part> read_parts(const JsonReader& in) {
  std::vector<Part> parts;
  if (!in.has("Parts")) return parts;
  in.each("Parts", [&parts](const JsonReader& item) {
    Part part;
    part.delivery_id = item.text("x_DeliveryId");
    part.schema = static_cast<int>(item.number("SchemaVersion"));
    part.coverage = read_kind(item);
    part.rows_dead = item.number("RowsDead");
    part.slice_ids = item.texts("x_SliceIds");
    parts.push_back(std::move(part));
  });
  return parts;
}

}  // namespace billow
