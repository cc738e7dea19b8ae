#pragma once

#include "base/error.hpp"

#include <string>
#include <string_view>
#include <vector>

/// AWS Data Exports: where an export's files lie and what its manifest says. Pure functions; the
/// delivery layout is described in AWS's user guide, "Understanding export delivery".
namespace billow::feed {

/// One column of a manifest.
struct ManifestColumn {
  std::string name;
  std::string type;
};

/// What a manifest states: exactly these files make the period, and no other that lies beside them.
struct Manifest {
  std::string execution_id;  ///< "" where the manifest has none
  std::string export_arn;
  std::vector<std::string> data_files;  ///< keys within the store, in the manifest's order
  std::vector<ManifestColumn> columns;
};

/// "<prefix>/<export>/metadata/BILLING_PERIOD=": what to list to find the manifests of an export.
/// Which of the keys found speaks for a period is decided in manifest_choice.hpp.
std::string manifest_prefix(std::string_view prefix, std::string_view export_name);

/// Reads a manifest. Items of dataFiles may be s3:// URIs, keys, or objects that hold one.
/// `export_root` is where the export lies in the store ("<prefix>/<export>", see ManifestChoice).
/// Names are resolved by their key: what follows ".../<export>/data/" is looked up below
/// export_root/data/ of the store that is being read, so that a replicated bucket or a copied
/// folder works with the manifest of the original, and no manifest can point anywhere else. A ".."
/// segment, an empty key or a key twice is malformed. Errc::malformed names what is wrong;
/// Errc::rejected says that a format (Parquet, ZIP) is not supported.
Result<Manifest> parse_manifest(std::string_view json, std::string_view export_root);

}  // namespace billow::feed
