#include "audit/line_match.hpp"

#include "audit/line.hpp"
#include "charge/encode.hpp"

#include <algorithm>
#include <limits>

namespace billow::audit {
namespace {

constexpr std::size_t lines_named_max = 100;  ///< of one slice, that are compared column by column
constexpr std::size_t value_bytes_max = 200;

using Members = std::vector<std::pair<std::string, std::string>>;

/// The members of what a line states; ours are left out.
Members stated_members(std::string_view source) {
  return members_of(statement_of(source).value_or(source));
}

bool is_ours(const std::string& name) {
  return name == "x_LineItemId" || name == "x_DeliveryId" || name == "x_SliceId" ||
         name == "x_IngestedAt";
}

/// Calls `take` with each name that one of the two has, and the values, nullptr where there is
/// none.
template <class Take>
void each_pair(const Members& a, const Members& b, Take take) {
  auto left = a.begin();
  auto right = b.begin();
  while (left != a.end() || right != b.end()) {
    const bool only_left = right == b.end() || (left != a.end() && left->first < right->first);
    const bool only_right = left == a.end() || (right != b.end() && right->first < left->first);
    const std::string& name = only_right ? right->first : left->first;
    if (!is_ours(name))
      take(name, only_right ? nullptr : &left->second, only_left ? nullptr : &right->second);
    if (!only_right) ++left;
    if (!only_left) ++right;
  }
}

std::size_t distance(const Members& a, const Members& b) {
  std::size_t differing = 0;
  each_pair(a, b, [&](const std::string&, const std::string* x, const std::string* y) {
    differing += x == nullptr || y == nullptr || *x != *y ? 1 : 0;
  });
  return differing;
}

std::string shortened(const std::string* value) {
  if (value == nullptr) return "nothing";
  return value->size() <= value_bytes_max ? *value : value->substr(0, value_bytes_max) + "...";
}

std::string differences(const Members& stated, const Members& indexed) {
  std::string text;
  each_pair(stated, indexed,
            [&text](const std::string& name, const std::string* x, const std::string* y) {
              if (x != nullptr && y != nullptr && *x == *y) return;
              text += (text.empty() ? "" : "; ") + name + ": " + shortened(x) + " in the source, " +
                      shortened(y) + " in Elasticsearch";
            });
  return text.empty() ? "its JSON is written in another way" : text;
}

/// What lets a person recognise a line that is nowhere else.
std::string portrait(const Members& members) {
  std::string text;
  for (const char* name : {"ChargePeriodStart", "ServiceName", "SubAccountId", "ResourceId",
                           "ChargeDescription", "BilledCost", "BillingCurrency"}) {
    for (const auto& [key, value] : members) {
      if (key == name) text += (text.empty() ? "" : ", ") + key + " " + shortened(&value);
    }
  }
  return text;
}

struct Candidate {
  std::string id;
  Members members;
};

/// Takes the candidate that is most like `members` out of the list; npos when none shares half of
/// the columns.
std::size_t most_alike(const Members& members, const std::vector<Candidate>& candidates) {
  std::size_t best = std::numeric_limits<std::size_t>::max();
  std::size_t best_distance = members.size() / 2 + 1;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const std::size_t differing = distance(members, candidates[i].members);
    if (differing >= best_distance) continue;
    best = i;
    best_distance = differing;
  }
  return best;
}

Finding finding_of(FindingKind kind, const std::string& slice, std::string id, std::string what) {
  Finding finding(kind, std::move(what));
  finding.slice = slice;
  finding.document = std::move(id);
  return finding;
}

}  // namespace

std::string column_differences(std::string_view stated, std::string_view indexed) {
  return differences(stated_members(stated), stated_members(indexed));
}

void LineMatch::take_indexed(const std::string& slice, std::string_view id, Uint128 digest) {
  ++indexed_;
  slices_[slice].indexed.emplace(digest, id);
}

void LineMatch::take_source(const std::string& slice, std::string_view statement) {
  Lines& lines = slices_[slice];
  const auto same = lines.indexed.find(digest_of(statement));
  if (same != lines.indexed.end()) {
    lines.indexed.erase(same);
  } else if (++lines.stated_count <= lines_named_max) {
    lines.stated.emplace_back(statement);
  }
}

std::vector<std::string> LineMatch::unmatched() const {
  std::vector<std::string> ids;
  for (const auto& [slice, lines] : slices_) {
    std::size_t named = 0;
    for (const auto& [digest, id] : lines.indexed) {
      if (++named <= lines_named_max) ids.push_back(id);
    }
  }
  return ids;
}

std::vector<Finding> LineMatch::findings(const std::map<std::string, std::string>& sources) const {
  std::vector<Finding> findings;
  for (const auto& [slice, lines] : slices_) {
    std::vector<Candidate> candidates;
    for (const auto& [digest, id] : lines.indexed) {
      const auto source = sources.find(id);
      if (source != sources.end()) candidates.push_back({id, stated_members(source->second)});
    }
    for (const std::string& stated : lines.stated) {
      const Members members = stated_members(stated);
      const std::size_t best = most_alike(members, candidates);
      if (best >= candidates.size()) {
        findings.push_back(
            finding_of(FindingKind::line_missing, slice, "",
                       "the source states it and it is not there: " + portrait(members)));
        continue;
      }
      findings.push_back(finding_of(FindingKind::line_altered, slice, candidates[best].id,
                                    differences(members, candidates[best].members)));
      candidates.erase(candidates.begin() + static_cast<std::ptrdiff_t>(best));
    }
    for (const Candidate& left : candidates)
      findings.push_back(finding_of(FindingKind::line_added, slice, left.id,
                                    "the source does not state it: " + portrait(left.members)));
  }
  return findings;
}

}  // namespace billow::audit
