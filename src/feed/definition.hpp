#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace billow::feed {

/// What a delivery of the feed states.
enum class DeliveryKind { full, window, delta };

/// A kind of feed: the feed.yml of a folder under ingest/.
struct Definition {
  std::string kind;         ///< folder, e.g. "aws/cur2"
  std::string description;  ///< one sentence
  std::string stability;    ///< alpha, beta or stable
  DeliveryKind delivery = DeliveryKind::full;
  std::string fetch;        ///< how its bytes are found: "data_exports"
  std::string normalizer;   ///< rules of normalize/: "aws_cur2" or "aws_focus"
};

/// The definition of a kind; Errc::not_found names the kinds there are.
Result<Definition> find_definition(std::string_view kind);
/// Every kind that is built in, sorted.
std::vector<Definition> definitions();

}  // namespace billow::feed
