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
/// One JSON object; amounts are strings with every digit known. Of what was not compared "differs"
/// is null.
std::string reconciliation_json(const proof::Reconciliation& made);
/// RFC 4180 with \n; a row per place, with all four costs and by how much each differs, which is
/// empty where nothing was compared. Notes and failures have no place in it.
std::string reconciliation_csv(const proof::Reconciliation& made);

}  // namespace billow::daemon
