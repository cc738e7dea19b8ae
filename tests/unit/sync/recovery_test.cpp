#include "sync/recovery.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace billow::sync {
namespace {

Slice slice(std::string id) {
  Slice made;
  made.id = std::move(id);
  made.totals.lines = 1;
  return made;
}

/// What a cluster holds, as far as one period of one feed goes.
struct World {
  std::uint64_t token = 0;
  elastic::Visible visible;
  std::map<std::string, DeliveryRecord> records;
  std::vector<std::string> stored;
  std::vector<std::uint64_t> audit;

  Situation look() const {
    Situation found;
    found.token = token;
    found.visible = visible;
    for (const auto& [id, record] : records) {
      if (id == visible.delivery_id) {
        found.shown = record;
      } else if (record.state != DeliveryState::superseded) {
        found.open.push_back(record);
      }
    }
    if (!audit.empty()) found.audited = audit.back();
    found.stored = stored;
    return found;
  }
  void drop(const std::string& id) { std::erase(stored, id); }
  void show(const DeliveryRecord& record) {
    visible.delivery_id = record.document_id();
    visible.slice_ids = slice_ids(record.slices);
    ++token;
  }
};

/// One attempt's writes to Elasticsearch, in the order in which DeliverySync makes them.
using Write = void (*)(World&, DeliveryRecord&);
const std::vector<Write> writes = {
    [](World& world, DeliveryRecord& record) { record.token = ++world.token; },
    [](World& world, DeliveryRecord& record) { world.records[record.document_id()] = record; },
    [](World& world, DeliveryRecord& record) {
      record.slices = {slice("b-" + std::to_string(record.token) + "-20260601")};
      world.stored.push_back(record.slices[0].id);
    },
    [](World& world, DeliveryRecord& record) {
      record.slices.push_back(slice("b-" + std::to_string(record.token) + "-20260602"));
      world.stored.push_back(record.slices[1].id);
    },
    [](World& world, DeliveryRecord& record) {
      record.state = DeliveryState::verified;
      world.records[record.document_id()] = record;
    },
    [](World& world, DeliveryRecord& record) { world.show(record); },
    [](World& world, DeliveryRecord&) {
      for (auto& [id, record] : world.records) {
        if (id != world.visible.delivery_id) record.state = DeliveryState::superseded;
      }
    },
    [](World& world, DeliveryRecord& record) { world.audit.push_back(record.publication_token()); },
    [](World& world, DeliveryRecord& record) {
      record.state = DeliveryState::published;
      world.records[record.document_id()] = record;
    },
    [](World& world, DeliveryRecord&) { world.drop("a-1-20260601"); },
};
constexpr std::size_t publish_write = 5;

/// A period with one published delivery, of which nothing is left to do.
World settled() {
  World world;
  DeliveryRecord record;
  record.feed = "aws";
  record.period = "2026-06";
  record.delivery_id = "first";
  record.token = world.token = 1;
  record.state = DeliveryState::published;
  record.slices = {slice("a-1-20260601")};
  world.records[record.document_id()] = record;
  world.stored = {"a-1-20260601"};
  world.show(record);
  world.audit = {record.publication_token()};
  return world;
}

DeliveryRecord second() {
  DeliveryRecord record;
  record.feed = "aws";
  record.period = "2026-06";
  record.delivery_id = "second";
  return record;
}

/// Carries out the first `steps` steps of a plan, in DeliverySync's order.
void carry_out(World& world, const Recovery& plan, std::size_t steps) {
  const auto next = [&steps] { return steps > 0 && steps-- > 0; };
  if (plan.fence && next()) ++world.token;
  for (const std::string& id : plan.drop)
    if (next()) world.drop(id);
  for (const std::string& id : plan.forget)
    if (next()) world.records.erase(id);
  for (const DeliveryRecord& record : plan.restate) {
    if (record.state == DeliveryState::published) continue;
    if (next()) world.records[record.document_id()] = record;
  }
  if (!plan.published) return;
  if (plan.append_audit && next()) world.audit.push_back(plan.published->publication_token());
  if (next()) world.records[plan.published->document_id()] = *plan.published;
}

void expect_clean(const World& world, bool published) {
  EXPECT_TRUE(plan_recovery(world.look()).empty());
  EXPECT_EQ(world.stored, world.visible.slice_ids);
  const DeliveryRecord& shown = world.records.at(world.visible.delivery_id);
  EXPECT_EQ(shown.delivery_id, published ? "second" : "first");
  EXPECT_EQ(shown.state, DeliveryState::published);
  EXPECT_EQ(world.audit.size(), published ? 2U : 1U);
  EXPECT_EQ(world.audit.back(), shown.publication_token());
  for (const auto& [id, record] : world.records) {
    if (id == world.visible.delivery_id) continue;
    EXPECT_EQ(record.state, DeliveryState::superseded) << id;
  }
}

TEST(Recovery, HasNothingToDoWhereNothingWasLeft) {
  EXPECT_TRUE(plan_recovery(settled().look()).empty());
  EXPECT_TRUE(plan_recovery(Situation{}).empty());
}

TEST(Recovery, MendsWhatEveryPrefixOfTheWritesLeaves) {
  for (std::size_t done = 0; done <= writes.size(); ++done) {
    SCOPED_TRACE(done);
    World world = settled();
    DeliveryRecord record = second();
    for (std::size_t i = 0; i < done; ++i) writes[i](world, record);
    carry_out(world, plan_recovery(world.look()), 1'000);
    expect_clean(world, done > publish_write);
  }
}

TEST(Recovery, MendsWhatEveryPrefixOfARecoveryLeaves) {
  for (std::size_t done = 0; done <= writes.size(); ++done) {
    for (std::size_t steps = 0; steps < 8; ++steps) {
      SCOPED_TRACE(testing::Message() << done << " writes, " << steps << " steps");
      World world = settled();
      DeliveryRecord record = second();
      for (std::size_t i = 0; i < done; ++i) writes[i](world, record);
      carry_out(world, plan_recovery(world.look()), steps);
      carry_out(world, plan_recovery(world.look()), 1'000);
      expect_clean(world, done > publish_write);
    }
  }
}

TEST(Recovery, FencesBeforeItRemovesWhatCouldStillBePublished) {
  World world = settled();
  DeliveryRecord record = second();
  for (std::size_t i = 0; i < 4; ++i) writes[i](world, record);
  EXPECT_TRUE(plan_recovery(world.look()).fence);
  ++world.token;
  EXPECT_FALSE(plan_recovery(world.look()).fence);
}

TEST(Recovery, FencesForARecordAloneAndForASliceAlone) {
  World begun = settled();
  DeliveryRecord record = second();
  for (std::size_t i = 0; i < 2; ++i) writes[i](begun, record);
  EXPECT_TRUE(plan_recovery(begun.look()).drop.empty());
  EXPECT_TRUE(plan_recovery(begun.look()).fence) << "its writer may have slices on the way";

  World nameless = settled();
  nameless.stored.push_back("b-" + std::to_string(nameless.token) + "-20260601");
  EXPECT_TRUE(plan_recovery(nameless.look()).fence) << "the record of the attempt was lost";
}

TEST(Recovery, TrustsNoRecordThatDoesNotDescribeWhatIsVisible) {
  World world = settled();
  world.records.begin()->second.slices.push_back(slice("a-1-20260602"));
  EXPECT_FALSE(plan_recovery(world.look()).published);
  world.records.clear();
  EXPECT_FALSE(plan_recovery(world.look()).published);
}

TEST(Recovery, KeepsWhatWasPublishedAndLostItsAlias) {
  World world = settled();
  world.visible = {};
  world.stored.push_back("b-1-20260602");  // of an attempt that died
  const Recovery plan = plan_recovery(world.look());
  EXPECT_FALSE(plan.published);
  ASSERT_TRUE(plan.hidden);
  EXPECT_EQ(plan.hidden->delivery_id, "first");
  EXPECT_EQ(plan.drop, std::vector<std::string>{"b-1-20260602"});
  EXPECT_TRUE(plan.restate.empty());
  world.stored.clear();
  EXPECT_FALSE(plan_recovery(world.look()).hidden) << "somebody has deleted the index";
  Situation outdated = world.look();
  outdated.retired = {"billow-charges-aws-2026-06"};
  EXPECT_TRUE(plan_recovery(outdated).hidden);
}

TEST(Recovery, KeepsWhatTheAliasNoLongerShowsOfTheRecordThatItNames) {
  World world = settled();
  world.records.begin()->second.slices.push_back(slice("a-1-20260602"));
  world.stored.push_back("a-1-20260602");
  world.stored.push_back("a-0-20260602");
  const Recovery plan = plan_recovery(world.look());
  EXPECT_TRUE(plan.hidden);
  EXPECT_EQ(plan.drop, std::vector<std::string>{"a-0-20260602"});
}

TEST(Recovery, SaysWhatToDoAboutALostAlias) {
  const World world = settled();
  const DeliveryRecord& record = world.records.begin()->second;
  const std::string said = not_shown(record, {"i", "i-r1"}).detail;
  EXPECT_NE(said.find("i or i-r1"), std::string::npos) << said;
  EXPECT_NE(said.find(elastic::alias_filter(world.visible)), std::string::npos) << said;
}

TEST(Recovery, ForgetsAWithheldDeliveryOnceALaterOneIsPublished) {
  World world = settled();
  DeliveryRecord kept = second();
  kept.state = DeliveryState::withheld;
  kept.token = 0;
  world.records[kept.document_id()] = kept;
  EXPECT_EQ(plan_recovery(world.look()).forget, std::vector<std::string>{kept.document_id()});
  world.records.at(kept.document_id()).token = world.token;
  EXPECT_TRUE(plan_recovery(world.look()).forget.empty());
}

}  // namespace
}  // namespace billow::sync
