#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

/// AWS Data Exports: where an export's files lie and what its manifest says. Pure functions; the delivery
/// layout is described in AWS's user guide, "Understanding export delivery".
namespace billow::feed {

/// One column of a manifest.
struct ManifestColumn {
  std::string name;
  std::string type;
};

/// What a manifest states: exactly these files make the period, and no other that lies beside them.
struct Manifest {
  std::string execution_id;              ///< "" where the manifest has none
  std::string export_arn;
  std::vector<std::string> data_files;   ///< keys within the bucket, in the manifest's order
  std::vector<ManifestColumn> columns;
};

/// "<prefix>/<export>/metadata/BILLING_PERIOD=": what to list to find the manifests of an export.
std::string manifest_prefix(std::string_view prefix, std::string_view export_name);

/// The period "YYYY-MM" of a key that is the newest manifest of a period
/// (<prefix>/<export>/metadata/BILLING_PERIOD=2026-06/<export>-Manifest.json), or "" for any other key. Copies
/// in execution folders of the create-new layout are other keys.
std::string period_of_manifest_key(std::string_view key, std::string_view prefix, std::string_view export_name);

/// Reads a manifest. Items of dataFiles may be s3:// URIs, keys, or objects that hold one; a URI must name
/// `bucket` unless that is empty (a local copy). Every file must lie below `prefix`/`export_name`/data/ and
/// have no ".." in it. Errc::malformed names what is wrong; Errc::rejected says that a format (Parquet, ZIP)
/// is not supported.
Result<Manifest> parse_manifest(std::string_view json, std::string_view bucket, std::string_view prefix,
                                std::string_view export_name);

}  // namespace billow::feed
