#pragma once

#include "proof/reconciliation.hpp"

#include <cstddef>
#include <string>

/// What `billow reconcile` prints. Pure.
namespace billow::daemon {

/// A table for a terminal of `width` columns, 0: as wide as need be. `cost`: place in cost_names of
/// the one that is shown; all four are compared.
std::string reconciliation_table(const proof::Reconciliation& made, std::size_t cost,
                                 std::size_t width);
/// One JSON object; amounts are strings with every digit known.
std::string reconciliation_json(const proof::Reconciliation& made);
/// RFC 4180 with \n; a row per place, with all four costs and by how much each differs.
std::string reconciliation_csv(const proof::Reconciliation& made);

}  // namespace billow::daemon
