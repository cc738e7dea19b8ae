#include "audit/chain_walk.hpp"

#include "audit/canonical.hpp"
#include "records.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace billow::audit {
namespace {

using testing::HasSubstr;

/// A chain of five publications of one feed, each of one day, which costs 1, 2, 3, 4, 5.
std::vector<StoredRecord> sound_chain() {
  std::vector<StoredRecord> chain;
  std::vector<Slice> before;
  std::string previous(no_hash);
  for (std::uint64_t n = 1; n <= 5; ++n) {
    std::vector<Slice> slices = {slice_of("s" + std::to_string(n), 20605, n, std::to_string(n))};
    Record record = record_of(2 * n, slices);
    describe_change(record, before);
    seal(record, n, previous);
    previous = record.hash;
    before = std::move(slices);
    chain.push_back({n, 1, record.to_json()});
  }
  return chain;
}

Record read(const StoredRecord& stored) { return Record::from_json(stored.source).value(); }
ChainEnd head_of(const StoredRecord& stored) { return {stored.place, read(stored).hash}; }
/// Makes `record` what the document holds, with a right hash.
void forge(StoredRecord& stored, Record record) {
  seal(record, record.sequence, record.previous_hash);
  stored.source = record.to_json();
}

struct Walked {
  std::vector<std::string> found;  ///< "record_altered 3: ..."
  std::vector<std::string> notes;
};

Walked walk(const std::vector<StoredRecord>& chain, std::optional<ChainEnd> head,
            std::uint64_t token = 100, std::vector<ChainEnd> anchors = {}) {
  ChainWalk walking(std::move(head), std::move(anchors));
  for (const StoredRecord& stored : chain) walking.take(stored);
  walking.end({{"aws-main", token}});
  Walked walked;
  for (const Finding& finding : walking.findings())
    walked.found.push_back(std::string(name_of(finding.kind)) + " " +
                           std::to_string(finding.sequence) + ": " + finding.what);
  walked.notes = walking.notes();
  return walked;
}

/// The findings as "kind sequence".
std::vector<std::string> kinds(const Walked& walked) {
  std::vector<std::string> kinds;
  for (const std::string& found : walked.found) kinds.push_back(found.substr(0, found.find(':')));
  return kinds;
}

using Kinds = std::vector<std::string>;

TEST(ChainWalk, FindsNothingInASoundChain) {
  const auto chain = sound_chain();
  const Walked walked = walk(chain, head_of(chain.back()), 10);
  EXPECT_EQ(walked.found, Kinds{});
  EXPECT_TRUE(walked.notes.empty());
}

TEST(ChainWalk, FindsNothingInAnEmptyChain) { EXPECT_EQ(walk({}, {}).found, Kinds{}); }

TEST(ChainWalk, KnowsTheNewestRecordOfEachFeedAndPeriod) {
  const auto chain = sound_chain();
  ChainWalk walking({}, {});
  for (const StoredRecord& stored : chain) walking.take(stored);
  ASSERT_EQ(walking.newest().size(), 1U);
  const Newest& newest = walking.newest().at({"aws-main", "2026-06"});
  EXPECT_EQ(newest.sequence, 5U);
  EXPECT_EQ(newest.delivery, "aws-main:2026-06:d10:9");
  EXPECT_EQ(newest.slice_ids, std::vector<std::string>{"s5"});
  EXPECT_EQ(newest.totals.by_currency.at("USD").sums[0].to_string(), "5");
}

TEST(ChainWalk, NamesARecordThatWasAltered) {
  auto chain = sound_chain();
  Record record = read(chain[2]);
  record.rows_read = 11;
  chain[2].source = record.to_json();
  const Walked walked = walk(chain, head_of(chain.back()));
  EXPECT_EQ(kinds(walked), Kinds{"record_altered 3"});
  EXPECT_THAT(walked.found[0], HasSubstr(record.hash));
}

TEST(ChainWalk, NamesAMemberThatWasAdded) {
  auto chain = sound_chain();
  chain[2].source.insert(1, R"("Note":"harmless",)");
  EXPECT_EQ(kinds(walk(chain, head_of(chain.back()))), Kinds{"record_altered 3"});
}

TEST(ChainWalk, NamesARecordThatWasReplacedWithARightHash) {
  auto chain = sound_chain();
  Record record = read(chain[2]);
  record.rows_read = 11;
  forge(chain[2], record);
  const Walked walked = walk(chain, head_of(chain.back()));
  EXPECT_EQ(kinds(walked), Kinds{"link_broken 4"});
  EXPECT_THAT(walked.found[0], HasSubstr("record 3 was replaced"));
}

TEST(ChainWalk, NamesALastRecordThatWasReplacedWithARightHash) {
  auto chain = sound_chain();
  const ChainEnd head = head_of(chain.back());
  Record record = read(chain[4]);
  record.rows_read = 11;
  forge(chain[4], record);
  EXPECT_EQ(kinds(walk(chain, head)), Kinds{"head_differs 5"});
}

TEST(ChainWalk, NamesAnAnchorThatNoLongerHolds) {
  auto chain = sound_chain();
  const ChainEnd noted = head_of(chain[2]);
  std::string previous = read(chain[1]).hash;
  for (std::size_t i = 2; i < chain.size(); ++i) {  // a chain written anew from record 3 on
    Record record = read(chain[i]);
    record.rows_read = 11;
    seal(record, record.sequence, previous);
    previous = record.hash;
    chain[i].source = record.to_json();
  }
  const ChainEnd head = head_of(chain.back());
  EXPECT_EQ(walk(chain, head).found, Kinds{});
  EXPECT_EQ(kinds(walk(chain, head, 100, {noted})), Kinds{"head_differs 3"});
}

TEST(ChainWalk, NamesADocumentThatWasWrittenTwice) {
  auto chain = sound_chain();
  chain[1].version = 2;
  const Walked walked = walk(chain, head_of(chain.back()));
  EXPECT_EQ(kinds(walked), Kinds{"record_altered 2"});
  EXPECT_THAT(walked.found[0], HasSubstr("written 2 times"));
}

TEST(ChainWalk, NamesRecordsMissingInTheMiddle) {
  auto chain = sound_chain();
  const ChainEnd head = head_of(chain.back());
  chain.erase(chain.begin() + 1, chain.begin() + 3);
  const Walked walked = walk(chain, head);
  EXPECT_EQ(kinds(walked), Kinds{"record_missing 2"});
  EXPECT_THAT(walked.found[0], HasSubstr("records 2 to 3"));
}

TEST(ChainWalk, NamesRecordsMissingAtTheEnds) {
  auto chain = sound_chain();
  const ChainEnd head = head_of(chain.back());
  chain.erase(chain.begin());
  chain.pop_back();
  EXPECT_EQ(kinds(walk(chain, head)), (Kinds{"record_missing 1", "record_missing 5"}));
}

TEST(ChainWalk, NamesTwoRecordsThatChangedPlaces) {
  auto chain = sound_chain();
  std::swap(chain[1].source, chain[2].source);
  const Walked walked = walk(chain, head_of(chain.back()));
  EXPECT_EQ(kinds(walked), (Kinds{"record_misplaced 2", "record_misplaced 3"}));
  EXPECT_THAT(walked.found[0], HasSubstr("holds record 3"));
}

TEST(ChainWalk, NamesAPublicationThatIsRecordedTwice) {
  auto chain = sound_chain();
  Record record = read(chain[4]);
  record.previous_hash = record.hash;
  record.moved = movements(record.totals(), record.totals());
  record.replaced.clear();
  record.sequence = 6;
  chain.push_back({6, 1, ""});
  forge(chain.back(), record);
  EXPECT_EQ(kinds(walk(chain, head_of(chain.back()))), Kinds{"record_doubled 6"});
}

TEST(ChainWalk, NamesAForgedRecordAtTheEnd) {
  auto chain = sound_chain();
  const ChainEnd head = head_of(chain.back());
  Record record = record_of(11, {slice_of("s6", 20605, 6, "6")});
  describe_change(record, read(chain.back()).slices);
  record.sequence = 6;
  record.previous_hash = std::string(64, 'a');
  chain.push_back({6, 1, ""});
  forge(chain.back(), record);
  EXPECT_EQ(kinds(walk(chain, head, 10)), (Kinds{"link_broken 6", "record_forged 6"}));
  record.previous_hash = head.hash;  // a better forgery: only the token tells
  forge(chain.back(), record);
  const Walked walked = walk(chain, head, 10);
  EXPECT_EQ(kinds(walked), Kinds{"record_forged 6"});
  EXPECT_EQ(walked.notes.size(), 1U);
}

TEST(ChainWalk, AcceptsOneRecordBehindTheHead) {
  const auto chain = sound_chain();
  const Walked walked = walk(chain, head_of(chain[3]), 10);
  EXPECT_EQ(walked.found, Kinds{});
  EXPECT_EQ(walked.notes.size(), 1U);
  EXPECT_EQ(kinds(walk(chain, head_of(chain[2]), 10)), Kinds{"head_differs 5"});
  EXPECT_EQ(kinds(walk(chain, {}, 10)), Kinds{"head_differs 5"});
}

TEST(ChainWalk, NamesARecordThatContradictsThoseBefore) {
  auto chain = sound_chain();
  Record record = read(chain[4]);
  record.moved[0].sums[0] = amount("7");
  forge(chain[4], record);
  const Walked walked = walk(chain, head_of(chain.back()));
  EXPECT_EQ(kinds(walked), Kinds{"record_inconsistent 5"});
  EXPECT_THAT(walked.found[0], HasSubstr("BilledCost in USD by 7 instead of 1"));
}

TEST(ChainWalk, NamesWhatCannotBeRead) {
  auto chain = sound_chain();
  chain[2].source = R"({"Sequence":3})";
  EXPECT_EQ(kinds(walk(chain, head_of(chain.back()))), Kinds{"record_altered 3"});
  chain[2].source = R"({"Sequence":3.5})";
  EXPECT_EQ(kinds(walk(chain, head_of(chain.back()))), Kinds{"record_altered 3"});
}

}  // namespace
}  // namespace billow::audit
