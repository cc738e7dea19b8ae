#include "metrics/registry.hpp"

#include <gmock/gmock.h>

#include <set>
#include <sstream>

namespace billow::metrics {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Vocabulary words() {
  Vocabulary vocabulary;
  vocabulary.verdicts = {"published", "failed"};
  vocabulary.phases = {"load"};
  return vocabulary;
}

BuildInfo build() {
  BuildInfo info;
  info.version = "1.2.3";
  return info;
}

TEST(MetricsRegistry, ShowsEveryLabelCombinationAsZeroFromTheStart) {
  Registry registry(build(), words());
  registry.feed("aws-main", "aws/cur2");
  const std::string text = registry.render();
  EXPECT_THAT(text, HasSubstr("billow_deliveries_total{feed=\"aws-main\",verdict=\"failed\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("billow_rows_total{fate=\"dead\",feed=\"aws-main\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("billow_documents_total{fate=\"kept\",feed=\"aws-main\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("billow_feed_last_success_timestamp_seconds{feed=\"aws-main\"} 0\n"));
  for (const char* code :
       {"throttled", "transient", "unauthorized", "not_found", "malformed", "rejected",
        "over_limit", "changed", "conflict", "mismatch", "bad_config", "cancelled"})
    EXPECT_THAT(text, HasSubstr("billow_errors_total{code=\"" + std::string(code) +
                                "\",feed=\"aws-main\"} 0\n"));
}

TEST(MetricsRegistry, CountsWhatItIsTold) {
  Registry registry(build(), words());
  FeedMetrics& feed = registry.feed("f", "aws/cur2");
  feed.count_delivery("published");
  feed.count_delivery("published");
  RowCounts rows;
  rows.charged = 5;
  rows.dead = 2;
  feed.count_rows(rows);
  feed.add_phase("load", std::chrono::milliseconds(1500));
  feed.count_error(Errc::mismatch);
  const std::string text = registry.render();
  EXPECT_THAT(text, HasSubstr("billow_deliveries_total{feed=\"f\",verdict=\"published\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("billow_rows_total{fate=\"charged\",feed=\"f\"} 5\n"));
  EXPECT_THAT(text, HasSubstr("billow_rows_total{fate=\"dropped\",feed=\"f\"} 0\n"));
  EXPECT_THAT(text,
              HasSubstr("billow_phase_duration_seconds_total{feed=\"f\",phase=\"load\"} 1.5\n"));
  EXPECT_THAT(text, HasSubstr("billow_errors_total{code=\"mismatch\",feed=\"f\"} 1\n"));
}

TEST(MetricsRegistry, KeepsTheLastSuccessWhenAPassFails) {
  Registry registry(build(), words());
  FeedMetrics& feed = registry.feed("f", "aws/cur2");
  feed.count_pass(1000, true);
  feed.count_pass(2000, false);
  const std::string text = registry.render();
  EXPECT_THAT(text, HasSubstr("billow_feed_last_check_timestamp_seconds{feed=\"f\"} 2000\n"));
  EXPECT_THAT(text, HasSubstr("billow_feed_last_success_timestamp_seconds{feed=\"f\"} 1000\n"));
}

TEST(MetricsRegistry, IgnoresAWordThatIsNoLabelValue) {
  Registry registry(build(), words());
  registry.feed("f", "aws/cur2").count_delivery("lost");
  EXPECT_THAT(registry.render(), Not(HasSubstr("\"lost\"")));
}

TEST(MetricsRegistry, ShowsTheCostsThereAreNowAndNoOthers) {
  Registry registry(build(), words());
  FeedMetrics& feed = registry.feed("f", "aws/cur2");
  feed.set_costs({{{"USD", "BilledCost"}, 1.5}, {{"EUR", "BilledCost"}, 2}});
  feed.set_costs({{{"USD", "BilledCost"}, 2.5}});
  const std::string text = registry.render();
  EXPECT_THAT(text,
              HasSubstr("billow_feed_cost{cost=\"BilledCost\",currency=\"USD\",feed=\"f\"} 2.5\n"));
  EXPECT_THAT(text, Not(HasSubstr("EUR")));
}

TEST(MetricsRegistry, TakesTheCostsOfARemovedFeedAway) {
  Registry registry(build(), words());
  FeedMetrics& feed = registry.feed("goes", "aws/cur2");
  feed.set_costs({{{"USD", "BilledCost"}, 1.5}});
  feed.set_restatement(3, {{"USD", 0.5}});
  registry.remove_feed("goes");
  EXPECT_THAT(registry.render(), Not(HasSubstr("USD")));
}

TEST(MetricsRegistry, TellsTheKindThatAFeedHasNowAndKeepsItsOtherSeries) {
  Registry registry(build(), words());
  registry.feed("f", "aws/cur2").set_lines(7);
  registry.feed("f", "aws/focus");
  const std::string text = registry.render();
  EXPECT_THAT(text, HasSubstr("billow_feed_info{feed=\"f\",kind=\"aws/focus\"} 1\n"));
  EXPECT_THAT(text, Not(HasSubstr("aws/cur2")));
  EXPECT_THAT(text, HasSubstr("billow_feed_lines{feed=\"f\"} 7\n"));
}

TEST(MetricsRegistry, TakesTheSeriesOfARemovedFeedAway) {
  Registry registry(build(), words());
  registry.feed("stays", "aws/cur2");
  registry.feed("goes", "aws/focus");
  registry.remove_feed("goes");
  EXPECT_THAT(registry.render(), Not(HasSubstr("goes")));
  EXPECT_THAT(registry.feeds(), ::testing::ElementsAre("stays"));
}

TEST(MetricsRegistry, PutsLatenciesIntoCumulativeBuckets) {
  Registry registry(build(), words());
  FeedMetrics& feed = registry.feed("f", "aws/cur2");
  feed.count_bulk_request(100, 5000, std::chrono::milliseconds(200));
  feed.count_bulk_request(100, 5000, std::chrono::milliseconds(3000));
  const std::string text = registry.render();
  EXPECT_THAT(
      text, HasSubstr("billow_bulk_request_duration_seconds_bucket{feed=\"f\",le=\"0.125\"} 0\n"));
  EXPECT_THAT(text,
              HasSubstr("billow_bulk_request_duration_seconds_bucket{feed=\"f\",le=\"0.25\"} 1\n"));
  EXPECT_THAT(text,
              HasSubstr("billow_bulk_request_duration_seconds_bucket{feed=\"f\",le=\"4\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("billow_bulk_documents_total{feed=\"f\"} 200\n"));
}

TEST(MetricsRegistry, TellsAboutTheProcess) {
  const std::string text = Registry(build(), words()).render();
  for (const char* name : {"process_cpu_seconds_total", "process_resident_memory_bytes",
                           "process_open_fds", "process_max_fds", "process_start_time_seconds"})
    EXPECT_THAT(text, HasSubstr(std::string("\n") + name + " ")) << name;
  EXPECT_THAT(text, HasSubstr("version=\"1.2.3\""));
}

/// The rules of `promtool check metrics` that our names could break.
TEST(MetricsRegistry, NamesFollowTheConventions) {
  Registry registry(build(), words());
  registry.feed("f", "aws/cur2");
  std::istringstream lines(registry.render());
  std::set<std::string> with_help;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::string mark, kind, name, type;
    fields >> mark >> kind >> name >> type;
    if (mark != "#") continue;
    if (kind == "HELP") with_help.insert(name);
    if (kind != "TYPE") continue;
    EXPECT_TRUE(with_help.contains(name)) << name;
    EXPECT_EQ(type == "counter", name.ends_with("_total")) << name;
    EXPECT_FALSE(name.ends_with("_count") || name.ends_with("_sum") || name.ends_with("_bucket"))
        << name;
    EXPECT_TRUE(name.starts_with("billow_") || name.starts_with("process_")) << name;
  }
  EXPECT_GT(with_help.size(), 20U);
}

}  // namespace
}  // namespace billow::metrics
