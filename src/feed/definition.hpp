#pragma once

#include "base/error.hpp"
#include "charge/coverage.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace billow::feed {

/// A kind of feed: the feed.yml of a folder under ingest/.
struct Definition {
  std::string kind;                            ///< folder, e.g. "aws/cur2"
  std::string description;                     ///< one sentence
  std::string stability;                       ///< alpha, beta or stable
  DeliveryKind delivery = DeliveryKind::full;  ///< what a delivery of it states
  std::string fetch;       ///< how its bytes are found: "data_exports" or "elastic_cloud"
  std::string decode;      ///< what the bytes are: "csv" or "json"
  std::string normalizer;  ///< rules of normalize/: "aws_cur2", "aws_focus" or "elastic_cloud"
};

/// Reads the text of a feed.yml. Every key is needed and no other is known; what is fetched the way
/// it says must be able to state what it says. Errc::malformed names all that is wrong at once,
/// each with its line.
Result<Definition> parse_definition(std::string_view kind, std::string_view yaml);

/// The definition of a kind; Errc::not_found names the kinds there are.
Result<Definition> find_definition(std::string_view kind);
/// Every kind that is built in, sorted.
std::vector<Definition> definitions();

}  // namespace billow::feed
