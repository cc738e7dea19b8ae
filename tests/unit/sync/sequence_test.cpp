#include "normalize/slice_book.hpp"
#include "sync/audit_record.hpp"
#include "sync/delivery_id.hpp"
#include "sync/period_change.hpp"
#include "sync/recovery.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

/// Passes over full deliveries, windows and deltas in any order, ended at any of their writes: what
/// the decisions make of it, with the cluster on paper and the writes in DeliverySync's order.
namespace billow::sync {
namespace {

/// The pass ended here.
struct Ended {};

struct Offer {
  std::string id;
  Coverage coverage;
  std::map<SliceKey, std::vector<std::string>> lines;
  std::uint64_t dead = 0;
  bool force = false;
  bool withhold = true;
};

/// The period as a plain list of lines.
struct Plain {
  std::multimap<SliceKey, std::string> lines;
  std::set<std::string> deltas;

  void apply(const Offer& offer) {
    std::erase_if(lines,
                  [&offer](const auto& line) { return offer.coverage.replaces(line.first); });
    if (offer.coverage.kind == DeliveryKind::full) deltas.clear();
    if (offer.coverage.kind == DeliveryKind::delta && !deltas.insert(offer.id).second) return;
    for (const auto& [key, texts] : offer.lines) {
      for (const std::string& text : texts) lines.emplace(key, text);
    }
  }
  std::multiset<std::pair<SliceKey, std::string>> all() const {
    return {lines.begin(), lines.end()};
  }
};

class Paper {
 public:
  int writes_left = -1;  ///< negative: any number

  void pass(const Offer& offer) {
    recover();
    ASSERT_TRUE(check_base(offer.coverage, readable_.has_value(), visible_.slice_ids));
    if (!offer.force && readable_ && is_in(*readable_, offer.id, offer.coverage)) return;
    record_ = DeliveryRecord();
    record_.delivery_id = offer.id;
    record_.coverage = offer.coverage;
    const auto seen = visible_slices(readable_, visible_.slice_ids, offer.id, offer.force);
    const bool before =
        std::ranges::find(withheld_, offer.id, &DeliveryRecord::delivery_id) != withheld_.end();
    const bool digested = !offer.force && (before || may_stay(seen, offer.coverage));
    const bool withheld = offer.dead != 0 && offer.withhold;
    SlicePlan plan = plan_slices(seen, found_in(offer).slices, offer.coverage);
    if (digested && withheld) {
      describe(record_, found_in(offer), plan, readable_);
      record_.token = token_;
      write([&] { letters_[offer.id] = {offer.dead, record_.token}; });
      return put(DeliveryState::withheld);
    }
    claim(offer);
    const normalize::Findings found = found_in(offer);
    describe(record_, found, plan, readable_);
    if (!digested || !plan.load.empty()) load(offer, found, plan);
    write([&] {
      letters_.erase(offer.id);
      if (offer.dead != 0) letters_[offer.id] = {offer.dead, record_.token};
    });
    if (withheld) {
      put(DeliveryState::withheld);
      record_.state = DeliveryState::loading;
      write([&] { records_.erase(record_.document_id()); });
      return purge();
    }
    publish();
  }

  std::multiset<std::pair<SliceKey, std::string>> seen() const {
    std::multiset<std::pair<SliceKey, std::string>> all;
    for (const std::string& id : visible_.slice_ids) {
      const auto& [key, lines] = stored_.at(id);
      for (const std::string& line : lines) all.emplace(key, line);
    }
    return all;
  }
  /// The record that the read alias names.
  const std::string& shown() const { return visible_.delivery_id; }
  bool waits(const std::string& delivery) const {
    return std::ranges::any_of(records_, [&delivery](const auto& entry) {
      return entry.second.state == DeliveryState::withheld && entry.second.delivery_id == delivery;
    });
  }
  /// What must hold once a pass came to its end.
  void expect_clean() const {
    std::vector<std::string> stored;
    for (const auto& [id, slice] : stored_) stored.push_back(id);
    EXPECT_EQ(stored, visible_.slice_ids);
    if (visible_.delivery_id.empty()) return;
    const DeliveryRecord& shown = records_.at(visible_.delivery_id);
    EXPECT_EQ(shown.state, DeliveryState::published);
    EXPECT_EQ(slice_ids(shown.slices), visible_.slice_ids);
    EXPECT_EQ(audit_.back().token, shown.publication_token());
    EXPECT_EQ(audit_.back().parts, shown.parts);
    std::set<std::uint64_t> publications;
    for (const audit::Record& record : audit_)
      EXPECT_TRUE(publications.insert(record.token).second);
    std::multiset<std::string> in_parts;
    for (const Part& part : shown.parts)
      in_parts.insert(part.slice_ids.begin(), part.slice_ids.end());
    if (shown.coverage.kind == DeliveryKind::full)
      in_parts.insert(visible_.slice_ids.begin(), visible_.slice_ids.end());
    EXPECT_TRUE(std::ranges::equal(in_parts, visible_.slice_ids));
    // Those of an attempt that ended stay until a publish, and are not looked at.
    std::map<std::string, std::uint64_t> missing = {{shown.delivery_id, shown.rows_dead}};
    for (const Part& part : shown.parts) {
      if (part.stands()) missing[part.delivery_id] = part.rows_dead;
    }
    for (const auto& [delivery, rows] : missing) {
      const auto letters = letters_.find(delivery);
      if (waits(delivery)) continue;
      EXPECT_EQ(letters == letters_.end() ? 0 : letters->second.rows, rows) << delivery;
    }
  }
  /// Somebody deletes the record that the alias names.
  void lose_record() { records_.erase(visible_.delivery_id); }
  /// What is there was made by rules that are no longer today's.
  void change_rules() {
    const auto older = [](auto& record) {
      record.schema = schema_version - 1;
      for (Part& part : record.parts) part.schema = schema_version - 1;
    };
    for (auto& [id, record] : records_) older(record);
    for (audit::Record& record : audit_) older(record);
  }

 private:
  template <class Change>
  void write(Change change) {
    if (writes_left == 0) throw Ended();
    if (writes_left > 0) --writes_left;
    change();
  }
  void put(DeliveryState state) { put(record_, state); }
  void put(DeliveryRecord record, DeliveryState state) {
    record.state = state;
    write([&] { records_[record.document_id()] = record; });
  }
  Situation look() const {
    Situation found;
    found.token = token_;
    found.visible = visible_;
    for (const auto& [id, record] : records_) {
      if (id == visible_.delivery_id)
        found.shown = record;
      else if (record.state != DeliveryState::superseded)
        found.open.push_back(record);
    }
    if (!audit_.empty()) {
      found.audited = audit_.back().token;
      if (audit_.back().delivery_record() == visible_.delivery_id)
        found.recorded = delivery_record(audit_.back());
    }
    for (const auto& [id, slice] : stored_) found.stored.push_back(id);
    return found;
  }
  void recover() {
    const Situation found = look();
    const Recovery plan = plan_recovery(found);
    prefix_.clear();
    readable_ = plan.published;
    withheld_.clear();
    std::ranges::copy_if(found.open, std::back_inserter(withheld_), [](const auto& record) {
      return record.state == DeliveryState::withheld;
    });
    if (plan.fence) write([&] { ++token_; });
    for (const std::string& id : plan.drop) write([&] { stored_.erase(id); });
    for (const std::string& id : plan.forget) write([&] { records_.erase(id); });
    for (const DeliveryRecord& record : plan.restate) {
      if (record.state != DeliveryState::published) put(record, record.state);
    }
    if (plan.published && (plan.append_audit || !plan.restate.empty())) settle(*plan.published);
  }
  void claim(const Offer& offer) {
    write([&] { ++token_; });
    record_.token = token_;
    prefix_ = slice_prefix(offer.id, token_, schema_version);
  }
  void load(const Offer& offer, const normalize::Findings& found, const SlicePlan& plan) {
    put(DeliveryState::loading);
    for (const SliceKey& key : plan.load) {
      write([&] { stored_[found.slices.at(key).id] = {key, offer.lines.at(key)}; });
    }
  }
  void publish() {
    put(DeliveryState::verified);
    write([&] {
      visible_.delivery_id = record_.document_id();
      visible_.slice_ids = slice_ids(record_.slices);
      ++token_;
    });
    if (readable_) put(*readable_, DeliveryState::superseded);
    settle(record_);
    purge();
  }
  void settle(const DeliveryRecord& record) {
    write([&] {
      const audit::Record made = audit_record(record, false);
      if (audit_.empty() || audit_.back().token < made.token) audit_.push_back(made);
    });
    write([&] {
      const auto kept = deliveries_with_letters(record, withheld_);
      std::erase_if(letters_, [&kept, &record](const auto& entry) {
        return entry.second.token < record.token &&
               std::ranges::find(kept, entry.first) == kept.end();
      });
    });
    put(record, DeliveryState::published);
  }
  void purge() {
    std::vector<std::string> stored;
    for (const auto& [id, slice] : stored_) stored.push_back(id);
    for (const std::string& id : dead_slices(stored, visible_.slice_ids, token_, prefix_))
      write([&] { stored_.erase(id); });
  }
  normalize::Findings found_in(const Offer& offer) const {
    normalize::Findings found;
    found.rows_dead = offer.dead;
    for (const auto& [key, lines] : offer.lines) {
      Slice& slice = found.slices[key];
      slice.id = normalize::slice_id(prefix_, key);
      slice.key = key;
      slice.totals.lines = lines.size();
      for (const std::string& line : lines) slice.totals.digest.add(std::hash<std::string>{}(line));
    }
    return found;
  }

  std::uint64_t token_ = 0;
  elastic::Visible visible_;
  std::map<std::string, DeliveryRecord> records_;
  std::map<std::string, std::pair<SliceKey, std::vector<std::string>>> stored_;
  std::vector<audit::Record> audit_;
  struct Letters {
    std::uint64_t rows = 0;
    std::uint64_t token = 0;  ///< of the attempt that found them
  };
  std::map<std::string, Letters> letters_;  ///< by delivery

  std::optional<DeliveryRecord> readable_;
  std::vector<DeliveryRecord> withheld_;
  DeliveryRecord record_;
  std::string prefix_;
};

/// A feed states windows or deltas, and now and then all of a period.
Offer some_offer(std::mt19937& random, const std::string& id, DeliveryKind stated) {
  const auto below = [&random](unsigned bound) { return static_cast<int>(random() % bound); };
  Offer made;
  made.id = id;
  int first = 1;
  int last = 4;
  if (below(5) != 0) made.coverage.kind = stated;
  if (made.coverage.kind == DeliveryKind::window) {
    first = 1 + below(4);
    last = first + below(3);
    made.coverage = {DeliveryKind::window, first, last + 1};
  }
  for (int line = below(5); line > 0; --line) {
    const SliceKey key{first + below(static_cast<unsigned>(last - first + 1)), below(5) == 0};
    made.lines[key].push_back(std::string(1, static_cast<char>('a' + below(3))));
  }
  made.dead = below(6) == 0 ? 1 + random() % 3 : 0;
  return made;
}

/// A pass that may end at a write. Readers then see the statement before or the one after it, and
/// `plain` becomes that. False when it ended.
bool run(Paper& paper, Plain& plain, const Offer& offer, int writes) {
  const std::string shown = paper.shown();
  paper.writes_left = writes;
  bool ended = false;
  try {
    paper.pass(offer);
  } catch (const Ended&) {
    ended = true;
  }
  const bool withheld = !ended && paper.waits(offer.id);
  if (paper.shown() != shown || (!ended && !withheld)) plain.apply(offer);
  EXPECT_EQ(paper.seen(), plain.all());
  if (!ended) paper.expect_clean();
  return !ended;
}

TEST(Sequence, AnyOneEndsAsAPlainListOfLinesWould) {
  for (unsigned seed = 1; seed <= 500; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const DeliveryKind stated = seed % 2 == 0 ? DeliveryKind::window : DeliveryKind::delta;
    Paper paper;
    Plain plain;
    std::vector<Offer> offers;
    for (int step = 0; step < 12; ++step) {
      if (offers.empty() || random() % 3 != 0)
        offers.push_back(some_offer(random, "d" + std::to_string(step), stated));
      Offer offer = offers[random() % 4 == 0 ? random() % offers.size() : offers.size() - 1];
      offer.force = random() % 6 == 0;
      offer.withhold = random() % 2 == 0;
      run(paper, plain, offer, random() % 2 == 0 ? -1 : static_cast<int>(random() % 14));
      if (random() % 15 == 0) paper.change_rules();
      if (testing::Test::HasFailure()) return;
    }
    run(paper, plain, some_offer(random, "end", stated), -1);
    if (testing::Test::HasFailure()) return;
  }
}

/// Ends a pass at every write, and the pass that mends it at every write of its own.
void expect_mended(const std::vector<Offer>& before, const Offer& offer) {
  bool done = false;
  for (int writes = 0; !done; ++writes) {
    bool mended = false;
    for (int mending = 0; !mended; ++mending) {
      SCOPED_TRACE(testing::Message() << "ended at " << writes << ", mended until " << mending);
      Paper paper;
      Plain plain;
      for (const Offer& one : before) run(paper, plain, one, -1);
      Plain wanted = plain;
      wanted.apply(offer);
      done = run(paper, plain, offer, writes);
      mended = run(paper, plain, offer, mending);
      run(paper, plain, offer, -1);
      ASSERT_EQ(paper.seen(), wanted.all());
    }
  }
}

TEST(Sequence, IsMendedWhereverAWindowADeltaOrTheMendingItselfEnded) {
  const SliceKey first{1, false};
  const SliceKey second{2, false};
  const SliceKey tax{2, true};
  const Offer full{"f", {}, {{first, {"a"}}, {second, {"b"}}, {tax, {"t"}}}, 0, false, true};
  const Offer delta{"d", {DeliveryKind::delta, 0, 0}, {{first, {"a"}}, {second, {"c"}}}};
  const Offer silent{"s", {DeliveryKind::delta, 0, 0}, {}};
  const Offer window{"w", {DeliveryKind::window, 2, 4}, {{second, {"e"}}, {tax, {"t"}}}};
  const Offer emptied{"e", {DeliveryKind::window, 1, 3}, {}};
  for (const Offer& last : {full, delta, silent, window, emptied}) {
    SCOPED_TRACE(last.id);
    expect_mended({full, delta}, last.id == "d" ? Offer{"d2", last.coverage, last.lines} : last);
    expect_mended({window, delta, silent}, last.id == "w" || last.id == "e" || last.id == "f"
                                               ? last
                                               : Offer{last.id + "2", last.coverage, last.lines});
    expect_mended({}, last);
  }
}

TEST(Sequence, GoesOnFromTheChainWhereTheRecordWasLost) {
  Paper paper;
  Plain plain;
  const SliceKey day{1, false};
  run(paper, plain, {"a", {DeliveryKind::delta, 0, 0}, {{day, {"a"}}}}, -1);
  run(paper, plain, {"b", {DeliveryKind::delta, 0, 0}, {{day, {"a"}}}}, -1);
  paper.lose_record();
  run(paper, plain, {"a", {DeliveryKind::delta, 0, 0}, {{day, {"a"}}}}, -1);
  EXPECT_EQ(paper.seen().size(), 2U);
  run(paper, plain, {"c", {DeliveryKind::delta, 0, 0}, {{day, {"a"}}}}, -1);
  EXPECT_EQ(paper.seen().size(), 3U);
}

}  // namespace
}  // namespace billow::sync
