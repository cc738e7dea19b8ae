#pragma once

#include "elastic/setup.hpp"

#include <string>

namespace billow::daemon {

/// Writes the whole installation into `folder`, which is made if it is missing: a JSON file for
/// each request, named by its path, and `requests.txt`, which lists method, path and file in the
/// order to send them. Returns what a person should be told. Errc::bad_config when a file cannot be
/// written.
Result<std::string> write_requests(int replicas, elastic::SetupParts parts,
                                   const std::string& folder);

}  // namespace billow::daemon
