#pragma once

#include <map>
#include <string>
#include <vector>

namespace billow::elastic {

/// Every value of a JSON object by its dotted path, as text: Elasticsearch gives settings back as
/// strings and splits dotted names, so "index.codec" and {"index":{"codec":..}}, 1 and "1" are the
/// same. A list is one value. Empty for what is no object.
using JsonPaths = std::map<std::string, std::string>;
JsonPaths json_paths(const std::string& json);

/// How `after` differs from `before`: "+ path: value", "- path: value", "~ path: old -> new",
/// sorted by path. What only explains an asset (`_meta.reasons`, `metadata.reasons`) is left out.
std::vector<std::string> differences(const JsonPaths& before, const JsonPaths& after);

}  // namespace billow::elastic
