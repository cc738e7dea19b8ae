#include "audit/line_match.hpp"

#include "charge/encode.hpp"

#include <algorithm>
#include <utility>

namespace billow::audit {
namespace {

constexpr std::size_t lines_named_max = 100;  ///< of one slice, that are compared column by column
/// Lines that state the same may hide among each other those that the source does not state.
constexpr std::size_t lines_kept_max = 1'000;
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

/// One indexed line with its columns.
struct Candidate {
  std::string id;
  Members members;
};

/// The candidate that is most like `members`; npos when none shares half of the columns.
std::size_t most_alike(const Members& members, const std::vector<Candidate>& candidates) {
  std::size_t best = std::string::npos;
  std::size_t best_distance = members.size() / 2 + 1;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const std::size_t differing = distance(members, candidates[i].members);
    if (differing >= best_distance) continue;
    best = i;
    best_distance = differing;
  }
  return best;
}

std::size_t with_id(const std::string& id, const std::vector<Candidate>& candidates) {
  for (std::size_t i = 0; i < candidates.size(); ++i)
    if (candidates[i].id == id) return i;
  return std::string::npos;
}

Finding finding_of(FindingKind kind, const std::string& slice, std::string id, std::string what) {
  Finding finding(kind, std::move(what));
  finding.slice = slice;
  finding.document = std::move(id);
  return finding;
}

void say_more(FindingKind kind, const std::string& slice, std::uint64_t count,
              std::vector<Finding>& findings) {
  if (count > 0)
    findings.push_back(finding_of(kind, slice, "", std::to_string(count) + " more lines"));
}

}  // namespace

LineMatch::Count* LineMatch::Lines::find(Uint128 digest) {
  if (!sorted) {
    const auto before = [](const Count& a, const Count& b) { return a.digest < b.digest; };
    std::sort(counts.begin(), counts.end(), before);
    std::size_t kept = 0;
    for (std::size_t i = 1; i < counts.size(); ++i) {
      if (counts[i].digest == counts[kept].digest)
        counts[kept].left += counts[i].left;
      else
        counts[++kept] = counts[i];
    }
    counts.resize(counts.empty() ? 0 : kept + 1);
    sorted = true;
  }
  const auto place =
      std::lower_bound(counts.begin(), counts.end(), digest,
                       [](const Count& count, Uint128 value) { return count.digest < value; });
  return place != counts.end() && place->digest == digest ? &*place : nullptr;
}

std::uint64_t LineMatch::Lines::left() const {
  std::uint64_t sum = 0;
  for (const Count& count : counts) sum += count.left;
  return sum;
}

void LineMatch::expect(const std::string& slice, std::uint64_t lines, bool numbered) {
  Lines& expected = slices_[slice];
  expected.published = lines;
  expected.numbered = numbered;
}

void LineMatch::count_indexed(std::string_view slice, Uint128 digest) {
  const auto lines = slices_.find(slice);
  if (lines == slices_.end()) return;
  Count count;
  count.digest = digest;
  count.left = 1;
  lines->second.counts.push_back(count);
}

void LineMatch::take_source(std::string_view slice, std::uint64_t ordinal,
                            std::string_view statement) {
  const auto place = slices_.find(slice);
  if (place == slices_.end()) return;
  Lines& lines = place->second;
  Count* same = lines.find(digest_of(statement));
  if (same != nullptr && same->left > 0) {
    --same->left;
    return;
  }
  if (++lines.stated_count > lines_named_max) return;
  Stated stated;
  stated.ordinal = ordinal;
  stated.statement = statement;
  lines.stated.push_back(std::move(stated));
}

void LineMatch::take_indexed(std::string_view slice, const StoredLine& line, Uint128 digest) {
  const auto place = slices_.find(slice);
  if (place == slices_.end()) return;
  Lines& lines = place->second;
  const Count* same = lines.find(digest);
  if (same == nullptr || same->left == 0 || lines.indexed.size() >= lines_kept_max) return;
  Indexed indexed;
  indexed.id = line.id;
  indexed.source = line.source;
  indexed.digest = digest;
  lines.indexed.push_back(std::move(indexed));
}

/// Of lines that state the same, those are left that have no place in the slice.
std::vector<LineMatch::Indexed> LineMatch::unmatched(const std::string& slice, const Lines& lines) {
  std::vector<Indexed> found;
  std::vector<Indexed> placed;
  found.reserve(lines.indexed.size());
  for (const Indexed& line : lines.indexed) {
    const auto ordinal = ordinal_of(line.id, slice);
    (ordinal && *ordinal < lines.published ? placed : found).push_back(line);
  }
  found.insert(found.end(), placed.begin(), placed.end());
  std::map<Uint128, std::uint64_t> left;
  for (const Count& count : lines.counts)
    if (count.left > 0) left[count.digest] = count.left;
  std::erase_if(found, [&left](const Indexed& line) {
    std::uint64_t& more = left[line.digest];
    if (more == 0) return true;
    --more;
    return false;
  });
  if (found.size() > lines_named_max) found.resize(lines_named_max);
  return found;
}

void LineMatch::compare(const std::string& slice, const Lines& lines,
                        std::vector<Finding>& findings) {
  std::vector<Candidate> candidates;
  for (const Indexed& line : unmatched(slice, lines))
    candidates.push_back({line.id, stated_members(line.source)});
  const std::uint64_t candidates_more = lines.left() - std::min(lines.left(), candidates.size());
  for (const Stated& stated : lines.stated) {
    const Members members = stated_members(stated.statement);
    const std::string id = lines.numbered ? line_id(slice, stated.ordinal) : "";
    const std::size_t best =
        lines.numbered ? with_id(id, candidates) : most_alike(members, candidates);
    if (best == std::string::npos) {
      findings.push_back(
          finding_of(FindingKind::line_missing, slice, id,
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
  say_more(FindingKind::line_missing, slice, lines.stated_count - lines.stated.size(), findings);
  say_more(FindingKind::line_added, slice, candidates_more, findings);
}

std::vector<Finding> LineMatch::findings() const {
  std::vector<Finding> findings;
  for (const auto& [slice, lines] : slices_) compare(slice, lines, findings);
  return findings;
}

}  // namespace billow::audit
