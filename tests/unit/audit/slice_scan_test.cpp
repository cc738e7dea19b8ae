#include "audit/slice_scan.hpp"

#include "audit/line_match.hpp"
#include "charge/encode.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace billow::audit {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Doc {
  std::string id;
  std::string source;
  std::uint64_t version = 1;
};

std::string statement(const std::string& service, const std::string& cost) {
  return R"({"@timestamp":"2026-06-01T00:00:00Z","BilledCost":)" + cost +
         R"(,"BillingCurrency":"USD","ChargeDescription":"hours","ServiceName":")" + service +
         R"(","x_FeedId":"f")";
}

Doc doc(std::uint64_t ordinal, const std::string& service, const std::string& cost,
        const std::string& slice = "s") {
  return {line_id(slice, ordinal), statement(service, cost) +
                                       R"(,"x_DeliveryId":"d","x_SliceId":")" + slice +
                                       R"(","x_IngestedAt":"2026-07-01T00:00:00Z"})"};
}

std::vector<Doc> sound() { return {doc(0, "EC2", "1.5"), doc(1, "S3", "2"), doc(2, "EKS", "-1")}; }

std::vector<Slice> recorded_slices() {
  Slice slice;
  slice.id = "s";
  for (const Doc& line : sound()) add(slice.totals, *totals_of(line.source));
  return {slice};
}

SliceScan scan(const std::vector<Doc>& lines) {
  SliceScan scan(recorded_slices());
  for (const Doc& line : lines) scan.take({line.id, line.version, line.source});
  return scan;
}

std::vector<std::string> texts(const std::vector<Finding>& findings) {
  std::vector<std::string> texts;
  for (const Finding& finding : findings)
    texts.push_back(std::string(name_of(finding.kind)) + " " + finding.document + ": " +
                    finding.what);
  return texts;
}

TEST(SliceScan, FindsNothingInWhatWasPublishedInAnyOrder) {
  auto lines = sound();
  std::swap(lines[0], lines[2]);
  const SliceScan scanned = scan(lines);
  EXPECT_THAT(texts(scanned.findings()), IsEmpty());
  EXPECT_TRUE(scanned.differing().empty());
  EXPECT_EQ(scanned.totals().by_currency.at("USD").sums[0].to_string(), "2.5");
}

TEST(SliceScan, NamesALineThatIsMissing) {
  auto lines = sound();
  lines.erase(lines.begin() + 1);
  EXPECT_THAT(texts(scan(lines).findings()),
              ElementsAre(HasSubstr("USD BilledCost: 2.5 recorded, 0.5 found, differs by -2"),
                          HasSubstr("line_missing s-00000001")));
}

TEST(SliceScan, HoldsNoMoreThanThereIsWhateverTheRecordSays) {
  for (const std::uint64_t lines : {std::uint64_t{1'000'000'000'000'000}, UINT64_MAX}) {
    auto forged = recorded_slices();
    forged[0].totals.lines = lines;
    SliceScan scanned(forged);
    for (const Doc& line : sound()) scanned.take({line.id, line.version, line.source});
    const Doc far = doc(999'999'999'999'999, "EC2", "0");
    scanned.take({far.id, far.version, far.source});
    const auto found = texts(scanned.findings());
    ASSERT_EQ(found.size(), 102U);
    EXPECT_THAT(found[0], HasSubstr("lines: " + std::to_string(lines) + " recorded, 4 found"));
    EXPECT_THAT(found[1], HasSubstr("line_missing s-00000003"));
    EXPECT_EQ(found[101], "line_missing : " + std::to_string(lines - 104) + " more are missing");
  }
}

TEST(SliceScan, NamesALineThatWasAdded) {
  auto lines = sound();
  lines.push_back(doc(3, "EC2", "0"));
  auto foreign = doc(0, "EC2", "0");
  foreign.id = "mine";
  lines.push_back(foreign);
  EXPECT_THAT(texts(scan(lines).findings()),
              ElementsAre(HasSubstr("slice_differs"), HasSubstr("line_added s-00000003"),
                          HasSubstr("line_added mine")));
}

TEST(SliceScan, NamesALineThatWasWrittenAgain) {
  auto lines = sound();
  lines[1] = doc(1, "S3", "2");
  lines[1].version = 3;
  EXPECT_THAT(texts(scan(lines).findings()),
              ElementsAre(HasSubstr("line_altered s-00000001: it was written 3 times")));
}

TEST(SliceScan, SeesAnAlteredTextThatMovesNoSum) {
  auto lines = sound();
  lines[1] = doc(1, "S4", "2");
  const SliceScan scanned = scan(lines);
  EXPECT_THAT(texts(scanned.findings()), ElementsAre(HasSubstr("digest")));
  EXPECT_THAT(scanned.differing(), ElementsAre("s"));
}

TEST(SliceScan, SeesAnAmountThatKeepsItsValueButNotItsDigits) {
  auto lines = sound();
  lines[1] = doc(1, "S3", "2.0");
  EXPECT_THAT(texts(scan(lines).findings()), ElementsAre(HasSubstr("digest")));
}

/// Matches the lines of a slice of three with what the source states.
std::vector<std::string> match(const std::vector<Doc>& indexed,
                               const std::vector<std::string>& stated, bool numbered = false) {
  LineMatch match;
  match.expect("s", 3, numbered);
  for (const Doc& line : indexed) match.count_indexed("s", totals_of(line.source)->digest);
  std::uint64_t ordinal = 0;
  for (const std::string& line : stated) match.take_source("s", ordinal++, line);
  for (const Doc& line : indexed)
    match.take_indexed("s", {line.id, line.version, line.source}, totals_of(line.source)->digest);
  return texts(match.findings());
}

const std::vector<std::string> stated_lines = {statement("EC2", "1.5"), statement("S3", "2"),
                                               statement("EKS", "-1")};
const std::vector<std::string> in_another_order = {stated_lines[2], stated_lines[0],
                                                   stated_lines[1]};

TEST(LineMatch, FindsNothingWhereOnlyTheOrderDiffers) {
  EXPECT_THAT(match(sound(), in_another_order), IsEmpty());
}

TEST(LineMatch, NamesAnAlteredLineWithBothValues) {
  auto lines = sound();
  lines[1] = doc(1, "S3", "0.02");
  EXPECT_THAT(match(lines, in_another_order),
              ElementsAre("line_altered s-00000001: BilledCost: 2 in the source, 0.02 in "
                          "Elasticsearch"));
}

TEST(LineMatch, KnowsAnAlteredLineByItsPlaceHoweverMuchOfItWasAltered) {
  auto lines = sound();
  lines[0].source = R"({"x_SliceId":"s"})";
  EXPECT_THAT(match(lines, stated_lines, true),
              ElementsAre(HasSubstr("line_altered s-00000000: @timestamp:")));
}

TEST(LineMatch, TellsAddedFromMissingLines) {
  auto lines = sound();
  lines.erase(lines.begin() + 1);
  EXPECT_THAT(match(lines, in_another_order),
              ElementsAre(HasSubstr("line_missing : the source states it and it is not there: "
                                    "ServiceName \"S3\"")));
  EXPECT_THAT(match(lines, stated_lines, true), ElementsAre(HasSubstr("line_missing s-00000001:")));
  EXPECT_THAT(match(sound(), {stated_lines[0], stated_lines[2]}),
              ElementsAre(HasSubstr("line_added s-00000001: the source does not state it")));
}

TEST(LineMatch, NamesOfEqualLinesTheOneThatHasNoPlace) {
  auto lines = sound();
  lines.insert(lines.begin(), doc(7, "S3", "2"));
  EXPECT_THAT(match(lines, in_another_order), ElementsAre(HasSubstr("line_added s-00000007")));
  const std::vector<Doc> twice = {doc(0, "EC2", "1"), doc(1, "EC2", "1")};
  EXPECT_THAT(match(twice, {statement("EC2", "1"), statement("EC2", "1")}), IsEmpty());
  EXPECT_THAT(match(twice, {statement("EC2", "1")}), ElementsAre(HasSubstr("line_added")));
  EXPECT_THAT(match({twice[0]}, {statement("EC2", "1"), statement("EC2", "1")}),
              ElementsAre(HasSubstr("line_missing")));
}

TEST(LineMatch, CountsWhatItDoesNotName) {
  std::vector<Doc> lines;
  for (std::uint64_t i = 0; i < 130; ++i) lines.push_back(doc(i, "EC2", std::to_string(i)));
  const auto found = match(lines, {});
  EXPECT_EQ(found.size(), 101U);
  EXPECT_EQ(found.back(), "line_added : 30 more lines");
}

}  // namespace
}  // namespace billow::audit
