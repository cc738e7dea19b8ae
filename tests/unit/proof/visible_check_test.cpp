#include "proof/visible_check.hpp"

#include "sync/audit_record.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace billow::proof {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Newest recorded() {
  audit::Newest newest;
  newest.sequence = 7;
  newest.delivery = "aws-1:2026-06:d:3";
  newest.slice_ids = {"a", "b"};
  Newest all;
  all[{"aws-1", "2026-06"}] = newest;
  return all;
}

elastic::ShownIndex shown(std::string index = "billow-charges-aws-1-2026-06") {
  elastic::ShownIndex made;
  made.visible.index = std::move(index);
  made.visible.delivery_id = "aws-1:2026-06:d:3";
  made.visible.slice_ids = {"a", "b"};
  return made;
}

std::vector<std::string> texts(const std::vector<audit::Finding>& findings) {
  std::vector<std::string> texts;
  for (const audit::Finding& finding : findings)
    texts.push_back(std::string(audit::name_of(finding.kind)) + " " + finding.feed + " " +
                    finding.period + ": " + finding.what);
  return texts;
}

TEST(VisibleCheck, FindsNothingWhereReadersSeeWhatIsRecorded) {
  EXPECT_THAT(check_visible(recorded(), {shown()}, {}), IsEmpty());
  EXPECT_THAT(check_visible({}, {}, {}), IsEmpty());
}

TEST(VisibleCheck, NamesWhatIsRecordedAndNotSeen) {
  EXPECT_THAT(texts(check_visible(recorded(), {}, {})),
              ElementsAre(HasSubstr("visible_differs aws-1 2026-06: readers see nothing")));
}

TEST(VisibleCheck, NamesWhatIsSeenAndNotRecorded) {
  EXPECT_THAT(texts(check_visible({}, {shown()}, {})),
              ElementsAre(HasSubstr("publication_missing aws-1 2026-06: readers see the delivery "
                                    "'aws-1:2026-06:d:3'")));
}

TEST(VisibleCheck, NamesAnAliasThatIsNotOursOnce) {
  elastic::ShownIndex index = shown();
  index.foreign = "the alias has no filter";
  EXPECT_THAT(texts(check_visible(recorded(), {index}, {})),
              ElementsAre("visible_differs aws-1 2026-06: billow-charges-aws-1-2026-06: the alias "
                          "has no filter"));
}

TEST(VisibleCheck, NamesIndicesOfOthersWhateverIsAskedFor) {
  Scope scope;
  scope.feeds = {"aws-1"};
  for (const char* name : {"evil", "billow-charges-2026-06", "billow-charges-aws-1-2026_06"})
    EXPECT_EQ(check_visible(recorded(), {shown(), shown(name)}, scope).size(), 1U) << name;
}

TEST(VisibleCheck, NamesTheSecondIndexOfAPeriod) {
  elastic::ShownIndex second = shown();
  second.visible.index += "-r1";
  EXPECT_THAT(texts(check_visible(recorded(), {shown(), second}, {})),
              ElementsAre(AllOf(HasSubstr("two indices"), HasSubstr(second.visible.index))));
}

TEST(VisibleCheck, LeavesOutWhatWasNotAskedFor) {
  Scope scope;
  scope.feeds = {"aws-2"};
  EXPECT_THAT(check_visible(recorded(), {}, scope), IsEmpty());
  EXPECT_THAT(check_visible({}, {shown()}, scope), IsEmpty());
  scope.feeds = {"aws-1"};
  scope.period = "2026-05";
  EXPECT_THAT(check_visible(recorded(), {}, scope), IsEmpty());
}

TEST(VisibleCheck, ComparesNothingWithARecordThatIsNotSound) {
  Newest newest = recorded();
  newest.begin()->second.sound = false;
  EXPECT_THAT(check_visible(newest, {}, {}), IsEmpty());
}

sync::DeliveryRecord delivery() {
  sync::DeliveryRecord made;
  made.feed = "aws-1";
  made.kind = "aws/cur2";
  made.period = "2026-06";
  made.delivery_id = "d";
  made.token = 3;
  made.rows_read = 2;
  Slice slice;
  slice.id = "a";
  slice.totals.lines = 2;
  made.slices = {slice};
  return made;
}

audit::Record record() {
  audit::Record made = sync::audit_record(delivery(), false);
  audit::describe_change(made, {});
  audit::seal(made, 7, std::string(audit::no_hash));
  return made;
}

TEST(DeliveryCheck, FindsNothingInTheRecordThatWasPublished) {
  EXPECT_THAT(check_delivery(record(), delivery()), IsEmpty());
  audit::Record recovered = record();
  recovered.recovered = true;
  EXPECT_THAT(check_delivery(recovered, delivery()), IsEmpty());
}

TEST(DeliveryCheck, NamesTheMembersThatDiffer) {
  sync::DeliveryRecord altered = delivery();
  altered.rows_read = 3;
  altered.slices[0].totals.lines = 1;
  const auto findings = check_delivery(record(), altered);
  EXPECT_THAT(texts(findings), ElementsAre(HasSubstr("record 7: RowsRead, Slices")));
  EXPECT_EQ(findings[0].document, "aws-1:2026-06:d:3");
}

TEST(DeliveryCheck, NamesARecordThatIsGone) {
  EXPECT_THAT(texts(check_delivery(record(), std::nullopt)), ElementsAre(HasSubstr("missing")));
}

}  // namespace
}  // namespace billow::proof
