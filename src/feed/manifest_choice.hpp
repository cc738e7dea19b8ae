#pragma once

#include "base/error.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace billow::feed {

/// The manifest that speaks for a billing period.
struct ManifestChoice {
  std::string period;       ///< "2026-06"
  std::string key;          ///< of the manifest
  std::string export_root;  ///< what comes before "/metadata/" in it: "<prefix>/<export>"
};

/// Picks, among all keys of a listing, one manifest for each period of an export, oldest period
/// first. It is <root>/metadata/BILLING_PERIOD=YYYY-MM/<export>-Manifest.json, where root ends with
/// the export's name; the create-new layout also keeps copies in execution folders named
/// <timestamp>-<execution id>, of which the newest counts where the first is missing. Two roots
/// with the same export are Errc::malformed: a folder that holds copies of two buckets cannot be
/// told apart.
Result<std::vector<ManifestChoice>> choose_manifests(const std::vector<std::string>& keys,
                                                     std::string_view export_name);

}  // namespace billow::feed
