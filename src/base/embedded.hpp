#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace billow::embedded {

/// A file of the source tree that is compiled into the program. Both views live as long as it runs.
struct File {
  std::string_view
      name;  ///< path below the folder it was embedded from, with '/', e.g. "aws/cur2/feed.yml"
  std::string_view text;  ///< its bytes, followed by a NUL that is not part of the view
};

/// The files below ingest/ that the running program needs (feed definitions and lookup tables).
std::span<const File> ingest();
/// The files below es-templates/: component and index templates.
std::span<const File> es_templates();
/// The files below transforms/: definitions of rollups.
std::span<const File> transforms();

}  // namespace billow::embedded
