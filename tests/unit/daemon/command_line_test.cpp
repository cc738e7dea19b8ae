#include "daemon/command_line.hpp"

#include <gmock/gmock.h>

namespace billow::daemon {
namespace {

using ::testing::HasSubstr;

std::variant<Invocation, Exit> parse(std::vector<const char*> words) {
  words.insert(words.begin(), "billow");
  return parse_command_line(static_cast<int>(words.size()), words.data());
}

Exit exit_of(std::vector<const char*> words) {
  auto parsed = parse(std::move(words));
  EXPECT_TRUE(std::holds_alternative<Exit>(parsed));
  return std::holds_alternative<Exit>(parsed) ? std::get<Exit>(parsed) : Exit{-1, "", ""};
}

template <class Command>
Command command_of(std::vector<const char*> words) {
  auto parsed = parse(std::move(words));
  if (auto* wrong = std::get_if<Exit>(&parsed)) ADD_FAILURE() << wrong->error;
  return std::get<Command>(std::get<Invocation>(parsed).command);
}

TEST(CommandLine, TakesGlobalOptionsBeforeAndAfterTheCommand) {
  EXPECT_EQ(std::get<Invocation>(parse({"-c", "x.yml", "sync"})).global.config_file, "x.yml");
  EXPECT_EQ(std::get<Invocation>(parse({"sync", "--config", "x.yml"})).global.config_file, "x.yml");
  const auto parsed =
      std::get<Invocation>(parse({"check", "--log-level", "debug", "--log-format", "json"}));
  EXPECT_EQ(parsed.global.log_level, "debug");
  EXPECT_EQ(parsed.global.log_format, LogFormat::json);
}

TEST(CommandLine, ReadsTheOptionsOfSync) {
  const auto sync =
      command_of<SyncCommand>({"sync", "--feed", "a", "--feed", "b", "--period", "2026-06"});
  EXPECT_THAT(sync.feeds, ::testing::ElementsAre("a", "b"));
  EXPECT_EQ(sync.request.first, "2026-06");
  EXPECT_EQ(sync.request.last, "2026-06");
  EXPECT_FALSE(sync.request.force);
  EXPECT_FALSE(command_of<SyncCommand>({"sync"}).request.first);
  const auto range =
      command_of<SyncCommand>({"sync", "--from", "2025-07", "--to", "2026-06", "--force"});
  EXPECT_TRUE(range.request.wants("2025-07"));
  EXPECT_TRUE(range.request.wants("2026-06"));
  EXPECT_FALSE(range.request.wants("2025-06"));
  EXPECT_FALSE(range.request.wants("2026-07"));
  EXPECT_TRUE(range.request.force);
}

TEST(CommandLine, ReadsTheOptionsOfAuditVerify) {
  const std::string anchor = "12:" + std::string(64, 'a');
  const auto verify =
      command_of<AuditVerifyCommand>({"audit", "verify", "--feed", "a", "--period", "2026-06",
                                      "--format", "json", "--anchor", anchor.c_str()});
  EXPECT_THAT(verify.feeds, ::testing::ElementsAre("a"));
  EXPECT_EQ(verify.period, "2026-06");
  EXPECT_EQ(verify.format, ReportFormat::json);
  ASSERT_EQ(verify.anchors.size(), 1U);
  EXPECT_EQ(verify.anchors[0].sequence, 12U);
  EXPECT_EQ(verify.anchors[0].hash, std::string(64, 'a'));
  EXPECT_FALSE(verify.deep);
  const auto deep = command_of<AuditVerifyCommand>({"audit", "verify", "--deep"});
  EXPECT_TRUE(deep.deep && deep.source);
  EXPECT_FALSE(command_of<AuditVerifyCommand>({"audit", "verify", "--deep", "--no-source"}).source);
  EXPECT_EQ(exit_of({"audit", "verify", "--no-source"}).code, exit_code::bad_usage);
  EXPECT_EQ(exit_of({"audit", "verify", "--anchor", "12:abc"}).code, exit_code::bad_usage);
  const std::string before_the_first = "0:" + std::string(64, 'a');
  const std::string of_an_empty_chain = "0:" + std::string(audit::no_hash);
  EXPECT_EQ(exit_of({"audit", "verify", "--anchor", before_the_first.c_str()}).code,
            exit_code::bad_usage);
  const auto empty =
      command_of<AuditVerifyCommand>({"audit", "verify", "--anchor", of_an_empty_chain.c_str()});
  EXPECT_EQ(empty.anchors.at(0).sequence, 0U);
  EXPECT_EQ(exit_of({"audit"}).code, exit_code::bad_usage);
  EXPECT_THAT(exit_of({"help", "audit", "verify"}).output, HasSubstr("--anchor"));
}

TEST(CommandLine, ReadsTheInvoicesOfReconcile) {
  const auto reconcile =
      command_of<ReconcileCommand>({"reconcile", "--period", "2026-06", "--invoice", "18234.10",
                                    "USD", "--invoice", "-5", "EUR", "--cost", "ListCost"});
  ASSERT_EQ(reconcile.invoices.size(), 2U);
  EXPECT_EQ(reconcile.invoices[0].amount.to_string(), "18234.10");
  EXPECT_EQ(reconcile.invoices[0].currency, "USD");
  EXPECT_EQ(reconcile.invoices[1].amount.to_string(), "-5");
  EXPECT_EQ(reconcile.period, "2026-06");
  EXPECT_EQ(reconcile.cost, "ListCost");
  EXPECT_TRUE(reconcile.source);
  EXPECT_TRUE(command_of<ReconcileCommand>({"reconcile"}).invoices.empty());
  EXPECT_FALSE(command_of<ReconcileCommand>({"reconcile", "--no-source"}).source);
}

TEST(CommandLine, RefusesAnInvoiceThatIsNoAmountAndCurrency) {
  const std::vector<std::vector<const char*>> wrong = {
      {"4,10", "USD"}, {"4.10", "usd"}, {"4.10", "DOLLAR"}, {"4.10"}, {"USD", "4.10"}, {}};
  for (std::vector<const char*> words : wrong) {
    words.insert(words.begin(), {"reconcile", "--invoice"});
    EXPECT_EQ(exit_of(words).code, exit_code::bad_usage) << words.size();
  }
}

TEST(CommandLine, ReadsTheOptionsOfReport) {
  const auto report =
      command_of<ReportCommand>({"report", "--by", "account", "--format", "csv", "--cost",
                                 "EffectiveCost", "--top", "10", "--period", "2026-06"});
  EXPECT_EQ(report.by, ReportBy::account);
  EXPECT_EQ(report.format, ReportFormat::csv);
  EXPECT_EQ(report.cost, "EffectiveCost");
  EXPECT_EQ(report.top, 10U);
  EXPECT_EQ(report.period, "2026-06");
}

TEST(CommandLine, ReadsTheOptionsOfDeadLetters) {
  const auto listing =
      command_of<DeadLettersCommand>({"dead-letters", "--feed", "a", "--feed", "b", "--period",
                                      "2026-06", "--format", "csv", "--limit", "7"});
  EXPECT_THAT(listing.feeds, ::testing::ElementsAre("a", "b"));
  EXPECT_EQ(listing.period, "2026-06");
  EXPECT_EQ(listing.format, ReportFormat::csv);
  EXPECT_EQ(listing.limit, 7U);
  EXPECT_FALSE(listing.retry);
  EXPECT_TRUE(command_of<DeadLettersCommand>({"dead-letters", "--retry"}).retry);
  EXPECT_EQ(exit_of({"dead-letters", "--retry", "--limit", "3"}).code, 2);
}

TEST(CommandLine, KnowsTheFlagsOfCheckAndSetup) {
  EXPECT_TRUE(command_of<CheckCommand>({"check", "--offline"}).offline);
  EXPECT_TRUE(command_of<SetupCommand>({"setup", "--dry-run"}).dry_run);
  EXPECT_TRUE(command_of<SetupCommand>({"setup", "--downgrade"}).downgrade);
  EXPECT_TRUE(command_of<SetupCommand>({"setup", "--take-over"}).take_over);
}

TEST(CommandLine, EndsWithTwoAndAHintWhenItIsWrong) {
  const std::vector<std::pair<std::vector<const char*>, const char*>> cases = {
      {{"snyc"}, "did you mean sync?"},
      {{"sync", "--bogus"}, "--bogus"},
      {{"sync", "--period", "2026-13"}, "'2026-13' is no period"},
      {{"sync", "--period", "2026-06", "--from", "2026-01"}, "excludes"},
      {{"sync", "--period", "june"}, "expected a month such as 2026-06"},
      {{"report", "--by", "servcie"}, "did you mean service?"},
      {{"report", "--top", "0"}, "expected 1 or more"},
      {{"report", "--cost", "Cost"},
       "expected BilledCost, ContractedCost, EffectiveCost or ListCost"},
      {{"--log-level", "loud", "check"}, "expected trace, debug"},
      {{"setup", "--output", "f", "--downgrade"}, "excludes"},
      {{"setup", "--take-over", "--output", "f"}, "excludes"},
      {{"normalize", "--feed-kind", "aws/cur2"}, "required"},
      {{"sync", "2026-06"}, "not expected"}};
  for (const auto& [words, expected] : cases) {
    const Exit exit = exit_of(words);
    EXPECT_EQ(exit.code, 2) << exit.error;
    EXPECT_THAT(exit.error, HasSubstr(expected));
    EXPECT_THAT(exit.error, HasSubstr("--help"));
    EXPECT_EQ(exit.output, "");
  }
}

TEST(CommandLine, NamesTheHelpThatHasTheOption) {
  EXPECT_THAT(exit_of({"sync", "--bogus"}).error, HasSubstr("'billow sync --help' shows"));
  EXPECT_THAT(exit_of({"audit", "verify", "--anchor", "x"}).error,
              HasSubstr("'billow audit verify --help' shows"));
  EXPECT_THAT(exit_of({"audit"}).error, HasSubstr("'billow audit --help' shows"));
}

TEST(CommandLine, ShowsTheHelpToThoseWhoSayNothing) {
  const Exit exit = exit_of({});
  EXPECT_EQ(exit.code, 2);
  EXPECT_THAT(exit.error, HasSubstr("Subcommands:"));
}

TEST(CommandLine, HelpTeachesEachCommandByExamples) {
  const Exit all = exit_of({"--help"});
  EXPECT_EQ(all.code, 0);
  for (const char* word :
       {"billow check -c billow.yml", "kind: aws/cur2", "Exit codes", "BILLOW_CONFIG"})
    EXPECT_THAT(all.output, HasSubstr(word));
  EXPECT_THAT(all.output, ::testing::Not(HasSubstr("normalize")));
  for (const char* command :
       {"check", "setup", "sync", "serve", "report", "dead-letters", "reconcile", "normalize"}) {
    const Exit one = exit_of({command, "--help"});
    EXPECT_EQ(one.code, 0);
    EXPECT_THAT(one.output, HasSubstr(std::string("Usage: billow ") + command));
    EXPECT_THAT(one.output, HasSubstr(std::string("  billow ") + command))
        << "an example of " << command;
  }
}

TEST(CommandLine, UnderstandsHelpAsAWord) {
  EXPECT_EQ(exit_of({"help"}).output, exit_of({"--help"}).output);
  EXPECT_EQ(exit_of({"help", "sync"}).output, exit_of({"sync", "--help"}).output);
}

TEST(CommandLine, SaysItsVersion) {
  EXPECT_THAT(exit_of({"--version"}).output, ::testing::StartsWith("billow "));
  command_of<VersionCommand>({"version"});
}

}  // namespace
}  // namespace billow::daemon
