#include "feed/manifest_choice.hpp"

#include "base/civil_time.hpp"

#include <algorithm>
#include <map>

namespace billow::feed {
namespace {

constexpr std::string_view partition = "/metadata/BILLING_PERIOD=";
constexpr std::size_t period_length = 7;

struct Candidate {
  ManifestChoice choice;
  std::string folder;  ///< execution folder, "" for the manifest of the period itself
};

/// True when `root` is the export's own folder: its name, with or without a prefix before it.
bool names_export(std::string_view root, std::string_view export_name) {
  return root == export_name || (root.size() > export_name.size() && root.ends_with(export_name) &&
                                 root[root.size() - export_name.size() - 1] == '/');
}

bool read_key(std::string_view key, std::string_view export_name, Candidate& out) {
  const std::string file = std::string(export_name) + "-Manifest.json";
  const std::size_t at = key.rfind(partition);
  if (at == std::string_view::npos || !names_export(key.substr(0, at), export_name)) return false;
  const std::string_view rest = key.substr(at + partition.size());
  if (rest.size() < period_length + 1 || rest[period_length] != '/' ||
      !parse_month(rest.substr(0, period_length))) {
    return false;
  }
  const std::string_view path = rest.substr(period_length + 1);
  const std::size_t slash = path.find('/');
  const std::string_view name = slash == std::string_view::npos ? path : path.substr(slash + 1);
  if (name != file) return false;
  out.choice = {std::string(rest.substr(0, period_length)), std::string(key),
                std::string(key.substr(0, at))};
  out.folder = slash == std::string_view::npos ? std::string() : std::string(path.substr(0, slash));
  return true;
}

/// The period's own manifest before any copy, and the newest copy before older ones: folders start
/// with a time.
bool speaks_before(const Candidate& a, const Candidate& b) {
  if (a.folder.empty() != b.folder.empty()) return a.folder.empty();
  return a.folder > b.folder;
}

}  // namespace

Result<std::vector<ManifestChoice>> choose_manifests(const std::vector<std::string>& keys,
                                                     std::string_view export_name) {
  std::map<std::string, Candidate> best;
  for (const std::string& key : keys) {
    Candidate candidate;
    if (!read_key(key, export_name, candidate)) continue;
    auto [place, added] = best.try_emplace(candidate.choice.period, candidate);
    if (added) continue;
    if (place->second.choice.export_root != candidate.choice.export_root) {
      return Error{Errc::malformed, "two exports of the same name, '" +
                                        place->second.choice.export_root + "' and '" +
                                        candidate.choice.export_root +
                                        "': name one of their folders as the location"};
    }
    if (speaks_before(candidate, place->second)) place->second = std::move(candidate);
  }
  std::vector<ManifestChoice> chosen;
  chosen.reserve(best.size());
  for (auto& [period, candidate] : best) chosen.push_back(std::move(candidate.choice));
  return chosen;
}

}  // namespace billow::feed
