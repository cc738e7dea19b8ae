#include "audit/slice_scan.hpp"

#include "audit/compare.hpp"
#include "charge/encode.hpp"

#include <algorithm>

namespace billow::audit {
namespace {

constexpr std::size_t faults_named_max = 100;  ///< lines of one slice; more are counted

Finding line_finding(FindingKind kind, const std::string& slice, std::string document,
                     std::string what) {
  Finding finding(kind, std::move(what));
  finding.slice = slice;
  finding.document = std::move(document);
  return finding;
}

std::string join(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : "; ") + part;
  return text;
}

}  // namespace

SliceScan::SliceScan(const std::vector<Slice>& recorded) {
  for (const Slice& slice : recorded) {
    Scanned& scanned = slices_[slice.id];
    scanned.recorded = slice.totals;
  }
}

void SliceScan::take(const StoredLine& line) {
  ++lines_;
  const auto totals = totals_of(line.source);
  const auto place = totals ? slices_.find(totals->slice) : slices_.end();
  if (place == slices_.end()) {
    if (++homeless_count_ <= faults_named_max) homeless_.emplace_back(line.id);
    return;
  }
  Scanned& slice = place->second;
  add(slice.found, *totals);
  const auto ordinal = ordinal_of(line.id, place->first);
  const bool expected = ordinal && *ordinal < slice.recorded.lines && slice.seen.insert(*ordinal);
  if (!expected && ++slice.strangers_count <= faults_named_max)
    slice.strangers.emplace_back(line.id);
  if (line.version == 1) return;
  if (++slice.rewritten_count <= faults_named_max)
    slice.rewritten.emplace_back(line.id, line.version);
}

void SliceScan::append_lines(const std::string& id, const Scanned& slice,
                             std::vector<Finding>& findings) const {
  for (const std::string& stranger : slice.strangers)
    findings.push_back(line_finding(FindingKind::line_added, id, stranger,
                                    "the slice has no such line: it was added"));
  if (slice.strangers_count > slice.strangers.size())
    findings.push_back(line_finding(
        FindingKind::line_added, id, "",
        std::to_string(slice.strangers_count - slice.strangers.size()) + " more lines were added"));
  // A slice that is gone altogether needs no list of its lines.
  const std::uint64_t missing =
      slice.found.lines == 0 ? 0 : slice.recorded.lines - slice.seen.size();
  const std::uint64_t named = std::min<std::uint64_t>(missing, faults_named_max);
  std::uint64_t met = 0;
  for (std::uint64_t ordinal = 0; met < named; ++ordinal) {
    if (slice.seen.contains(ordinal)) continue;
    ++met;
    findings.push_back(line_finding(FindingKind::line_missing, id, line_id(id, ordinal),
                                    "it was published and is not there"));
  }
  if (missing > named)
    findings.push_back(line_finding(FindingKind::line_missing, id, "",
                                    std::to_string(missing - named) + " more are missing"));
  for (const auto& [document, version] : slice.rewritten)
    findings.push_back(line_finding(
        FindingKind::line_altered, id, document,
        "it was written " + std::to_string(version) + " times, and a charge is only ever created"));
  if (slice.rewritten_count > slice.rewritten.size())
    findings.push_back(line_finding(
        FindingKind::line_altered, id, "",
        std::to_string(slice.rewritten_count - slice.rewritten.size()) + " more were rewritten"));
}

std::vector<Finding> SliceScan::findings() const {
  std::vector<Finding> findings;
  for (const auto& [id, slice] : slices_) {
    const std::vector<std::string> differences = compare_totals(slice.recorded, slice.found);
    if (!differences.empty()) {
      Finding finding(FindingKind::slice_differs, join(differences));
      finding.slice = id;
      findings.push_back(std::move(finding));
    }
    append_lines(id, slice, findings);
  }
  for (const std::string& id : homeless_)
    findings.push_back(line_finding(FindingKind::line_altered, "", id,
                                    "readers see it, and it names no slice that was published"));
  if (homeless_count_ > homeless_.size())
    findings.push_back(line_finding(FindingKind::line_altered, "", "",
                                    std::to_string(homeless_count_ - homeless_.size()) + " more"));
  return findings;
}

std::set<std::string> SliceScan::differing() const {
  std::set<std::string> differing;
  for (const auto& [id, slice] : slices_) {
    if (!compare_totals(slice.recorded, slice.found).empty()) differing.insert(id);
  }
  return differing;
}

ControlTotals SliceScan::totals() const {
  ControlTotals all;
  for (const auto& [id, slice] : slices_) all.add(slice.found);
  return all;
}

}  // namespace billow::audit
