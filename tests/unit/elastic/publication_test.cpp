#include "elastic/publication.hpp"

#include "elastic/alias_filter.hpp"
#include "fake_server.hpp"
#include "run_task.hpp"

#include <gtest/gtest.h>
#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace billow::elastic {
namespace {

/// A model of aliases: index to alias to body. Applies an _aliases call as a whole or not at all.
class FakeAliases {
 public:
  using Table = std::map<std::string, std::map<std::string, std::string>>;
  Table table;

  Reply apply(const Received& request) {
    rapidjson::Document body;
    body.Parse(request.body.c_str());
    Table changed = table;
    // Names are looked up before anything is done.
    for (const auto& action : body["actions"].GetArray()) {
      if (!action.HasMember("remove_index")) continue;
      if (changed.erase(action["remove_index"]["index"].GetString()) == 0) return no_index();
    }
    for (const auto& action : body["actions"].GetArray()) {
      if (action.HasMember("remove_index")) continue;
      const bool removes = action.HasMember("remove");
      const auto& fields = removes ? action["remove"] : action["add"];
      const std::string index = fields["index"].GetString();
      const std::string alias = fields["alias"].GetString();
      if (removes && changed[index].erase(alias) == 0) {
        return {
            404,
            R"({"error":{"type":"aliases_not_found_exception","reason":"aliases missing"},"status":404})"};
      }
      if (!removes)
        changed[index][alias] =
            fields.HasMember("filter") ? R"({"filter":)" + text_of(fields["filter"]) + "}" : "{}";
    }
    table = changed;
    return {200, R"({"acknowledged":true})"};
  }

  /// GET <index>/_alias/...: everything, which is more than a real one would answer.
  Reply list(const Received& request) const {
    const std::string index = request.target.substr(1, request.target.find('/', 1) - 1);
    const auto found = table.find(index);
    if (found == table.end()) return no_index();
    std::string aliases;
    for (const auto& [alias, body] : found->second)
      aliases += (aliases.empty() ? "\"" : ",\"") + alias + "\":" + body;
    return {200, R"({")" + index + R"(":{"aliases":{)" + aliases + "}}}"};
  }

 private:
  static Reply no_index() {
    return {404, R"({"error":{"type":"index_not_found_exception","reason":"none"},"status":404})"};
  }
  static std::string text_of(const rapidjson::Value& value) {
    rapidjson::StringBuffer out;
    rapidjson::Writer<rapidjson::StringBuffer> writer(out);
    value.Accept(writer);
    return out.GetString();
  }
};

struct FakeCluster {
  FakeCluster()
      : server([this](const Received& request) {
          if (request.method == "GET") return aliases.list(request);
          if (!request.target.starts_with("/_aliases")) return highest_of(request);
          const Reply hasty = {200, R"({"acknowledged":false})"};
          if (answers == Answers::hasty_without_effect) return hasty;
          Reply reply = aliases.apply(request);
          if (answers == Answers::hasty && reply.status == 200) reply = hasty;
          if (after_call) after_call();
          if (lost > 0) {
            --lost;
            reply.cut = Reply::Cut::before_answer;
          }
          return reply;
        }) {
    aliases.table["billow-state"]["billow-feeds-0"] = "{}";
    aliases.table["i1"];
  }
  std::unique_ptr<Cluster> connect(int attempts_max = 8) const {
    Config config;
    config.urls = {server.url()};
    RetryPolicy retry;
    retry.attempts_max = attempts_max;
    retry.jitter = [] { return 0.0; };
    return Cluster::connect(config, retry).value();
  }
  /// Loses the answers of the next calls, after they have taken effect.
  void lose(int answers) {
    const auto hold = server.hold();
    lost = answers;
  }
  /// Whether calls are acknowledged, and if not, whether they take effect all the same.
  enum class Answers { acknowledged, hasty, hasty_without_effect };
  void answer(Answers wanted) {
    const auto hold = server.hold();
    answers = wanted;
  }
  /// True when the state index carries this alias.
  bool has(const std::string& alias) {
    const auto hold = server.hold();
    return aliases.table["billow-state"].contains(alias);
  }
  bool holds(const std::string& index) {
    const auto hold = server.hold();
    return aliases.table.contains(index);
  }
  /// POST <index>/_refresh and <index>/_search: the record with the highest token.
  Reply highest_of(const Received& request) const {
    const auto found = recorded.find(request.target.substr(1, request.target.find('/', 1) - 1));
    if (found == recorded.end())
      return {404,
              R"({"error":{"type":"index_not_found_exception","reason":"none"},"status":404})"};
    return {200, R"({"_shards":{"failed":0},"hits":{"hits":[{"_id":"1","_source":)" +
                     found->second + "}]}}"};
  }
  FakeAliases aliases;
  std::map<std::string, std::string> recorded;  ///< by index
  std::function<void()> after_call;
  int lost = 0;
  Answers answers = Answers::acknowledged;
  FakeServer server;
};

std::vector<Visible> shown(const std::string& delivery, std::vector<std::string> slices) {
  Visible visible;
  visible.index = "i1";
  visible.delivery_id = delivery;
  visible.slice_ids = std::move(slices);
  return {visible};
}

TEST(Publication, GivesAFeedItsFirstTokenAndPublishes) {
  FakeCluster fake;
  const auto cluster = fake.connect();
  EXPECT_EQ(run_task(read_token(*cluster, "aws")).value(), 0u);
  EXPECT_EQ(run_task(read_token(*cluster, "gcp")).value(), 0u);
  EXPECT_TRUE(fake.has("billow-feeds-2"));
  const auto published = run_task(publish(*cluster, "aws", 0, shown("d1", {"s1", "s2"})));
  ASSERT_TRUE(published) << published.error().detail;
  EXPECT_EQ(run_task(read_token(*cluster, "aws")).value(), 1u);
  const auto visible = run_task(read_visible(*cluster, "i1"));
  ASSERT_TRUE(visible);
  EXPECT_EQ(visible->at(0).delivery_id, "d1");
  EXPECT_EQ(visible->at(0).slice_ids, (std::vector<std::string>{"s1", "s2"}));
}

TEST(Publication, BeginsAboveWhatIsRecordedOfAFeed) {
  using Recorded = std::map<std::string, std::string>;
  const std::vector<std::pair<Recorded, std::uint64_t>> cases = {
      {{{"billow-audit", R"({"Token":6})"}}, 7},
      {{{"billow-deliveries", R"({"Token":6})"}}, 8},
      {{{"billow-audit", R"({"Token":6})"}, {"billow-deliveries", R"({"Token":5})"}}, 7},
      {{{"billow-audit", R"({"Token":6})"}, {"billow-deliveries", R"({"Token":9})"}}, 11},
      {{{"billow-deliveries", R"({})"}}, 0},
  };
  for (const auto& [recorded, first] : cases) {
    FakeCluster fake;
    fake.recorded = recorded;
    const auto cluster = fake.connect();
    EXPECT_EQ(run_task(read_token(*cluster, "aws")).value(), first);
    EXPECT_TRUE(fake.has("billow-epoch-aws-" + std::to_string(first)));
  }
}

TEST(Publication, DoesNotBeginWhereARecordCannotBeRead) {
  FakeCluster fake;
  fake.recorded["billow-audit"] = R"({"Token":"many"})";
  const auto cluster = fake.connect();
  EXPECT_FALSE(run_task(read_token(*cluster, "aws")));
  EXPECT_FALSE(fake.has("billow-epoch-aws-0"));
}

TEST(Publication, LooksAtRecordsOnlyWhereAFeedHasNoToken) {
  FakeCluster fake;
  const auto cluster = fake.connect();
  ASSERT_TRUE(run_task(read_token(*cluster, "aws")));
  const std::size_t before = fake.server.received().size();
  ASSERT_TRUE(run_task(read_token(*cluster, "aws")));
  EXPECT_EQ(fake.server.received().size(), before + 1);
}

TEST(Publication, RefusesAWriterWhoseTokenWasMoved) {
  FakeCluster fake;
  const auto cluster = fake.connect();
  ASSERT_EQ(run_task(read_token(*cluster, "aws")).value(), 0u);
  ASSERT_TRUE(run_task(publish(*cluster, "aws", 0, shown("d1", {"s1"}))));
  const auto late = run_task(publish(*cluster, "aws", 0, shown("d2", {"s2"})));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, Errc::conflict);
  EXPECT_EQ(run_task(read_visible(*cluster, "i1"))->at(0).delivery_id, "d1");
}

TEST(Publication, KnowsItsOwnCallAgainWhenTheAnswerWasLost) {
  for (const int lost : {1, 2, 3}) {
    FakeCluster fake;
    const auto cluster = fake.connect();
    ASSERT_EQ(run_task(read_token(*cluster, "aws")).value(), 0u);
    fake.lose(lost);
    const auto published = run_task(publish(*cluster, "aws", 0, shown("d1", {"s1"})));
    EXPECT_TRUE(published) << published.error().detail;
    EXPECT_EQ(run_task(read_token(*cluster, "aws")).value(), 1u);
  }
}

TEST(Publication, KnowsItsOwnCallAgainWhenEveryAnswerWasLost) {
  FakeCluster fake;
  const auto cluster = fake.connect(2);
  ASSERT_EQ(run_task(read_token(*cluster, "aws")).value(), 0u);
  fake.lose(1'000);
  EXPECT_TRUE(run_task(publish(*cluster, "aws", 0, shown("d1", {"s1"}))));
}

TEST(Publication, LooksWhetherACallThatWasNotAcknowledgedTookEffect) {
  FakeCluster fake;
  const auto cluster = fake.connect();
  ASSERT_EQ(run_task(read_token(*cluster, "aws")).value(), 0u);
  fake.answer(FakeCluster::Answers::hasty);
  const auto published = run_task(publish(*cluster, "aws", 0, shown("d1", {"s1"})));
  EXPECT_TRUE(published) << published.error().detail;
  EXPECT_EQ(run_task(read_visible(*cluster, "i1"))->at(0).delivery_id, "d1");
}

TEST(Publication, DoesNotTakeACallThatWasNotAcknowledgedForDone) {
  FakeCluster fake;
  const auto cluster = fake.connect();
  ASSERT_EQ(run_task(read_token(*cluster, "aws")).value(), 0u);
  fake.answer(FakeCluster::Answers::hasty_without_effect);
  const auto published = run_task(publish(*cluster, "aws", 0, shown("d1", {"s1"})));
  ASSERT_FALSE(published);
  EXPECT_EQ(published.error().code, Errc::transient);
  fake.answer(FakeCluster::Answers::acknowledged);
  EXPECT_TRUE(run_task(publish(*cluster, "aws", 0, shown("d1", {"s1"}))));
}

TEST(Publication, DoesNotTakeAnotherWritersMoveOfTheTokenForItsOwn) {
  FakeCluster fake;
  const auto cluster = fake.connect();
  const auto other = fake.connect();
  ASSERT_EQ(run_task(read_token(*cluster, "aws")).value(), 0u);
  // Another daemon takes the feed over without showing anything; then our answer is lost.
  ASSERT_TRUE(run_task(publish(*other, "aws", 0, {})));
  fake.lose(1);
  const auto published = run_task(publish(*cluster, "aws", 0, {}));
  ASSERT_FALSE(published);
  EXPECT_EQ(published.error().code, Errc::conflict);
}

TEST(Publication, SeesThatItHadPublishedThoughAnotherWriterWentOn) {
  FakeCluster fake;
  const auto cluster = fake.connect();
  ASSERT_EQ(run_task(read_token(*cluster, "aws")).value(), 0u);
  fake.lose(1);
  const auto set = [&fake](std::function<void()> call) {
    const auto hold = fake.server.hold();
    fake.after_call = std::move(call);
  };
  set([&fake, moved = false]() mutable {
    if (moved) return;
    moved = true;
    Received takeover;
    takeover.body = publication_body("aws", 1, "other", {});
    fake.aliases.apply(takeover);
  });
  EXPECT_TRUE(run_task(publish(*cluster, "aws", 0, shown("d1", {"s2", "s1"}))));
  EXPECT_EQ(run_task(read_token(*cluster, "aws")).value(), 2u);
}

TEST(Publication, DoesNotTakeWhatOthersPublishedSinceForItsOwn) {
  FakeCluster fake;
  const auto cluster = fake.connect();
  ASSERT_EQ(run_task(read_token(*cluster, "aws")).value(), 0u);
  ASSERT_TRUE(run_task(publish(*cluster, "aws", 0, shown("d1", {"s1"}))));
  ASSERT_TRUE(run_task(publish(*cluster, "aws", 1, shown("d2", {"s2"}))));
  ASSERT_TRUE(run_task(publish(*cluster, "aws", 2, {})));
  // Overtaken twice: neither another delivery nor the same one with other slices is what we asked
  // for, and an index that we wanted hidden is not.
  std::vector<Visible> moved = shown("d2", {"s2"});
  moved.push_back(moved[0]);
  moved[0].index = "i2";
  moved[1].removed = true;
  fake.aliases.table["i2"] = fake.aliases.table["i1"];
  for (const auto& wanted : {shown("d1", {"s1"}), shown("d2", {"s2", "s3"}), moved}) {
    const auto published = run_task(publish(*cluster, "aws", 1, wanted));
    ASSERT_FALSE(published);
    EXPECT_EQ(published.error().code, Errc::conflict);
  }
}

TEST(Publication, KnowsNoTokenWhereAFeedHasTwo) {
  FakeCluster fake;
  fake.aliases.table["billow-state"]["billow-epoch-aws-4"] = "{}";
  fake.aliases.table["billow-state"]["billow-epoch-aws-3"] = "{}";
  const auto cluster = fake.connect();
  const auto token = run_task(read_token(*cluster, "aws"));
  ASSERT_FALSE(token);
  EXPECT_NE(token.error().detail.find("more than one token"), std::string::npos);
}

TEST(Publication, RegistersOnceThoughTheAnswerWasLost) {
  FakeCluster fake;
  fake.lose(1);
  const auto cluster = fake.connect();
  EXPECT_EQ(run_task(read_token(*cluster, "aws")).value(), 0u);
  EXPECT_TRUE(fake.has("billow-feeds-1"));
}

TEST(Publication, DoesNotGiveAFeedASecondTokenWhenARegistrationComesLate) {
  FakeCluster fake;
  Received late;
  late.body = registration_body("aws", 0, 0, "late");
  const auto cluster = fake.connect();
  ASSERT_EQ(run_task(read_token(*cluster, "aws")).value(), 0u);
  ASSERT_TRUE(run_task(publish(*cluster, "aws", 0, {})));
  {
    const auto hold = fake.server.hold();
    EXPECT_EQ(fake.aliases.apply(late).status, 404);
  }
  EXPECT_EQ(run_task(read_token(*cluster, "aws")).value(), 1u);
}

TEST(Publication, DeletesAnIndexAndMovesTheToken) {
  FakeCluster fake;
  const auto cluster = fake.connect();
  ASSERT_EQ(run_task(read_token(*cluster, "a")).value(), 0U);
  EXPECT_EQ(run_task(delete_index(*cluster, "a", 0, "i1")).value(), 1U);
  EXPECT_FALSE(fake.holds("i1"));
  EXPECT_TRUE(fake.has("billow-epoch-a-1"));
  EXPECT_EQ(run_task(delete_index(*cluster, "a", 1, "i1")).value(), 1U) << "it is gone already";
}

TEST(Publication, DeletesNoIndexWhenTheTokenWasMoved) {
  FakeCluster fake;
  const auto cluster = fake.connect();
  ASSERT_EQ(run_task(read_token(*cluster, "a")).value(), 0U);
  ASSERT_TRUE(run_task(publish(*cluster, "a", 0, {})));
  EXPECT_EQ(run_task(delete_index(*cluster, "a", 0, "i1")).error().code, Errc::conflict);
  EXPECT_TRUE(fake.holds("i1"));
  EXPECT_EQ(run_task(delete_index(*cluster, "a", 0, "none")).error().code, Errc::conflict);
}

TEST(Publication, KnowsThatItHasDeletedThoughTheAnswerWasLost) {
  for (const int attempts : {8, 1}) {
    FakeCluster fake;
    const auto cluster = fake.connect(attempts);
    ASSERT_EQ(run_task(read_token(*cluster, "a")).value(), 0U);
    fake.lose(1);
    EXPECT_EQ(run_task(delete_index(*cluster, "a", 0, "i1")).value(), 1U);
    EXPECT_FALSE(fake.holds("i1"));
  }
}

TEST(Publication, SaysWhatToDoWithoutTheStateIndex) {
  FakeCluster fake;
  fake.aliases.table.erase("billow-state");
  const auto cluster = fake.connect();
  const auto token = run_task(read_token(*cluster, "aws"));
  ASSERT_FALSE(token);
  EXPECT_EQ(token.error().code, Errc::not_found);
  EXPECT_NE(token.error().detail.find("billow setup"), std::string::npos);
}

TEST(Publication, TakesAMissingAliasForNothingVisible) {
  FakeCluster fake;
  const auto cluster = fake.connect();
  const auto none = run_task(read_visible(*cluster, "absent"));
  ASSERT_TRUE(none);
  EXPECT_TRUE(none->empty());
}

TEST(Publication, RefusesToDeleteAVisibleSlice) {
  FakeCluster fake;
  const auto cluster = fake.connect();
  ASSERT_EQ(run_task(read_token(*cluster, "aws")).value(), 0u);
  ASSERT_TRUE(run_task(publish(*cluster, "aws", 0, shown("d1", {"s1", "s2"}))));
  const auto dropped = run_task(drop_slices(*cluster, "i1", {"s0", "s2"}));
  ASSERT_FALSE(dropped);
  EXPECT_EQ(dropped.error().code, Errc::conflict);
  for (const Received& request : fake.server.received())
    EXPECT_EQ(request.target.find("_bulk"), std::string::npos);
}

}  // namespace
}  // namespace billow::elastic
