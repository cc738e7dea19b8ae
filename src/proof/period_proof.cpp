#include "proof/period_proof.hpp"

#include "audit/line.hpp"
#include "elastic/index_family.hpp"
#include "proof/charges.hpp"
#include "proof/records.hpp"
#include "proof/source_compare.hpp"
#include "sync/delivery_id.hpp"
#include "sync/record.hpp"
#include "sync/slice_plan.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace billow::proof {
namespace {

using audit::Finding;
using audit::FindingKind;

bool is_of_line(const Finding& finding) {
  return finding.kind == FindingKind::line_altered || finding.kind == FindingKind::line_missing ||
         finding.kind == FindingKind::line_added;
}

/// True when the slice was loaded from the record's own delivery, and not kept from one before.
bool loaded_from(const audit::Record& record, const std::string& slice) {
  const auto token = sync::token_of_slice(slice);
  return token && slice.starts_with(sync::slice_prefix(record.delivery_id, *token, record.schema));
}

}  // namespace

std::vector<Finding> merge_line_findings(std::vector<Finding> indexed,
                                         std::vector<Finding> matched) {
  for (Finding& better : matched) {
    const auto same = std::find_if(indexed.begin(), indexed.end(), [&better](const Finding& known) {
      return is_of_line(known) && known.kind == better.kind && !known.document.empty() &&
             known.document == better.document;
    });
    if (same == indexed.end()) {
      indexed.push_back(std::move(better));
    } else if (better.kind == FindingKind::line_altered) {
      same->what += "; " + better.what;
    } else {
      same->what = std::move(better.what);
    }
  }
  return indexed;
}

PeriodProver::PeriodProver(elastic::Cluster& cluster, Source* source, OnProgress on_progress)
    : cluster_(cluster), source_(source), on_progress_(std::move(on_progress)) {}

Task<PeriodProof> PeriodProver::run(std::uint64_t sequence, std::string shown) {
  proof_ = PeriodProof();
  differing_.clear();
  delivery_.reset();
  auto record = co_await read_record(cluster_, sequence);
  if (!record) co_return record.error();
  record_ = *std::move(record);
  auto index = co_await elastic::find_charges(cluster_, record_.feed, record_.period);
  if (!index) co_return index.error();
  index_ = *std::move(index);
  auto read = co_await read_all();
  // What was replaced meanwhile is purged: nothing that was found then means anything.
  auto still = co_await still_shows(std::move(shown));
  if (!still) co_return still.error();
  if (!*still)
    co_return Error{Errc::conflict, record_.feed + " " + record_.period +
                                        ": something else was published while it was read"};
  if (!read) co_return read.error();
  for (Finding& finding : proof_.findings) {
    finding.sequence = sequence;
    finding.feed = record_.feed;
    finding.period = record_.period;
    finding.index = index_;
  }
  co_return std::move(proof_);
}

Task<void> PeriodProver::read_all() {
  if (auto scanned = co_await scan_charges(); !scanned) co_return scanned.error();
  if (differing_.empty()) {
    if (auto summed = co_await sum_charges(); !summed) co_return summed.error();
  }
  if (auto read = co_await read_source(); !read) co_return read.error();
  co_return co_await match_lines();
}

Task<void> PeriodProver::scan_charges() {
  audit::SliceScan scan(record_.slices);
  TakeCharge take = [&scan](const audit::StoredLine& line) { scan.take(line); };
  auto read =
      co_await each_charge(cluster_, charges_of(record_.feed, record_.period, record_.slices),
                           std::move(take), on_progress_);
  if (!read) co_return read.error();
  proof_.lines = scan.lines();
  proof_.findings = scan.findings();
  differing_ = scan.differing();
  co_return boost::system::in_place_value;
}

/// The documents are right; what Elasticsearch makes of them has to be, too.
Task<void> PeriodProver::sum_charges() {
  auto sums = co_await elastic::sum_slices(cluster_, index_);
  if (!sums) co_return sums.error();
  for (const elastic::Difference& difference : elastic::compare(record_.slices, *sums)) {
    Finding finding(FindingKind::slice_differs,
                    "its documents are right, and Elasticsearch adds them up to something else: " +
                        difference.what);
    finding.slice = difference.slice_id;
    proof_.findings.push_back(std::move(finding));
  }
  co_return boost::system::in_place_value;
}

Task<void> PeriodProver::read_source() {
  if (source_ == nullptr) co_return boost::system::in_place_value;
  const std::string name = record_.feed + " " + record_.period + ": ";
  if (record_.schema != sync::schema_version) {
    proof_.notes.push_back(name +
                           "the source cannot be compared: the charges were made by version " +
                           record_.software + ", whose rules were others");
    co_return boost::system::in_place_value;
  }
  auto found = co_await source_->find(record_);
  if (!found) {
    proof_.failures.push_back(name + "the source cannot be read: " + found.error().detail);
    co_return boost::system::in_place_value;
  }
  if (!found->delivery) {
    proof_.notes.push_back(name + found->missing);
    co_return boost::system::in_place_value;
  }
  delivery_ = std::move(found->delivery);
  auto stated = co_await source_->add_up(*delivery_);
  if (!stated) {
    proof_.failures.push_back(name + "the source cannot be read: " + stated.error().detail);
    delivery_.reset();
    co_return boost::system::in_place_value;
  }
  proof_.source_read = true;
  SourceComparison compared = compare_source(record_, stated->slices);
  std::ranges::move(compared.findings, std::back_inserter(proof_.findings));
  std::ranges::move(compared.notes, std::back_inserter(proof_.notes));
  differing_.merge(compared.differing);
  co_return boost::system::in_place_value;
}

Task<void> PeriodProver::match_lines() {
  if (!delivery_ || differing_.empty()) co_return boost::system::in_place_value;
  std::vector<Slice> group;
  std::uint64_t lines = 0;
  for (const Slice& slice : record_.slices) {
    // Of what other deliveries state, these objects say nothing.
    if (!differing_.contains(slice.id) || !states(record_, slice)) continue;
    if (slice.totals.lines > audit::LineMatch::lines_max) {
      proof_.notes.push_back(slice.id + " has too many lines to compare each with the source");
      continue;
    }
    if (lines + slice.totals.lines > audit::LineMatch::lines_max) {
      auto matched = co_await match(std::exchange(group, {}));
      if (!matched) co_return matched.error();
      lines = 0;
    }
    lines += slice.totals.lines;
    group.push_back(slice);
  }
  if (group.empty()) co_return boost::system::in_place_value;
  co_return co_await match(std::move(group));
}

Task<void> PeriodProver::match(std::vector<Slice> slices) {
  const ChargesOf of = charges_of(record_.feed, record_.period, slices);
  audit::LineMatch match;
  std::map<SliceKey, std::string> ids;
  std::set<SliceKey> wanted;
  for (const Slice& slice : slices) {
    match.expect(slice.id, slice.totals.lines, loaded_from(record_, slice.id));
    ids[slice.key] = slice.id;
    wanted.insert(slice.key);
  }
  TakeCharge count = [&match](const audit::StoredLine& line) {
    if (const auto totals = audit::totals_of(line.source))
      match.count_indexed(totals->slice, totals->digest);
  };
  auto counted = co_await each_charge(cluster_, of, std::move(count), on_progress_);
  if (!counted) co_return counted.error();
  Source::TakeLine stated = [&match, &ids](const SliceKey& key, std::uint64_t ordinal,
                                           std::string_view statement) {
    match.take_source(ids.at(key), ordinal, statement);
  };
  auto read = co_await source_->each_line(*delivery_, std::move(wanted), std::move(stated));
  if (!read) co_return read.error();
  TakeCharge keep = [&match](const audit::StoredLine& line) {
    if (const auto totals = audit::totals_of(line.source))
      match.take_indexed(totals->slice, line, totals->digest);
  };
  auto kept = co_await each_charge(cluster_, of, std::move(keep), on_progress_);
  if (!kept) co_return kept.error();
  proof_.findings = merge_line_findings(std::move(proof_.findings), match.findings());
  co_return boost::system::in_place_value;
}

Task<bool> PeriodProver::still_shows(std::string shown) {
  auto visible = co_await elastic::read_visible(cluster_, index_);
  // An alias that was tampered with was found by the walk over the chain.
  if (!visible && visible.error().code == Errc::malformed) co_return true;
  if (!visible) co_return visible.error();
  co_return (visible->empty() ? std::string() : visible->front().delivery_id) == shown;
}

}  // namespace billow::proof
