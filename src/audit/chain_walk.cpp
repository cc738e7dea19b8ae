#include "audit/chain_walk.hpp"

#include "audit/canonical.hpp"

#include <algorithm>

namespace billow::audit {
namespace {

std::string number(std::uint64_t value) { return std::to_string(value); }

std::vector<ReplacedSlice> shown_slices(const Record& record) {
  std::vector<ReplacedSlice> shown;
  shown.reserve(record.slices.size());
  for (const Slice& slice : record.slices) shown.push_back({slice.id, slice.totals.lines});
  return shown;
}

std::vector<ReplacedSlice> gone(const std::vector<ReplacedSlice>& before, const Newest& after) {
  std::vector<ReplacedSlice> replaced;
  for (const ReplacedSlice& slice : before) {
    if (!std::binary_search(after.slice_ids.begin(), after.slice_ids.end(), slice.id))
      replaced.push_back(slice);
  }
  return replaced;
}

Newest newest_of(const Record& record, bool sound) {
  Newest newest;
  newest.sequence = record.sequence;
  newest.token = record.token;
  newest.delivery = record.delivery_record();
  for (const Slice& slice : record.slices) newest.slice_ids.push_back(slice.id);
  std::sort(newest.slice_ids.begin(), newest.slice_ids.end());
  newest.totals = record.totals();
  newest.sound = sound;
  return newest;
}

/// "BilledCost USD by 5 instead of 3": the first thing in which two lists of movements differ.
std::string first_difference(const std::vector<Movement>& said, const std::vector<Movement>& is) {
  for (std::size_t i = 0; i < std::min(said.size(), is.size()); ++i) {
    if (said[i].currency != is[i].currency) break;
    if (said[i].lines != is[i].lines)
      return "the lines in " + is[i].currency + " by " + std::to_string(said[i].lines) +
             " instead of " + std::to_string(is[i].lines);
    for (std::size_t kind = 0; kind < cost_kinds; ++kind) {
      if (said[i].sums[kind] == is[i].sums[kind]) continue;
      return std::string(cost_names[kind]) + " in " + is[i].currency + " by " +
             said[i].sums[kind].to_string() + " instead of " + is[i].sums[kind].to_string();
    }
  }
  return "other currencies";
}

}  // namespace

ChainWalk::ChainWalk(std::optional<ChainEnd> head, std::vector<ChainEnd> anchors)
    : head_(std::move(head)), anchors_(std::move(anchors)), last_{0, std::string(no_hash)} {}

void ChainWalk::add(FindingKind kind, std::uint64_t sequence, std::string what) {
  Finding finding(kind, std::move(what));
  finding.sequence = sequence;
  findings_.push_back(std::move(finding));
}

void ChainWalk::add(FindingKind kind, const Record& record, std::string what) {
  Finding finding(kind, std::move(what));
  finding.sequence = record.sequence;
  finding.feed = record.feed;
  finding.period = record.period;
  findings_.push_back(std::move(finding));
}

void ChainWalk::lose_track() {
  linked_ = false;
  complete_ = false;
}

void ChainWalk::take_stranger(const std::string& id) {
  Finding finding(FindingKind::record_forged, "the _id '" + id + "' is none that Billow gives");
  finding.document = id;
  findings_.push_back(std::move(finding));
}

void ChainWalk::take(const StoredRecord& stored) {
  ++records_;
  if (stored.place > last_.sequence + 1) {
    const std::uint64_t first = last_.sequence + 1;
    const std::uint64_t final = stored.place - 1;
    add(FindingKind::record_missing, first,
        first == final ? "there is no record " + number(first)
                       : "there are no records " + number(first) + " to " + number(final));
    lose_track();
  }
  const auto record = Record::from_json(stored.source);
  const auto hash = hash_of(stored.source);
  if (record && hash) {
    take_readable(stored, *record, *hash);
  } else {
    add(FindingKind::record_altered, stored.place,
        "it cannot be read: " + (hash ? record.error().detail : hash.error().detail));
    last_ = {stored.place, ""};
    check_anchors(stored.place, "");
    lose_track();
  }
}

void ChainWalk::take_readable(const StoredRecord& stored, const Record& record,
                              const std::string& hash) {
  const bool altered = hash != record.hash;
  const bool misplaced = record.sequence != stored.place;
  std::string what;
  if (misplaced)
    what = "the document " + record_id(stored.place) + " holds record " + number(record.sequence);
  if (altered)
    what += (what.empty() ? "its" : "; its") + std::string(" content has the hash ") + hash +
            ", and it says " + record.hash;
  if (stored.version != 1)
    what += (what.empty() ? "it" : "; it") + std::string(" was written ") + number(stored.version) +
            " times, and a record is only ever created";
  if (!what.empty()) {
    const bool only_moved = misplaced && !altered;
    Finding finding(only_moved ? FindingKind::record_misplaced : FindingKind::record_altered,
                    std::move(what));
    finding.sequence = stored.place;
    finding.feed = record.feed;
    finding.period = record.period;
    findings_.push_back(std::move(finding));
  }
  if (!altered && !misplaced) {
    if (linked_) check_link(record);
    check_history(record);
  }
  check_anchors(stored.place, altered ? std::string() : record.hash);
  last_ = {stored.place, record.hash};
  linked_ = !altered && !misplaced;
  if (altered) complete_ = false;

  const Key key(record.feed, record.period);
  const auto known = newest_.find(key);
  if (known == newest_.end() || known->second.token < record.token) {
    newest_[key] = newest_of(record, !altered && !misplaced);
    shown_[key] = shown_slices(record);
  }
}

void ChainWalk::check_link(const Record& record) {
  if (record.previous_hash == last_.hash) return;
  if (last_.sequence == 0) {
    add(FindingKind::link_broken, record,
        "the first record was made after one with the hash " + record.previous_hash +
            ": the records before it were taken away, or it is forged");
    return;
  }
  const std::string before = number(last_.sequence);
  add(FindingKind::link_broken, record,
      "it was made after a record with the hash " + record.previous_hash + ", and record " +
          before + " has " + last_.hash + ": record " + before + " was replaced, or this one is " +
          "forged");
}

void ChainWalk::check_history(const Record& record) {
  const auto [token, fresh] = tokens_[record.feed].emplace(record.token, record.sequence);
  if (!fresh) {
    add(FindingKind::record_doubled, record,
        "record " + number(token->second) + " is of the same publication, token " +
            number(record.token));
    return;
  }
  const Key key(record.feed, record.period);
  const auto known = newest_.find(key);
  if (known != newest_.end() && known->second.token > record.token) {
    add(FindingKind::record_inconsistent, record,
        "its token " + number(record.token) + " is older than token " +
            number(known->second.token) + " of record " + number(known->second.sequence));
    return;
  }
  if (!complete_) return;
  static const Newest nothing;
  const Newest& before = known == newest_.end() ? nothing : known->second;
  const std::vector<Movement> moved = movements(before.totals, record.totals());
  if (moved != record.moved) {
    add(FindingKind::record_inconsistent, record,
        "it says that it moved " + first_difference(record.moved, moved) +
            ", which is what the records say");
  }
  if (known == newest_.end() ? !record.replaced.empty()
                             : gone(shown_[key], newest_of(record, true)) != record.replaced) {
    add(FindingKind::record_inconsistent, record,
        "the slices it says it replaced are not those that were visible before and are not now");
  }
}

void ChainWalk::check_anchors(std::uint64_t place, const std::string& hash) {
  for (const ChainEnd& anchor : anchors_) {
    if (anchor.sequence != place || anchor.hash == hash) continue;
    add(FindingKind::head_differs, place,
        "the hash noted for it is " + anchor.hash +
            (hash.empty() ? ", and it was altered" : ", and it has " + hash));
  }
  if (head_ && head_->sequence == place && head_->hash != hash && !hash.empty()) {
    add(FindingKind::head_differs, place,
        "the head of the chain was " + head_->hash + ", and this record has " + hash +
            ": it was replaced");
  }
}

void ChainWalk::end_head() {
  if (!head_) {
    if (last_.sequence > 1)
      add(FindingKind::head_differs, last_.sequence,
          "the note of where the chain ends is gone: records missing at the end cannot be told");
    return;
  }
  if (last_.sequence < head_->sequence) {
    const std::uint64_t first = last_.sequence + 1;
    add(FindingKind::record_missing, first,
        (first == head_->sequence
             ? "there is no record " + number(first)
             : "there are no records " + number(first) + " to " + number(head_->sequence)) +
            ": the chain ended with record " + number(head_->sequence) + ", hash " + head_->hash);
  } else if (last_.sequence == head_->sequence + 1) {
    notes_.push_back("record " + number(last_.sequence) +
                     " came after the end that was noted: it was appended during the walk, or its "
                     "daemon ended right after appending it");
  } else if (last_.sequence > head_->sequence + 1) {
    add(FindingKind::head_differs, last_.sequence,
        "the chain was noted to end with record " + number(head_->sequence) + ", and it goes on " +
            "to record " + number(last_.sequence) + ": records may be forged");
  }
}

void ChainWalk::end(const std::map<std::string, std::uint64_t>& tokens) {
  end_head();
  for (const ChainEnd& anchor : anchors_) {
    if (anchor.sequence > last_.sequence)
      add(FindingKind::record_missing, anchor.sequence,
          "there is no record " + number(anchor.sequence) +
              ", and its hash was noted: " + anchor.hash);
  }
  for (const auto& [feed, current] : tokens) {
    const auto used = tokens_.find(feed);
    if (used == tokens_.end()) continue;
    for (auto at = used->second.upper_bound(current); at != used->second.end(); ++at) {
      Finding finding(FindingKind::record_forged, "it says that it was published with token " +
                                                      number(at->first) + ", and the feed is at " +
                                                      number(current));
      finding.sequence = at->second;
      finding.feed = feed;
      findings_.push_back(std::move(finding));
    }
  }
}

}  // namespace billow::audit
