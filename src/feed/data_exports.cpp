#include "feed/data_exports.hpp"

#include "base/limits.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <optional>
#include <unordered_set>

namespace billow::feed {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;

Error malformed(std::string detail) { return {Errc::malformed, "manifest: " + std::move(detail)}; }

/// The first of the names that the object has; exports have spelled their keys in more than one
/// way.
std::optional<element> member(const object& from, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    element value;
    if (from.at_key(name).get(value) == simdjson::SUCCESS) return value;
  }
  return std::nullopt;
}

std::string text_of(std::optional<element> value) {
  std::string_view text;
  if (value && value->get(text) == simdjson::SUCCESS) return std::string(text);
  return {};
}

/// Shortened and without control characters, for messages: a manifest is not ours.
std::string shown(std::string_view text) {
  std::string out = "'";
  for (const char c : text.substr(0, 200)) out += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
  return out + "'";
}

bool has_control_character(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

/// True when a part between slashes is "", "." or "..": such keys would mean another file in a
/// folder.
bool leaves_folder(std::string_view key) {
  while (true) {
    const std::size_t slash = key.find('/');
    const std::string_view part = key.substr(0, slash);
    if (part.empty() || part == "." || part == "..") return true;
    if (slash == std::string_view::npos) return false;
    key.remove_prefix(slash + 1);
  }
}

/// The key within the bucket of an s3:// URI or of a bare key.
Result<std::string_view> key_of(std::string_view name) {
  constexpr std::string_view scheme = "s3://";
  if (!name.starts_with(scheme)) {
    if (name.find("://") != std::string_view::npos)
      return malformed(shown(name) + " is not an s3:// URI");
    return name;
  }
  name.remove_prefix(scheme.size());
  const std::size_t slash = name.find('/');
  if (slash == std::string_view::npos)
    return malformed(shown(name) + " names a bucket but no object");
  return name.substr(slash + 1);
}

Result<void> check_format(std::string_view key) {
  if (key.ends_with(".csv.gz") || key.ends_with(".csv")) return {};
  if (key.ends_with(".parquet")) {
    return Error{Errc::rejected, "the export writes Parquet (" + shown(key) +
                                     "), which is not supported: set its format to CSV with GZIP"};
  }
  if (key.ends_with(".zip")) {
    return Error{Errc::rejected, "the export writes ZIP (" + shown(key) +
                                     "), which is not supported: set its compression to GZIP"};
  }
  return malformed(shown(key) + " is neither a .csv.gz nor a .csv file");
}

/// Where the files of the export must lie, and which keys count as such.
struct Place {
  std::string below;      ///< "<export root>/data/"
  std::string_view tail;  ///< "<export>/data/", a suffix of `below`
};

/// The key within the store. It may be a copy of the bucket that AWS wrote to, or of a part of it,
/// so that keys lack or gain leading folders: only what follows "<export>/data/" counts.
Result<std::string> placed(std::string_view key, const Place& place) {
  if (key.starts_with(place.below)) return std::string(key);
  const std::size_t at = key.rfind(place.tail);
  if (at == std::string_view::npos || (at > 0 && key[at - 1] != '/')) {
    return malformed(shown(key) + " does not lie below " + shown(place.below));
  }
  return place.below + std::string(key.substr(at + place.tail.size()));
}

Result<std::string> data_file(element item, const Place& place) {
  std::string name;
  object fields;
  if (item.get(fields) == simdjson::SUCCESS) {
    name = text_of(member(fields, {"key", "s3Key", "s3_key", "objectKey", "object_key", "s3Uri",
                                   "s3_uri", "uri", "path", "location", "name"}));
  } else {
    name = text_of(item);
  }
  if (name.empty())
    return malformed("an item of dataFiles is neither a name nor an object with a key");
  const auto key = key_of(name);
  if (!key) return key.error();
  if (has_control_character(*key) || leaves_folder(*key))
    return malformed(shown(*key) + " is not a clean key");
  if (const auto format = check_format(*key); !format) return format.error();
  return placed(*key, place);
}

std::vector<ManifestColumn> columns_of(const object& root) {
  std::vector<ManifestColumn> columns;
  simdjson::dom::array items;
  const auto list = member(root, {"columns"});
  if (!list || list->get(items) != simdjson::SUCCESS) return columns;
  for (const element item : items) {
    object fields;
    if (columns.size() == limits::columns_max || item.get(fields) != simdjson::SUCCESS) continue;
    columns.push_back({text_of(member(fields, {"name"})), text_of(member(fields, {"type"}))});
  }
  return columns;
}

}  // namespace

std::string manifest_prefix(std::string_view prefix, std::string_view export_name) {
  std::string path(prefix);
  if (!path.empty()) path += '/';
  return path.append(export_name).append("/metadata/BILLING_PERIOD=");
}

Result<Manifest> parse_manifest(std::string_view json, std::string_view export_root) {
  if (json.size() > limits::small_object_bytes_max) {
    return Error{Errc::over_limit, "manifest: larger than " +
                                       std::to_string(limits::small_object_bytes_max) + " bytes"};
  }
  simdjson::dom::parser parser;
  element document;
  if (const auto ec = parser.parse(simdjson::padded_string(json)).get(document);
      ec != simdjson::SUCCESS) {
    return malformed(std::string("not JSON: ") + simdjson::error_message(ec));
  }
  object root;
  if (document.get(root) != simdjson::SUCCESS) return malformed("not a JSON object");

  Manifest manifest;
  manifest.execution_id = text_of(member(root, {"executionId", "execution_id"}));
  manifest.export_arn = text_of(member(root, {"exportArn", "export_arn"}));
  manifest.columns = columns_of(root);

  simdjson::dom::array items;
  const auto list = member(root, {"dataFiles", "data_files"});
  if (!list || list->get(items) != simdjson::SUCCESS) return malformed("dataFiles is not a list");
  Place place{std::string(export_root) + "/data/", {}};
  const std::size_t slash = export_root.rfind('/');
  place.tail =
      std::string_view(place.below).substr(slash == std::string_view::npos ? 0 : slash + 1);
  std::unordered_set<std::string> seen;
  for (const element item : items) {
    if (manifest.data_files.size() == limits::delivery_objects_max) {
      return Error{
          Errc::over_limit,
          "manifest: more than " + std::to_string(limits::delivery_objects_max) + " data files"};
    }
    auto key = data_file(item, place);
    if (!key) return key.error();
    if (!seen.insert(*key).second) return malformed(shown(*key) + " is listed twice");
    manifest.data_files.push_back(*std::move(key));
  }
  // An export writes a header row even when nothing was used. Without a file, publishing would
  // empty the month.
  if (manifest.data_files.empty()) return malformed("dataFiles is empty");
  return manifest;
}

}  // namespace billow::feed
