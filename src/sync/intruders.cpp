#include "sync/intruders.hpp"

#include "elastic/alias_members.hpp"
#include "elastic/index_family.hpp"
#include "elastic/publication.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>

namespace billow::sync {
namespace {

bool is_ours(const elastic::AliasMember& member, std::span<const rollup::Definition> rollups) {
  if (member.alias == elastic::charges_alias)
    return elastic::charges_name(member.index).has_value();
  const auto rollup = std::ranges::find(rollups, member.alias, &rollup::Definition::alias);
  return rollup != rollups.end() && rollup->owns(elastic::family_of(member.index));
}

Error intrusion(const std::string& alias, const std::vector<std::string>& indices,
                std::uint64_t documents) {
  return {
      Errc::malformed,
      fmt::format("readers of {0} see {1} documents of this feed in {2}, which Billow did not "
                  "make, besides or in place of its own. Is it a copy, or a snapshot restored "
                  "or mounted under another name? Take the alias {0} away from it; if it is all "
                  "that is left, restore it under the name it had",
                  alias, documents, fmt::join(indices, ", "))};
}

}  // namespace

Task<Intruders> read_intruders(FeedSync::Context context) {
  std::vector<std::string> aliases = {std::string(elastic::charges_alias)};
  for (const rollup::Definition& rollup : context.rollups) aliases.push_back(rollup.alias());
  auto members = co_await elastic::read_members(context.cluster, std::move(aliases));
  if (!members) co_return members.error();
  std::map<std::string, std::vector<std::string>> strangers;
  for (elastic::AliasMember& member : *members) {
    if (!is_ours(member, context.rollups))
      strangers[member.alias].push_back(std::move(member.index));
  }
  Intruders found;
  for (const auto& [alias, indices] : strangers) {
    auto counts =
        co_await elastic::count_by_period(context.cluster, alias, indices, context.config.id);
    if (!counts) co_return counts.error();
    for (const auto& [period, documents] : *counts) {
      Error error = intrusion(alias, indices, documents);
      if (alias == elastic::charges_alias)
        found.periods.emplace(period, std::move(error));
      else if (!found.rollups)
        found.rollups = within(period, std::move(error));
    }
  }
  co_return found;
}

}  // namespace billow::sync
