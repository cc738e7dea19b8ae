#include "daemon/history_format.hpp"

#include <gtest/gtest.h>

namespace billow::daemon {
namespace {

HistoryReport report_of(Coverage coverage) {
  proof::HistoryEvent event;
  event.record.period = "2026-06";
  event.record.coverage = coverage;
  event.moved.emplace_back();
  event.moved.back().currency = "USD";
  HistoryReport report;
  report.events.push_back(event);
  return report;
}

TEST(HistoryFormat, SaysWhichDaysAWindowStated) {
  constexpr std::int32_t june_1 = 20'605;  // days since 1970-01-01
  const HistoryReport report = report_of({DeliveryKind::window, june_1, june_1 + 7});
  EXPECT_NE(history_table(report, 0).find("States"), std::string::npos);
  EXPECT_NE(history_table(report, 0).find("2026-06-01 to 2026-06-07"), std::string::npos);
  const std::string json = history_json(report);
  EXPECT_NE(json.find(R"("kind": "window")"), std::string::npos);
  EXPECT_NE(json.find(R"("first_day": "2026-06-01")"), std::string::npos);
  EXPECT_NE(json.find(R"("last_day": "2026-06-07")"), std::string::npos);
}

TEST(HistoryFormat, SaysThatADeltaStatedLinesInAddition) {
  const HistoryReport report = report_of({DeliveryKind::delta, 0, 0});
  EXPECT_NE(history_table(report, 0).find("lines in addition"), std::string::npos);
  EXPECT_NE(history_json(report).find(R"("kind": "delta")"), std::string::npos);
  EXPECT_EQ(history_json(report).find("first_day"), std::string::npos);
}

TEST(HistoryFormat, SaysNothingOfItWhereWholePeriodsAreStated) {
  const HistoryReport report = report_of({});
  EXPECT_EQ(history_table(report, 0).find("States"), std::string::npos);
  EXPECT_EQ(history_json(report).find("coverage"), std::string::npos);
}

}  // namespace
}  // namespace billow::daemon
