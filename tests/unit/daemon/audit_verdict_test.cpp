#include "daemon/audit_verdict.hpp"

#include "daemon/walk_progress.hpp"

#include <gmock/gmock.h>

namespace billow::daemon {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

AuditVerdict verdict() {
  AuditVerdict made;
  made.records = 1200;
  made.last = {1200, "abc"};
  made.periods = 1;
  return made;
}

audit::Finding finding() {
  audit::Finding made(audit::FindingKind::line_altered, "BilledCost: 2, \x1b[2J\"1\"");
  made.feed = "aws-main";
  made.period = "2026-06";
  made.slice = "s";
  made.document = "s-00000001";
  return made;
}

TEST(AuditVerdict, SaysThatAllIsProvenAndWhereTheChainEnds) {
  const std::string text = verdict_text(verdict());
  EXPECT_THAT(text, HasSubstr("1,200 records, the last is 1200:abc"));
  EXPECT_THAT(text, HasSubstr("1 period held"));
  EXPECT_THAT(text, HasSubstr("proven: nothing was altered"));
  EXPECT_THAT(verdict_json(verdict()), HasSubstr("\"proven\": true"));
}

TEST(AuditVerdict, CallsNothingProvenWhereNothingWasPublished) {
  const std::string text = verdict_text(AuditVerdict());
  EXPECT_THAT(text, HasSubstr("nothing was published yet: there is nothing to prove\n"));
  EXPECT_THAT(text, Not(HasSubstr("proven")));
}

TEST(AuditVerdict, NamesThePlaceOfAFindingAndWhatIsWrong) {
  AuditVerdict found = verdict();
  found.findings.push_back(finding());
  const std::string text = verdict_text(found);
  EXPECT_THAT(text, HasSubstr("line_altered: aws-main 2026-06, slice s, document s-00000001\n"));
  EXPECT_THAT(text, HasSubstr("NOT PROVEN: 1 finding\n"));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  const std::string json = verdict_json(found);
  EXPECT_THAT(json, HasSubstr("\"proven\": false"));
  EXPECT_THAT(json, HasSubstr(R"("document": "s-00000001")"));
  EXPECT_THAT(json, Not(HasSubstr("sequence\": 0")));
}

TEST(AuditVerdict, ProvesNothingOfWhatCouldNotBeRead) {
  AuditVerdict failed = verdict();
  failed.charges.emplace();
  failed.charges->lines = 3000;
  failed.charges->periods = 2;
  failed.charges->periods_from_source = 1;
  failed.failures.push_back("aws-main 2026-06: the source cannot be read");
  EXPECT_FALSE(failed.proven());
  const std::string text = verdict_text(failed);
  EXPECT_THAT(text, HasSubstr("3,000 lines of 2 periods read one by one\n"));
  EXPECT_THAT(text, HasSubstr("1 of 2 periods read again\n"));
  EXPECT_THAT(text, HasSubstr("FAILED: aws-main 2026-06"));
  EXPECT_THAT(text, HasSubstr("NOT PROVEN: 0 findings, 1 failure\n"));
  EXPECT_THAT(verdict_json(failed), HasSubstr("\"proven\": false"));
}

TEST(WalkProgress, SaysHowFarItIsAndHowFast) {
  proof::Progress progress;
  progress.what = "audit chain";
  progress.unit = "records";
  progress.done = 1200;
  EXPECT_EQ(describe(progress, std::chrono::seconds(0)), "audit chain: 1,200 records");
  progress.total = 4000;
  EXPECT_EQ(describe(progress, std::chrono::seconds(2)),
            "audit chain: 1,200 of 4,000 records  600 records/s");
}

}  // namespace
}  // namespace billow::daemon
