#include "../../elastic/run_task.hpp"
#include "charge/encode.hpp"
#include "elastic/audit_log.hpp"
#include "period.hpp"
#include "proof/period_proof.hpp"
#include "proof/reconciler.hpp"

#include <gmock/gmock.h>

namespace billow::sync {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;

void ignore(const proof::Progress&) {}

/// What an auditor is told of periods that several deliveries make up.
class ProofTest : public PeriodTest {
 protected:
  proof::PeriodProof prove() {
    proof::Source source(*store_, pool_, config_, definition_, ignore);
    const auto newest = run_task(elastic::last_audited(cluster(), feed(), period));
    proof::PeriodProver prover(cluster(), &source, ignore);
    const audit::Record& record = newest->value();
    auto proved = run_task(prover.run(record.sequence, record.delivery_record()));
    EXPECT_TRUE(proved) << (proved ? "" : proved.error().detail);
    return proved ? *std::move(proved) : proof::PeriodProof();
  }
  std::vector<std::string> kinds(const proof::PeriodProof& proof) {
    std::vector<std::string> names;
    for (const audit::Finding& finding : proof.findings)
      names.emplace_back(audit::name_of(finding.kind));
    return names;
  }
  /// Writes another cost over that of the only line of a slice.
  void alter(const std::string& slice, const std::string& from, const std::string& to) {
    const std::string index = "/billow-charges-" + feed() + "-2026-06";
    const std::string id = line_id(slice, 0);
    std::string source = ask("GET", index + "/_source/" + id);
    const std::string cost = "\"BilledCost\":";
    ASSERT_NE(source.find(cost + from), std::string::npos) << source;
    source.replace(source.find(cost + from), (cost + from).size(), cost + to);
    ask("PUT", index + "/_doc/" + id + "?refresh=true", source);
  }
};

TEST_F(ProofTest, ReadsTheNewestWindowOrDeltaAgainAndSaysWhatItCouldNot) {
  publish({days(1, 2), {{1, "1", "a"}, {2, "2", "b"}}});
  publish({days(2, 3), {{2, "2", "b"}, {3, "3", "c"}}});
  proof::PeriodProof proof = prove();
  EXPECT_THAT(kinds(proof), IsEmpty());
  EXPECT_TRUE(proof.source_read);
  EXPECT_EQ(proof.lines, 3U);
  EXPECT_THAT(proof.notes, ElementsAre(HasSubstr("the newest delivery is a window; 1 of 3 slices, "
                                                 "with 1 charges, are of deliveries before it")));
  publish({in_addition, {{1, "1", "a"}, {3, "5", "e"}}});
  proof = prove();
  EXPECT_THAT(kinds(proof), IsEmpty());
  EXPECT_TRUE(proof.source_read);
  EXPECT_THAT(proof.notes, ElementsAre(HasSubstr("3 of 5 slices, with 3 charges")));
}

TEST_F(ProofTest, NamesALineOfADeltaThatWasAlteredWhoeverStatedIt) {
  publish({in_addition, {{1, "1.5", "a"}}});
  const std::string first = shown_record()->slices[0].id;
  publish({in_addition, {{1, "2.5", "b"}}});
  const std::string second = shown_record()->parts.back().slice_ids.at(0);
  alter(second, "2.5", "9.5");
  proof::PeriodProof proof = prove();
  EXPECT_THAT(proof.findings,
              Contains(Field(&audit::Finding::what, HasSubstr("2.5 in the source"))));
  EXPECT_THAT(proof.findings, testing::Each(Field(&audit::Finding::slice, second)));
  alter(second, "9.5", "2.5");
  alter(first, "1.5", "0.5");
  proof = prove();
  EXPECT_THAT(proof.findings, Contains(Field(&audit::Finding::slice, first)));
  EXPECT_THAT(kinds(proof), testing::Not(Contains("source_differs")));
}

TEST_F(ProofTest, ReconcilesChainChargesAndRollupsOfSeveralDeliveries) {
  rollups_ = rollup::shipped_definitions({}).value();
  ASSERT_FALSE(rollups_.empty());
  publish({days(1, 2), {{1, "1", "a"}, {2, "2", "b"}}});
  publish({days(2, 3), {{2, "0.25", "b"}, {3, "3", "c"}}});
  publish({in_addition, {{1, "1", "a"}}});
  publish({in_addition, {{1, "1", "a"}}});
  expect_model();
  definition_.delivery = DeliveryKind::delta;
  proof::Source source(*store_, pool_, config_, definition_, ignore);
  proof::Scope scope;
  scope.feeds = {feed()};
  proof::Reconciler reconciler(cluster(), {{feed(), &source}}, rollups_, scope, ignore);
  const auto made = run_task(reconciler.run({}));
  ASSERT_TRUE(made) << made.error().detail;
  EXPECT_TRUE(made->agrees()) << testing::PrintToString(made->failures);
  EXPECT_THAT(made->notes, Contains(HasSubstr("each of its deliveries is a delta")));
  ASSERT_GE(made->rows.size(), 3U);
  for (const proof::ReconciledRow& row : made->rows) {
    EXPECT_EQ(row.sums[0].to_string(), "6.25") << row.place;
    EXPECT_EQ(row.lines, 5U) << row.place;
  }
}

}  // namespace
}  // namespace billow::sync
