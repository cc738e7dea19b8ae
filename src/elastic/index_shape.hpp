#pragma once

#include "elastic/setup.hpp"
#include "elastic/setup_plan.hpp"

#include <string>
#include <string_view>
#include <vector>

/// Indices of charges and rollups are made by templates and keep their mapping when a template
/// changes. What a newer template maps in addition is added to them; what it maps in another way
/// cannot be changed in place, so the index is marked (elastic/index_family.hpp) and the next pass
/// over its feed moves what it holds into a new one.
namespace billow::elastic {

/// What the templates serve that name their indices by a wildcard, with commas: "billow-charges-*".
/// `steps`: of plan_assets().
std::string shaped_indices(const std::vector<SetupStep>& steps);

/// Whether `alias` is what readers query of some of `indices`, which are those of shaped_indices():
/// "billow-charges" of "billow-charges-*".
bool is_read_alias(std::string_view alias, std::string_view indices);

/// The component template that is the site's own.
inline constexpr std::string_view custom_component = "/_component_template/billow@custom";

/// A sentence for each read alias that the site's own component gives to indices, which only a
/// publish may do, for each setting that keeps documents other than as they were sent, and for each
/// field of Billow's whose type it changes: it may set what else it likes and add fields, and
/// Billow's own are what sums and aliases are made with. Pure.
std::vector<std::string> custom_conflicts(const std::vector<SetupStep>& steps,
                                          const Installed& installed);

/// A step for each index that differs from what templates make once `steps` are done: `upgrade`
/// adds fields or takes a mark back, `move` marks it; `installed` is 1 where it is marked already.
/// None for an index that is as it should be. `answer` is that to GET /<indices>/_mapping. Pure.
Result<std::vector<SetupStep>> plan_shapes(const std::vector<SetupStep>& steps,
                                           const Installed& installed, std::string_view answer);

}  // namespace billow::elastic
