#include "period.hpp"

#include "../../elastic/run_task.hpp"
#include "base/civil_time.hpp"
#include "elastic/records.hpp"
#include "proof/chain_proof.hpp"
#include "sync/delivery_id.hpp"
#include "sync/read_delivery.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <fstream>

namespace billow::sync {
namespace {

const UnixSeconds june = parse_month("2026-06").value();

UnixSeconds start_of(int day) { return june + (day - 1) * seconds_per_day; }

std::string csv_of(const Statement& statement, const std::string& period) {
  std::string text =
      "identity_line_item_id,bill_payer_account_id,bill_bill_type,bill_billing_period_start_date,"
      "bill_billing_period_end_date,bill_billing_entity,line_item_usage_account_id,"
      "line_item_line_item_type,line_item_usage_start_date,line_item_usage_end_date,"
      "line_item_product_code,line_item_usage_type,line_item_usage_amount,line_item_currency_code,"
      "line_item_unblended_cost,line_item_line_item_description\n";
  const UnixSeconds month = parse_month(period).value();
  int number = 0;
  for (const Line& line : statement.lines) {
    const UnixSeconds start = start_of(line.day);
    const UnixSeconds end = line.long_period ? start + 30 * seconds_per_day : start + 3600;
    text += fmt::format(
        "id{},000011112222,Anniversary,{},{},AWS,000011112222,{},{},{},AmazonEC2,BoxUsage,1,USD,{},"
        "{}\n",
        ++number, format_time(month), format_time(next_month(month)),
        line.long_period ? "Tax" : "Usage", format_time(start), format_time(end), line.cost,
        line.name);
  }
  return text;
}

void write(const std::filesystem::path& path, const std::string& text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path) << text;
}

std::string line_text(const std::string& start, const std::string& name, const std::string& cost) {
  return start.substr(0, 10) + " " + name + " " + Decimal::parse(cost).value().to_string();
}

bool is_dead(const Line& line) { return !Decimal::parse(line.cost); }

}  // namespace

Coverage days(int first, int last) {
  Coverage window;
  window.kind = DeliveryKind::window;
  window.first_day = static_cast<std::int32_t>(start_of(first) / seconds_per_day);
  window.end_day = static_cast<std::int32_t>(start_of(last + 1) / seconds_per_day);
  return window;
}

void Model::apply(const std::string& delivery_id, const Statement& statement) {
  const Coverage& coverage = statement.coverage;
  if (coverage.kind == DeliveryKind::full) {
    lines_.clear();
    deltas_.clear();
  } else if (coverage.kind == DeliveryKind::window) {
    std::erase_if(lines_, [&coverage](const auto& line) {
      const auto day = start_of(line.first) / seconds_per_day;
      return day >= coverage.first_day && day < coverage.end_day;
    });
  } else if (!deltas_.insert(delivery_id).second) {
    return;
  }
  for (const Line& line : statement.lines) {
    if (is_dead(line)) continue;
    lines_.emplace_back(line.day, line_text(format_time(start_of(line.day)), line.name, line.cost));
  }
}

std::multiset<std::string> Model::lines() const {
  std::multiset<std::string> all;
  for (const auto& [day, text] : lines_) all.insert(text);
  return all;
}

void PeriodTest::SetUp() {
  EngineTest::SetUp();
  if (IsSkipped()) return;
  static bool installed = false;
  if (!installed) install();
  installed = true;
  definition_ = feed::find_definition("aws/cur2").value();
  config_.id = feed();
  config_.kind = definition_.kind;
  config_.export_name = "E";
  folder_ = std::filesystem::temp_directory_path() / ("billow-" + feed());
  std::filesystem::create_directories(folder_);
  store_ = std::make_unique<fetch::FolderStore>(folder_.string(), pool_);
}

void PeriodTest::TearDown() {
  if (!IsSkipped()) {
    std::vector<std::string> indices = {elastic::charges_index(feed(), "2026-07")};
    for (const rollup::Definition& definition : rollups_)
      indices.push_back(definition.index(feed(), "2026"));
    for (const std::string& index : indices)
      ask("DELETE", "/" + index + "?ignore_unavailable=true");
  }
  EngineTest::TearDown();
  if (!folder_.empty()) std::filesystem::remove_all(folder_);
}

Delivery PeriodTest::deliver(const Statement& statement, const std::string& of_period) {
  const std::string root = std::to_string(++deliveries_) + "/E";
  const std::string partition = "BILLING_PERIOD=" + of_period;
  const std::string data = root + "/data/" + partition + "/E-00001.csv";
  write(folder_ / data, csv_of(statement, of_period));
  Discovered discovered;
  discovered.period = of_period;
  discovered.export_root = root;
  discovered.manifest_key = root + "/metadata/" + partition + "/E-Manifest.json";
  write(folder_ / discovered.manifest_key,
        fmt::format(R"({{"executionId":"e{}","columns":[],"dataFiles":["s3://B/{}"]}})",
                    deliveries_, data));
  auto delivery =
      run_task(read_delivery(*store_, config_, std::move(discovered), statement.coverage));
  EXPECT_TRUE(delivery) << (delivery ? "" : delivery.error().detail);
  return delivery ? *std::move(delivery) : Delivery();
}

DeliveryOutcome PeriodTest::sync(elastic::Cluster& cluster, const Delivery& delivery, bool force) {
  DeliveryOutcome unread;
  unread.error = Error{Errc::not_found, "the delivery could not be read"};
  if (delivery.id.empty()) return unread;
  const FeedSync::Context context{cluster, *store_,     pool_,   observer_,
                                  config_, definition_, rollups_};
  DeliverySync pass(context, delivery, force);
  const auto done = run_task(pass.run());
  DeliveryOutcome outcome = std::move(pass.outcome());
  if (done) return outcome;
  outcome.error = done.error();
  outcome.verdict = Verdict::failed;
  return outcome;
}

DeliveryOutcome PeriodTest::sync(const Delivery& delivery, bool force) {
  return sync(cluster(), delivery, force);
}

DeliveryOutcome PeriodTest::publish(const Statement& statement) {
  const Delivery delivery = deliver(statement);
  DeliveryOutcome outcome = sync(delivery);
  EXPECT_FALSE(outcome.error) << outcome.error->detail;
  EXPECT_NE(outcome.verdict, Verdict::failed);
  if (outcome.verdict != Verdict::withheld) model_.apply(delivery.id, statement);
  return outcome;
}

std::multiset<std::string> PeriodTest::lines_seen(const std::string& of_period) {
  const std::string index = elastic::charges_index(feed(), of_period);
  ask("POST", "/" + index + "/_refresh?ignore_unavailable=true");
  const std::string answer = ask(
      "POST", "/billow-charges/_search?allow_partial_search_results=false&ignore_unavailable=true",
      R"({"size":10000,"query":{"term":{"_index":")" + index + R"("}}})");
  std::multiset<std::string> seen;
  simdjson::ondemand::parser parser;
  const simdjson::padded_string json(answer);
  auto document = parser.iterate(json);
  for (auto hit : document["hits"]["hits"].get_array()) {
    auto source = hit["_source"];
    std::string start(source["ChargePeriodStart"].get_string().value());
    std::string cost(source["BilledCost"].raw_json_token().value());
    std::string name(source["ChargeDescription"].get_string().value());
    cost.erase(cost.find_last_not_of(" \n") + 1);
    seen.insert(line_text(start, name, cost));
  }
  return seen;
}

std::uint64_t PeriodTest::lines_stored() {
  const std::string index = elastic::charges_index(feed(), period);
  simdjson::dom::parser parser;
  return parser.parse(ask("GET", "/" + index + "/_count"))["count"].get_uint64().value();
}

std::uint64_t PeriodTest::count(const std::string& index, const std::string& field,
                                const std::string& value) {
  ask("POST", "/" + index + "/_refresh?ignore_unavailable=true");
  const std::string answer = ask("POST", "/" + index + "/_count?ignore_unavailable=true",
                                 R"({"query":{"bool":{"filter":[{"term":{"x_FeedId":")" + feed() +
                                     R"("}},{"term":{")" + field + "\":\"" + value + "\"}}]}}}");
  simdjson::dom::parser parser;
  return parser.parse(answer)["count"].get_uint64().value();
}

std::string PeriodTest::shown_delivery() {
  const auto visible =
      run_task(elastic::read_visible(cluster(), elastic::charges_index(feed(), period)));
  EXPECT_TRUE(visible);
  return !visible || visible->empty() ? std::string() : visible->front().delivery_id;
}

std::optional<DeliveryRecord> PeriodTest::shown_record() {
  const auto visible =
      run_task(elastic::read_visible(cluster(), elastic::charges_index(feed(), period)));
  if (!visible || visible->empty()) return std::nullopt;
  const auto document = run_task(elastic::get_document(
      cluster(), std::string(elastic::deliveries_index), visible->front().delivery_id));
  if (!document || !*document) return std::nullopt;
  auto record = DeliveryRecord::from_json(**document);
  if (!record || slice_ids(record->slices) != visible->front().slice_ids) return std::nullopt;
  return *std::move(record);
}

void PeriodTest::expect_model() {
  const std::multiset<std::string> expected = model_.lines();
  EXPECT_EQ(lines_seen(), expected);
  EXPECT_EQ(lines_stored(), expected.size());
  const auto record = shown_record();
  ASSERT_TRUE(record);
  EXPECT_EQ(record->state, DeliveryState::published);
  DecimalSum sum;
  for (const std::string& line : expected)
    sum.add(Decimal::parse(line.substr(line.rfind(' ') + 1)).value());
  const ControlTotals totals = record->totals();
  EXPECT_EQ(totals.lines, expected.size());
  const auto usd = totals.by_currency.find("USD");
  if (usd == totals.by_currency.end())
    EXPECT_TRUE(sum.is_zero());
  else
    EXPECT_EQ(usd->second.sums[0].to_string(), sum.to_string());
}

std::vector<std::string> PeriodTest::chain_findings() {
  proof::Scope scope;
  scope.feeds = {feed()};
  proof::ChainProver prover(cluster(), scope, {}, [](const proof::Progress&) {});
  const auto proved = run_task(prover.run());
  if (!proved) return {proved.error().detail};
  std::vector<std::string> found;
  for (const audit::Finding& finding : proved->findings) {
    if (finding.feed == feed()) found.push_back(finding.what);
  }
  return found;
}

}  // namespace billow::sync
