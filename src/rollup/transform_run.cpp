#include "rollup/transform_run.hpp"

#include "rollup/pivot.hpp"

#include <fmt/format.h>
#include <simdjson.h>

namespace billow::rollup {
namespace {

namespace dom = simdjson::dom;

/// The state of a transform whose task has just ended is read from an index, which may lag.
constexpr int stopped_looks_max = 5;

std::uint64_t count_at(dom::element object, std::string_view name) {
  std::uint64_t count = 0;
  if (object[name].get(count) != simdjson::SUCCESS) return 0;
  return count;
}

std::string text_at(dom::element object, std::string_view name) {
  std::string_view text;
  if (object[name].get(text) != simdjson::SUCCESS) return {};
  return std::string(text);
}

/// Why it is not well although it has not failed: "issue: details" of its health's first issue.
std::string issue_of(dom::element transform) {
  dom::element issue;
  if (transform["health"]["issues"].at(0).get(issue) != simdjson::SUCCESS) return {};
  const std::string details = text_at(issue, "details");
  return text_at(issue, "issue") + (details.empty() ? "" : ": " + details);
}

void write_settings(JsonWriter& writer) {
  write_text(writer, "settings");
  writer.StartObject();
  write_text(writer, "max_page_search_size");
  writer.Int(transform_page_groups);
  write_text(writer, "num_failure_retries");
  writer.Int(transform_retries);
  // Both are as the documents of the daemon's own runner need them: dates as text, and the mapping
  // that our template has given to the index.
  write_text(writer, "dates_as_epoch_millis");
  writer.Bool(false);
  write_text(writer, "deduce_mappings");
  writer.Bool(false);
  writer.EndObject();
}

void write_pivot(JsonWriter& writer, const Definition& definition) {
  write_text(writer, "pivot");
  writer.StartObject();
  write_text(writer, "group_by");
  writer.StartObject();
  for (const Group& group : definition.groups) {
    write_text(writer, group.name);
    write_source(writer, group);
  }
  writer.EndObject();
  write_text(writer, "aggregations");
  write_measures(writer, definition);
  writer.EndObject();
}

}  // namespace

std::string transform_id(const Definition& definition, std::string_view feed) {
  return fmt::format("billow-{}-{}", feed, definition.name);
}

std::string transform_obstacle(const Definition& definition) {
  for (const std::string& tag : definition.tags) {
    if (tag.find_first_of(".[]>") == std::string::npos) continue;
    return fmt::format("a transform cannot group by tag '{}' because of its '.', '[', ']' or '>'",
                       tag);
  }
  return {};
}

std::string transform_body(const Definition& definition, std::string_view charges,
                           std::string_view rollup, const std::string& query) {
  rapidjson::StringBuffer out;
  JsonWriter writer(out);
  writer.StartObject();
  write_text(writer, "description");
  write_text(writer, fmt::format("Fills {}; made and removed by Billow.", rollup));
  write_text(writer, "_meta");
  writer.StartObject();
  write_member(writer, "managed_by", "billow");
  write_text(writer, "version");
  writer.Int(definition.version);
  writer.EndObject();
  write_text(writer, "source");
  writer.StartObject();
  write_text(writer, "index");
  writer.StartArray();
  write_text(writer, charges);
  writer.EndArray();
  write_text(writer, "query");
  writer.RawValue(query.data(), query.size(), rapidjson::kObjectType);
  writer.EndObject();
  write_text(writer, "dest");
  writer.StartObject();
  write_member(writer, "index", rollup);
  writer.EndObject();
  // How soon it looks again after a failure; the default is a minute.
  write_member(writer, "frequency", "5s");
  write_settings(writer);
  write_pivot(writer, definition);
  writer.EndObject();
  return out.GetString();
}

Result<TransformStats> read_transform_stats(const std::string& json) {
  dom::parser parser;
  dom::array transforms;
  TransformStats stats;
  if (parser.parse(json)["transforms"].get(transforms) != simdjson::SUCCESS)
    return Error{Errc::malformed, "the answer to _transform/_stats holds no transforms"};
  if (transforms.size() == 0) return stats;
  const dom::element transform = transforms.at(0).value_unsafe();
  stats.state = text_at(transform, "state");
  if (stats.state.empty())
    return Error{Errc::malformed, "the answer to _transform/_stats tells no state"};
  stats.reason = text_at(transform, "reason");
  if (stats.reason.empty()) stats.reason = issue_of(transform);
  dom::element counts;
  if (transform["stats"].get(counts) == simdjson::SUCCESS) {
    stats.processed = count_at(counts, "documents_processed");
    stats.indexed = count_at(counts, "documents_indexed");
    stats.search_failures = count_at(counts, "search_failures");
    stats.index_failures = count_at(counts, "index_failures");
  }
  dom::element last;
  if (transform["checkpointing"]["last"].get(last) == simdjson::SUCCESS)
    stats.checkpoint = count_at(last, "checkpoint");
  return stats;
}

Error TransformWatch::lost(const TransformStats& stats, std::string_view what) const {
  std::string detail = fmt::format("transform {} {}", id_, what);
  if (!stats.reason.empty()) detail += ": " + stats.reason;
  return {Errc::rejected, std::move(detail)};
}

Result<bool> TransformWatch::look(const TransformStats& stats,
                                  std::chrono::milliseconds since_start) {
  if (stats.state.empty())
    return Error{Errc::transient, "transform " + id_ + " was removed while it ran"};
  if (stats.state == "failed") return lost(stats, "failed");
  if (stats.state == "stopped") {
    if (stats.checkpoint > 0) return true;
    if (++stopped_looks_ == stopped_looks_max) return lost(stats, "was stopped before it was done");
    return false;
  }
  stopped_looks_ = 0;
  if (stats != last_) moved_at_ = since_start;
  last_ = stats;
  if (stats.state != "waiting") assigned_at_ = since_start;
  if (since_start - assigned_at_ >= unassigned_max) return lost(stats, "has no node to run on");
  if (since_start - moved_at_ >= silence_max) return lost(stats, "stands still");
  return false;
}

}  // namespace billow::rollup
