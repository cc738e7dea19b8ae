#include "audit/compare.hpp"

#include <algorithm>
#include <iterator>
#include <set>

namespace billow::audit {
namespace {

constexpr std::size_t slices_named_max = 5;

std::vector<std::string> without(const std::vector<std::string>& all,
                                 const std::vector<std::string>& these) {
  std::vector<std::string> rest;
  std::set_difference(all.begin(), all.end(), these.begin(), these.end(), std::back_inserter(rest));
  return rest;
}

/// "3 slices (a, b, c)"
std::string named(const std::vector<std::string>& slices) {
  std::string text =
      std::to_string(slices.size()) + (slices.size() == 1 ? " slice (" : " slices (");
  for (std::size_t i = 0; i < std::min(slices.size(), slices_named_max); ++i)
    text += (i == 0 ? "" : ", ") + slices[i];
  return text + (slices.size() > slices_named_max ? ", ...)" : ")");
}

void compare_currency(const std::string& currency, const CurrencyTotals& recorded,
                      const CurrencyTotals& found, std::vector<std::string>& differences) {
  if (recorded.lines != found.lines)
    differences.push_back(currency + " lines: " + std::to_string(recorded.lines) + " recorded, " +
                          std::to_string(found.lines) + " found");
  for (std::size_t kind = 0; kind < cost_kinds; ++kind) {
    if (recorded.sums[kind] == found.sums[kind]) continue;
    DecimalSum difference = found.sums[kind];
    difference.subtract(recorded.sums[kind]);
    differences.push_back(currency + " " + std::string(cost_names[kind]) + ": " +
                          recorded.sums[kind].to_string() + " recorded, " +
                          found.sums[kind].to_string() + " found, differs by " +
                          difference.to_string());
  }
}

}  // namespace

std::vector<Finding> compare_shown(const Newest& recorded, const Shown& shown) {
  std::vector<Finding> findings;
  const auto add = [&](FindingKind kind, std::string what) {
    Finding finding(kind, std::move(what));
    finding.sequence = recorded.sequence;
    finding.index = shown.index;
    findings.push_back(std::move(finding));
  };
  const std::string record = "record " + std::to_string(recorded.sequence);
  if (shown.slice_ids.empty() && shown.delivery.empty() && !recorded.slice_ids.empty()) {
    add(FindingKind::visible_differs, "readers see nothing of " + shown.index + ", and " + record +
                                          " says " + named(recorded.slice_ids));
    return findings;
  }
  if (shown.delivery != recorded.delivery)
    add(FindingKind::publication_missing,
        "readers see the delivery '" + shown.delivery + "', and the newest record is " +
            std::to_string(recorded.sequence) + " of '" + recorded.delivery + "'");
  const auto extra = without(shown.slice_ids, recorded.slice_ids);
  const auto hidden = without(recorded.slice_ids, shown.slice_ids);
  if (!extra.empty())
    add(FindingKind::visible_differs,
        "readers see " + named(extra) + " that " + record + " does not have");
  if (!hidden.empty())
    add(FindingKind::visible_differs,
        "readers do not see " + named(hidden) + " that " + record + " has");
  return findings;
}

std::vector<std::string> compare_totals(const ControlTotals& recorded, const ControlTotals& found) {
  std::vector<std::string> differences;
  if (recorded.lines != found.lines)
    differences.push_back("lines: " + std::to_string(recorded.lines) + " recorded, " +
                          std::to_string(found.lines) + " found");
  static const CurrencyTotals nothing;
  std::set<std::string> currencies;
  for (const auto& [currency, totals] : recorded.by_currency) currencies.insert(currency);
  for (const auto& [currency, totals] : found.by_currency) currencies.insert(currency);
  for (const std::string& currency : currencies) {
    const auto a = recorded.by_currency.find(currency);
    const auto b = found.by_currency.find(currency);
    compare_currency(currency, a == recorded.by_currency.end() ? nothing : a->second,
                     b == found.by_currency.end() ? nothing : b->second, differences);
  }
  if (differences.empty() && recorded.digest != found.digest)
    differences.push_back("the lines say other things than those that were published (digest " +
                          recorded.digest.to_string() + " recorded, " + found.digest.to_string() +
                          " found)");
  return differences;
}

}  // namespace billow::audit
