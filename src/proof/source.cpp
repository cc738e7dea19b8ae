#include "proof/source.hpp"

#include "audit/line.hpp"
#include "base/civil_time.hpp"
#include "normalize/slice_book.hpp"
#include "sync/delivery_pass.hpp"

#include <utility>

namespace billow::proof {
namespace {

/// What slice ids begin with here. They are never stored.
constexpr std::string_view prefix = "source";

std::function<void(std::uint64_t, std::uint64_t, std::uint64_t)> reporter(
    const sync::Delivery& delivery, const std::string& feed, const OnProgress& on_progress) {
  Progress progress;
  progress.what = feed + " " + delivery.period + ", source";
  progress.unit = "bytes";
  progress.total = delivery.bytes();
  return [progress, on_progress](std::uint64_t bytes, std::uint64_t, std::uint64_t) mutable {
    progress.done = bytes;
    on_progress(progress);
  };
}

/// The part of an item's action line that is its _id, and the document behind it.
struct Item {
  std::string_view id;
  std::string_view document;
};
Item read_item(std::string_view item) {
  constexpr std::string_view before = R"({"create":{"_id":")";
  const std::size_t newline = item.find('\n');
  Item read;
  read.id = item.substr(before.size(), item.find('"', before.size()) - before.size());
  read.document = item.substr(newline + 1);
  read.document = read.document.substr(0, read.document.size() - 1);
  return read;
}

}  // namespace

ControlTotals SourceStatement::totals() const {
  ControlTotals all;
  for (const auto& [key, totals] : slices) all.add(totals);
  return all;
}

Source::Source(fetch::ObjectStore& store, WorkerPool& pool, const feed::FeedConfig& config,
               const feed::Definition& definition, OnProgress on_progress)
    : store_(store),
      pool_(pool),
      config_(config),
      definition_(definition),
      on_progress_(std::move(on_progress)),
      finder_(sync::make_delivery_finder(store, config, definition)) {}

Task<Source::Found> Source::find(audit::Record record) {
  return finder_->recall(std::move(record));
}

Task<std::vector<std::string>> Source::periods() {
  auto discovered = co_await finder_->discover();
  if (!discovered) co_return discovered.error();
  std::vector<std::string> periods;
  for (const sync::Discovered& found : *discovered) periods.push_back(found.period);
  co_return periods;
}

Task<Source::Found> Source::newest(std::string period) {
  Found found;
  auto periods = co_await finder_->discover();
  if (!periods && periods.error().code != Errc::not_found) co_return periods.error();
  const bool left_out = config_.since && period < *config_.since;
  found.missing = left_out
                      ? "the configuration leaves the period out (since: " + *config_.since + ")"
                      : "the source no longer has the period";
  if (!periods) co_return found;
  for (sync::Discovered& discovered : *periods) {
    if (discovered.period != period) continue;
    Coverage coverage;
    coverage.kind = states();
    auto delivery = co_await finder_->read(std::move(discovered), coverage);
    if (!delivery) co_return delivery.error();
    found.delivery = *std::move(delivery);
    found.missing.clear();
    co_return found;
  }
  co_return found;
}

Task<SourceStatement> Source::add_up(sync::Delivery delivery) {
  normalize::Options options = sync::reading_options(config_, definition_, delivery);
  options.pass = normalize::Pass::digest;
  options.slice_prefix = prefix;
  sync::DeliveryPass pass(store_, pool_, delivery, std::move(options), nullptr,
                          reporter(delivery, config_.id, on_progress_));
  auto findings = co_await pass.run();
  if (!findings) co_return findings.error();
  SourceStatement statement;
  statement.rows_read = findings->rows_read;
  statement.rows_dead = findings->rows_dead;
  for (auto& [key, slice] : findings->slices) statement.slices[key] = std::move(slice.totals);
  co_return statement;
}

Task<void> Source::each_line(sync::Delivery delivery, std::set<SliceKey> wanted, TakeLine take) {
  std::map<std::string, SliceKey, std::less<>> keys;
  for (const SliceKey& key : wanted) keys[normalize::slice_id(prefix, key)] = key;
  normalize::Options options = sync::reading_options(config_, definition_, delivery);
  options.pass = normalize::Pass::load;
  options.slice_prefix = prefix;
  options.ingested_at = format_time(0);
  options.wanted = [&wanted](const SliceKey& key) { return wanted.contains(key); };
  sync::DeliveryPass pass(store_, pool_, delivery, std::move(options), nullptr,
                          reporter(delivery, config_.id, on_progress_));
  pass.on_body([&keys, &take](const elastic::BulkBody& body) {
    for (std::size_t i = 0; i < body.items(); ++i) {
      const Item item = read_item(body.item(i));
      const std::string_view slice = item.id.substr(0, item.id.rfind('-'));
      const auto key = keys.find(slice);
      const auto ordinal = audit::ordinal_of(item.id, slice);
      const auto statement = audit::statement_of(item.document);
      if (key != keys.end() && ordinal && statement) take(key->second, *ordinal, *statement);
    }
  });
  auto findings = co_await pass.run();
  if (!findings) co_return findings.error();
  co_return boost::system::in_place_value;
}

}  // namespace billow::proof
