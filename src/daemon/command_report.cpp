#include "daemon/inquiry.hpp"
#include "daemon/report_format.hpp"
#include "daemon/report_query.hpp"
#include "elastic/audit_log.hpp"
#include "elastic/records.hpp"
#include "sync/audit_record.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <map>
#include <unistd.h>

namespace billow::daemon {
namespace {

/// Reading what is visible takes several requests; a delivery published between them makes them
/// begin again.
constexpr int report_rounds_max = 10;

bool same(const std::vector<elastic::Visible>& a, const std::vector<elastic::Visible>& b) {
  const auto equal = [](const elastic::Visible& x, const elastic::Visible& y) {
    return x.index == y.index && x.delivery_id == y.delivery_id && x.slice_ids == y.slice_ids;
  };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), equal);
}

/// Asks Elasticsearch for one report: what is visible, the records of it, and the aggregated rows.
class ReportRun {
 public:
  ReportRun(elastic::Cluster& cluster, ReportScope scope)
      : cluster_(cluster), scope_(std::move(scope)) {}

  Task<Report> run() {
    auto before = co_await read_alias();
    for (int round = 0; round < report_rounds_max; ++round) {
      if (!before) co_return before.error();
      auto report = co_await read_once(*before);
      if (!report) co_return report.error();
      auto after = co_await read_alias();
      if (!after) co_return after.error();
      if (same(*before, *after)) co_return report;
      spdlog::debug("something was published meanwhile; reading again");
      before = std::move(after);
    }
    co_return Error{Errc::conflict,
                    "deliveries are published faster than they can be added up; try again"};
  }

  /// The feeds readers see something of, configured or not.
  const std::vector<std::string>& visible_feeds() const noexcept { return visible_feeds_; }

 private:
  Task<std::vector<elastic::Visible>> read_alias() {
    // By its name: a wildcard leaves out what the user may not see, and so would say "nothing".
    auto visible = co_await elastic::read_visible(cluster_, std::string(elastic::charges_alias));
    if (!visible) co_return visible.error();
    std::sort(
        visible->begin(), visible->end(),
        [](const elastic::Visible& a, const elastic::Visible& b) { return a.index < b.index; });
    co_return visible;
  }

  Task<Report> read_once(std::vector<elastic::Visible> visible) {
    std::vector<VisibleDelivery> deliveries;
    visible_feeds_.clear();
    for (elastic::Visible& index : visible) {
      visible_feeds_.push_back(index.delivery_id.substr(0, index.delivery_id.find(':')));
      if (!in_scope(index, scope_)) continue;
      auto record = co_await read_record(index.delivery_id);
      if (!record) co_return record.error();
      VisibleDelivery delivery;
      delivery.visible = std::move(index);
      delivery.record = *std::move(record);
      deliveries.push_back(std::move(delivery));
    }
    Report report = report_of(deliveries, scope_);
    if (deliveries.empty() || report.exact_rows) co_return report;
    auto rows = co_await aggregate();
    if (!rows) co_return rows.error();
    report.rows = *std::move(rows);
    check_rows(report);
    co_return report;
  }

  Task<std::optional<sync::DeliveryRecord>> read_record(std::string id) {
    std::optional<sync::DeliveryRecord> none;
    if (id.empty()) co_return none;
    auto document =
        co_await elastic::get_document(cluster_, std::string(elastic::deliveries_index), id);
    if (!document) co_return document.error();
    if (!*document) co_return co_await recall_record(std::move(id));
    auto record = sync::DeliveryRecord::from_json(**document);
    if (!record) co_return within("record " + id, record.error());
    co_return std::optional<sync::DeliveryRecord>(*std::move(record));
  }

  /// The record as far as the audit chain tells it, where that is sound and may be read.
  Task<std::optional<sync::DeliveryRecord>> recall_record(std::string id) {
    std::optional<sync::DeliveryRecord> none;
    auto named = feed_and_period(id);
    auto newest =
        co_await elastic::last_audited(cluster_, std::move(named.first), std::move(named.second));
    const bool unknown = !newest && (newest.error().code == Errc::unauthorized ||
                                     newest.error().code == Errc::malformed);
    if (unknown) co_return none;
    if (!newest) co_return newest.error();
    if (!*newest || (*newest)->delivery_record() != id || !audit::is_as_written(**newest))
      co_return none;
    spdlog::warn("report: no record '{}' in billow-deliveries; the audit chain tells of it", id);
    co_return std::optional(sync::delivery_record(**newest));
  }

  Task<std::vector<ReportRow>> aggregate() {
    std::vector<ReportRow> rows;
    const std::string path =
        "/" + std::string(elastic::charges_alias) + "/_search?allow_partial_search_results=false";
    std::string after_key;
    do {
      auto body = co_await cluster_.request("POST", path, report_query(scope_, after_key));
      if (!body) co_return body.error();
      auto next = read_report_page(*body, scope_, rows);
      if (!next) co_return next.error();
      after_key = *std::move(next);
    } while (!after_key.empty());
    co_return rows;
  }

  elastic::Cluster& cluster_;
  ReportScope scope_;
  std::vector<std::string> visible_feeds_;
};

std::string format(const Report& report, ReportFormat format) {
  switch (format) {
    case ReportFormat::table:
      return report_table(report, terminal_width(STDOUT_FILENO));
    case ReportFormat::json:
      return report_json(report);
    case ReportFormat::csv:
      return report_csv(report);
  }
  return "";
}

ReportScope scope_of(const ReportCommand& command) {
  ReportScope scope;
  scope.by = command.by;
  scope.cost = static_cast<std::size_t>(
      std::find(cost_names.begin(), cost_names.end(), command.cost) - cost_names.begin());
  scope.feeds = command.feeds;
  scope.period = command.period;
  return scope;
}

}  // namespace

int run(const ReportCommand& command, CommandContext context) {
  const auto configuration = load_or_explain(context);
  if (!configuration) return exit_code::bad_usage;
  Runtime runtime;
  const auto cluster = elastic::Cluster::connect(configuration->elasticsearch, short_of_patience());
  if (!cluster) {
    explain(context, {configuration->file + ": elasticsearch: " + cluster.error().detail});
    return exit_code::bad_usage;
  }
  const ReportScope scope = scope_of(command);
  ReportRun reading(**cluster, scope);
  auto answer = answer_of(reading.run(), "report", runtime, context);
  if (const int* code = std::get_if<int>(&answer)) return *code;
  if (!feeds_are_known(scope.feeds, *configuration, reading.visible_feeds(), context))
    return exit_code::bad_usage;
  auto& report = std::get<Report>(answer);
  for (const std::string& warning : report.warnings) spdlog::warn("report: {}", warning);
  arrange(report, command.top);
  const bool printed = print_result(format(report, command.format));
  return report.warnings.empty() && printed ? exit_code::ok : exit_code::failed;
}

}  // namespace billow::daemon
