#pragma once

#include "../../elastic/integration/engine.hpp"
#include "base/worker_pool.hpp"
#include "charge/coverage.hpp"
#include "feed/definition.hpp"
#include "feed/feed_config.hpp"
#include "fetch/folder_store.hpp"
#include "sync/delivery_sync.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace billow::sync {

/// One line of a bill: a charge that begins on a day of June 2026 (1 is the first; 0 is in May, 31
/// in July).
struct Line {
  int day = 1;
  std::string cost;          ///< as in the file; what is no number makes a dead letter
  std::string name;          ///< its description
  bool long_period = false;  ///< a tax from that day to the end of the month
};

/// What a provider says: lines, and what they speak for.
struct Statement {
  Coverage coverage;
  std::vector<Line> lines;
};

/// The days from the first to the last of June 2026, both included.
Coverage days(int first, int last);
inline const Coverage all_of_it{};
inline const Coverage in_addition{DeliveryKind::delta, 0, 0};

/// What readers have to see of a period, kept in the simplest way: lines, and the deltas that are
/// in.
class Model {
 public:
  void apply(const std::string& delivery_id, const Statement& statement);
  std::multiset<std::string> lines() const;
  friend bool operator==(const Model&, const Model&) = default;

 private:
  std::vector<std::pair<int, std::string>> lines_;  ///< day, and the line as lines_seen() has it
  std::set<std::string> deltas_;
};

/// Deliveries of one feed, as files that the test writes, on their way into the engine that
/// BILLOW_TEST_ES_URL names, and what readers of the alias see of them.
class PeriodTest : public elastic::EngineTest {
 protected:
  static constexpr const char* period = "2026-06";

  void SetUp() override;
  void TearDown() override;

  /// Writes a statement's files and manifest.
  Delivery deliver(const Statement& statement, const std::string& of_period = period);
  /// A pass over a delivery. An error is in the outcome.
  DeliveryOutcome sync(const Delivery& delivery, bool force = false);
  DeliveryOutcome sync(elastic::Cluster& cluster, const Delivery& delivery, bool force);
  /// deliver() and sync(), and the model is told when it was published.
  DeliveryOutcome publish(const Statement& statement);

  /// What readers of the alias see: day, end, description and cost with every digit of each line.
  std::multiset<std::string> lines_seen(const std::string& of_period = period);
  /// Lines that are stored in the period's index, visible or not.
  std::uint64_t lines_stored();
  /// The number of documents of an index that belong to the feed and have this value.
  std::uint64_t count(const std::string& index, const std::string& field, const std::string& value);
  /// Expects readers to see the model's lines, the newest records to add up to them, and nothing
  /// else to be stored.
  void expect_model();
  /// The id of the record that the read alias names; "" where there is none.
  std::string shown_delivery();
  /// The record itself.
  std::optional<DeliveryRecord> shown_record();
  /// Everything `billow audit verify` says of the feed's part of the chain.
  std::vector<std::string> chain_findings();

  Model model_;
  feed::FeedConfig config_;
  feed::Definition definition_;
  std::vector<rollup::Definition> rollups_;
  WorkerPool pool_{1};
  std::unique_ptr<fetch::FolderStore> store_;

 private:
  Observer observer_;
  std::filesystem::path folder_;
  int deliveries_ = 0;
};

}  // namespace billow::sync
