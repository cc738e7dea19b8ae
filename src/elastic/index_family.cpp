#include "elastic/index_family.hpp"

#include "base/civil_time.hpp"
#include "elastic/alias_filter.hpp"

#include <simdjson.h>

#include <algorithm>
#include <charconv>

namespace billow::elastic {
namespace {

namespace dom = simdjson::dom;

/// How many came before an index in its family; `mark` is where the "-r" of its name begins.
struct Place {
  std::size_t mark = std::string_view::npos;
  unsigned number = 0;
};

Place place_of(std::string_view index) {
  Place place;
  const std::size_t mark = index.rfind("-r");
  if (mark == std::string_view::npos) return place;
  const char* const end = index.data() + index.size();
  const auto read = std::from_chars(index.data() + mark + 2, end, place.number);
  if (read.ec == std::errc{} && read.ptr == end && place.number != 0) place.mark = mark;
  if (place.mark == std::string_view::npos) place.number = 0;
  return place;
}

/// All of a family, whether they exist or not. The id of a feed may end like a month, so the path
/// finds indices of other feeds too: of "billow-charges-a-2026-06" also
/// "billow-charges-a-2026-06-restated-2026-06". Whoever reads the answer keeps the family's own.
std::string family_path(std::string_view family) {
  return std::string(family) + "," + std::string(family) + "-r*";
}

Task<std::string> read_mappings(Cluster& cluster, std::string path, std::string alias) {
  // Of the mappings only the mark is wanted, and something that every index of ours has.
  co_return co_await cluster.request(
      "GET", "/" + path +
                 "?features=aliases,mappings&ignore_unavailable=true&allow_no_indices=true"
                 "&filter_path=*.aliases." +
                 alias + ",*.mappings._meta,*.mappings.properties.x_SliceId.type");
}

}  // namespace

std::string family_of(std::string_view index) {
  return std::string(index.substr(0, place_of(index).mark));
}

std::string follower(std::string_view family, unsigned number) {
  return std::string(family) + (number == 0 ? "" : "-r" + std::to_string(number));
}

std::optional<ChargesName> charges_name(std::string_view index) {
  constexpr std::size_t period_size = 7;
  const std::string family = family_of(index);
  const std::string prefix = std::string(charges_alias) + "-";
  if (!family.starts_with(prefix) || family.size() < prefix.size() + period_size + 2)
    return std::nullopt;
  const std::size_t dash = family.size() - period_size - 1;
  ChargesName name{family.substr(prefix.size(), dash - prefix.size()), family.substr(dash + 1)};
  if (family[dash] != '-' || !parse_month(name.period)) return std::nullopt;
  return name;
}

std::string period_of(std::string_view feed, std::string_view index) {
  auto name = charges_name(index);
  return name && name->feed == feed ? std::move(name->period) : std::string();
}

std::string newest_of(std::string_view family, const std::vector<FamilyIndex>& indices) {
  unsigned newest = 0;
  for (const FamilyIndex& index : indices) {
    if (family_of(index.visible.index) != family) continue;
    newest = std::max(newest, place_of(index.visible.index).number + (index.outdated ? 1 : 0));
  }
  return follower(family, newest);
}

Result<std::vector<FamilyIndex>> read_families_answer(const std::string& json,
                                                      std::string_view alias,
                                                      std::string_view family) {
  auto shown = read_visible_answer(json, alias, family);
  if (!shown) return shown.error();
  dom::parser parser;
  dom::object indices;
  if (auto ec = parser.parse(json).get(indices))
    return Error{Errc::malformed,
                 std::string("the answer about indices: ") + simdjson::error_message(ec)};
  std::vector<FamilyIndex> members;
  for (const auto& entry : indices) {
    if (!family.empty() && family_of(entry.key) != family) continue;
    FamilyIndex index;
    index.visible.index = entry.key;
    index.visible.alias = alias;
    const auto found = std::ranges::find(*shown, entry.key, &Visible::index);
    index.shown = found != shown->end();
    if (index.shown) index.visible = *found;
    bool outdated = false;
    if (entry.value["mappings"]["_meta"][outdated_mark].get(outdated) == simdjson::SUCCESS)
      index.outdated = outdated;
    members.push_back(std::move(index));
  }
  std::ranges::sort(members, {}, [](const FamilyIndex& index) { return index.visible.index; });
  return members;
}

Task<std::vector<FamilyIndex>> read_family(Cluster& cluster, std::string family) {
  const std::string alias(charges_alias);
  auto answer = co_await read_mappings(cluster, family_path(family), alias);
  if (!answer) co_return answer.error();
  co_return read_families_answer(*answer, alias, family);
}

Task<std::vector<FamilyIndex>> read_families(Cluster& cluster, std::string path,
                                             std::string alias) {
  auto answer = co_await read_mappings(cluster, std::move(path), alias);
  if (!answer) co_return answer.error();
  co_return read_families_answer(*answer, alias);
}

Task<std::string> find_charges(Cluster& cluster, std::string feed, std::string period) {
  std::string family = charges_index(feed, period);
  auto answer =
      co_await cluster.request("GET", "/" + family_path(family) + "/_alias/" +
                                          std::string(charges_alias) + "?ignore_unavailable=true");
  if (!answer && answer.error().code == Errc::not_found) co_return family;
  if (!answer) co_return answer.error();
  co_return find_charges_answer(*answer, family);
}

Result<std::string> find_charges_answer(const std::string& json, std::string_view family) {
  dom::parser parser;
  dom::object indices;
  if (parser.parse(json).get(indices) != simdjson::SUCCESS)
    return Error{Errc::malformed,
                 "the answer about the aliases of " + std::string(family) + " is no object"};
  for (const auto& entry : indices) {
    dom::element shown;
    if (family_of(entry.key) == family &&
        entry.value["aliases"][charges_alias].get(shown) == simdjson::SUCCESS)
      return std::string(entry.key);
  }
  return std::string(family);
}

}  // namespace billow::elastic
