#include "elastic/audit_log.hpp"

#include "../run_task.hpp"
#include "audit/canonical.hpp"
#include "elastic/records.hpp"
#include "engine.hpp"

#include <atomic>
#include <thread>

namespace billow::elastic {
namespace {

/// The chain against the real engine, where other tests may append too: what is asserted holds
/// whatever else is in it.
class AuditLog : public EngineTest {
 protected:
  void SetUp() override {
    EngineTest::SetUp();
    if (!IsSkipped()) install();
  }
  audit::Record publication(std::uint64_t token, const std::string& cost) {
    audit::Record record;
    record.at = "2026-07-01T00:00:00Z";
    record.feed = feed();
    record.period = "2026-06";
    record.token = token;
    Slice slice;
    slice.id = "s" + std::to_string(token);
    slice.totals.lines = 1;
    slice.totals.by_currency["USD"].lines = 1;
    slice.totals.by_currency["USD"].sums.fill(*DecimalSum::parse(cost));
    record.slices = {slice};
    return record;
  }
  AppendResult append(const audit::Record& record) {
    auto appended = run_task(append_audit(cluster(), record));
    EXPECT_TRUE(appended) << (appended ? "" : appended.error().detail);
    return appended ? *appended : AppendResult();
  }
  std::string stored(std::uint64_t sequence) {
    const auto source =
        run_task(get_document(cluster(), std::string(audit_index), audit::record_id(sequence)));
    return source && *source ? **source : "";
  }
};

TEST_F(AuditLog, LinksEachRecordToTheOneBefore) {
  const audit::Record first = append(publication(1, "1.5")).record;
  const audit::Record second = append(publication(3, "1.25")).record;
  EXPECT_GT(second.sequence, first.sequence);
  EXPECT_EQ(stored(second.sequence), second.to_json());
  EXPECT_EQ(*audit::hash_of(stored(second.sequence)), second.hash);
  const auto before = audit::Record::from_json(stored(second.sequence - 1));
  ASSERT_TRUE(before.has_value());
  EXPECT_EQ(second.previous_hash, before->hash);
  ASSERT_EQ(second.moved.size(), 1U);
  EXPECT_EQ(second.moved[0].sums[0].to_string(), "-0.25");
  ASSERT_EQ(second.replaced.size(), 1U);
  EXPECT_EQ(second.replaced[0].id, "s1");
}

TEST_F(AuditLog, RecordsAPublicationOnce) {
  const audit::Record first = append(publication(1, "1.5")).record;
  audit::Record again = publication(1, "1.5");
  again.recovered = true;
  const AppendResult second = append(again);
  EXPECT_TRUE(second.already_recorded);
  EXPECT_EQ(second.record.sequence, first.sequence);
  EXPECT_EQ(second.record.hash, first.hash);
}

TEST_F(AuditLog, RecordsAPublicationThatHasTheTokenOfAnother) {
  const audit::Record first = append(publication(1, "1.5")).record;
  audit::Record other = publication(1, "2.5");
  other.delivery_id = "another";
  const AppendResult second = append(other);
  EXPECT_FALSE(second.already_recorded) << "it would not tell what readers see now";
  EXPECT_GT(second.record.sequence, first.sequence);
  EXPECT_EQ(second.record.delivery_id, "another");
}

TEST_F(AuditLog, FindsTheNewestRecordOfAFeedAndPeriodAtOnce) {
  const auto none = run_task(last_audited(cluster(), feed(), "2026-06"));
  ASSERT_TRUE(none) << none.error().detail;
  EXPECT_FALSE(none->has_value());
  append(publication(1, "1.5"));
  audit::Record other = publication(2, "9");
  other.period = "2026-05";
  append(other);
  append(publication(3, "2.5"));
  const auto last = run_task(last_audited(cluster(), feed(), "2026-06"));
  ASSERT_TRUE(last) << last.error().detail;
  ASSERT_TRUE(last->has_value());
  EXPECT_EQ((*last)->token, 3U);
}

TEST_F(AuditLog, MovesTheHeadButNeverBack) {
  const audit::Record first = append(publication(1, "1.5")).record;
  const audit::Record second = append(publication(3, "2")).record;
  append(publication(1, "1.5"));  // already recorded: confirms the head up to it
  const auto head = run_task(read_audit_head(cluster()));
  ASSERT_TRUE(head && *head);
  EXPECT_GE((*head)->sequence, second.sequence);
  EXPECT_GT((*head)->sequence, first.sequence);
}

TEST_F(AuditLog, StaysOneChainWhenManyAppendAtOnce) {
  constexpr int writers = 4;
  constexpr int records_each = 8;
  std::atomic<int> appended{0};
  std::vector<std::thread> threads;
  for (int writer = 0; writer < writers; ++writer) {
    threads.emplace_back([this, writer, &appended] {
      const auto own = connect();
      for (int i = 0; i < records_each; ++i) {
        // Writers 0 and 1 record the same publications, as a recovery beside a slow daemon does.
        const int lane = writer == 1 ? 0 : writer;
        audit::Record record = publication(static_cast<std::uint64_t>(i + 1), "1");
        record.period = "2026-0" + std::to_string(lane + 1);
        record.feed += "-" + std::to_string(lane);
        const auto done = run_task(append_audit(*own, record));
        if (done && !done->already_recorded) ++appended;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(appended, (writers - 1) * records_each);
  const auto head = run_task(read_audit_head(cluster()));
  ASSERT_TRUE(head && *head);
  std::string next_previous = (*head)->hash;
  for (std::uint64_t n = (*head)->sequence, left = (writers - 1) * records_each; left > 0;
       --n, --left) {
    const auto record = audit::Record::from_json(stored(n));
    ASSERT_TRUE(record.has_value()) << n;
    EXPECT_EQ(record->hash, next_previous);
    EXPECT_EQ(*audit::hash_of(stored(n)), record->hash);
    next_previous = record->previous_hash;
  }
}

}  // namespace
}  // namespace billow::elastic
