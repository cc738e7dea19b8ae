#pragma once

#include "charge/control_totals.hpp"
#include "elastic/cluster.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What readers see, and the one step that changes it (design.md section 2, steps 6 to 9).
namespace billow::elastic {

inline constexpr std::string_view charges_alias = "billow-charges";
inline constexpr std::string_view state_index = "billow-state";

/// "billow-charges-<feed>-<period>", e.g. billow-charges-aws-main-2026-06
std::string charges_index(std::string_view feed, std::string_view period);

/// The visible part of one index, as its read alias says.
struct Visible {
  std::string index;
  std::string
      delivery_id;  ///< `_name` of the alias filter: the record that describes it; "" if none
  std::vector<std::string> slice_ids;  ///< sorted
  std::string alias = std::string(charges_alias);
  bool removed = false;  ///< for publish(): the index loses the alias
};

/// The alias filter of one index:
/// {"bool":{"_name":<delivery>,"filter":[{"terms":{"x_SliceId":[...]}}]}}
std::string alias_filter(const Visible& visible);

/// What each index behind a read alias shows; `index` may be the alias itself, or hold wildcards,
/// e.g. "billow-charges-*", which leave out what the user may not see.
Task<std::vector<Visible>> read_visible(Cluster& cluster, std::string index,
                                        std::string alias = std::string(charges_alias));

/// The fencing token of a feed: n of the alias billow-epoch-<feed>-<n> on billow-state; gives the
/// feed its first one if there is none.
Task<std::uint64_t> read_token(Cluster& cluster, std::string feed);

/// Publishes in ONE _aliases call: every index shows just the slices given for it, or loses the
/// alias where it is `removed`, and the token moves from n to n + 1. Errc::conflict, and nothing
/// changed, when another writer has moved the token.
Task<void> publish(Cluster& cluster, std::string feed, std::uint64_t token,
                   std::vector<Visible> shown);

/// Deletes an index of the feed and moves the token from n to n + 1 in ONE _aliases call, so that a
/// request that comes late does not delete what another writer has filled since. The token as it is
/// then: an index that is gone already leaves it as it was. Errc::conflict, and nothing deleted,
/// when another writer has moved the token.
Task<std::uint64_t> delete_index(Cluster& cluster, std::string feed, std::uint64_t token,
                                 std::string index);

/// One slice as Elasticsearch adds it up.
struct StoredSlice {
  std::uint64_t lines = 0;
  struct Sums {
    std::uint64_t lines = 0;
    std::array<double, cost_kinds> sums{};
  };
  std::map<std::string, Sums> by_currency;
};

/// Which documents are added up, and for how many lines each of them stands.
struct SumScope {
  std::string query;        ///< JSON; "": every document
  std::string lines_field;  ///< the field that counts lines; "": each document is one
};

/// Refreshes `index`, then counts and sums every slice in it, whatever is visible. Keys: slice ids.
Task<std::map<std::string, StoredSlice>> sum_slices(Cluster& cluster, std::string index);
Task<std::map<std::string, StoredSlice>> sum_slices(Cluster& cluster, std::string index,
                                                    SumScope scope);

/// One way in which what is stored differs from what was sent.
struct Difference {
  std::string slice_id;
  std::string what;  ///< e.g. "lines: expected 120, stored 119" or "BilledCost USD: expected 1.25,
                     ///< stored 1.24, differs by 0.01"
};

/// Compares count and sums of every expected slice: double sums within 1e-9 of the sum of absolute
/// amounts, and equal to the exact sum when rounded to the cent (unless the exact sum is that close
/// to a half cent). Pure.
std::vector<Difference> compare(const std::vector<Slice>& expected,
                                const std::map<std::string, StoredSlice>& stored);

/// Deletes the lines of these slices from `index` and returns their number. Reads `alias` first and
/// refuses (Errc::conflict) when one of them is visible.
Task<std::uint64_t> drop_slices(Cluster& cluster, std::string index,
                                std::vector<std::string> slice_ids,
                                std::string alias = std::string(charges_alias));

}  // namespace billow::elastic
