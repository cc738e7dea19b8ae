#include "sync/delivery_sync.hpp"

#include "base/civil_time.hpp"
#include "elastic/audit_log.hpp"
#include "elastic/records.hpp"
#include "sync/audit_record.hpp"
#include "sync/dead_letter_store.hpp"
#include "sync/delivery_id.hpp"
#include "sync/period_change.hpp"
#include "sync/situation.hpp"
#include "sync/version.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace billow::sync {
namespace {

constexpr std::size_t samples_max = 5;

}  // namespace

DeliverySync::DeliverySync(const FeedSync::Context& context, Delivery delivery, bool force)
    : context_(context),
      delivery_(std::move(delivery)),
      force_(force),
      store_(context, delivery_.period) {
  DeliveryRecord& record = outcome_.record;
  record.feed = context.config.id;
  record.kind = context.config.kind;
  record.period = delivery_.period;
  record.delivery_id = delivery_.id;
  record.execution_id = delivery_.execution_id;
  record.manifest_key = delivery_.manifest.key;
  record.manifest_etag = delivery_.manifest.etag;
  record.objects = delivery_.objects;
  record.coverage = delivery_.coverage;
  record.software = software_version;
}

Task<void> DeliverySync::run() {
  auto recovered = co_await recover();
  if (!recovered) co_return recovered.error();
  const Coverage& coverage = delivery_.coverage;
  if (auto days = check_days(coverage); !days) co_return days.error();
  // Only a statement of the whole period makes up for what readers do not see.
  if (hidden_ && coverage.kind != DeliveryKind::full)
    co_return not_shown(*hidden_, store_.indices());
  auto base = check_base(coverage, readable_.has_value(), store_.visible().slice_ids);
  if (!base) co_return base.error();
  if (is_unchanged()) {
    auto complete = co_await store_.rollups().shows(store_.visible().slice_ids);
    if (!complete) co_return complete.error();
    const bool whole = *complete;
    if (!whole || store_.moves()) co_return co_await publish_again();
    if (!is_in(*readable_, delivery_.id, delivery_.coverage)) {
      outcome_.pending_since = delivery_.pending_since;
      outcome_.notes.push_back(
          fmt::format("{} is older than some of its files: the next delivery is being written, "
                      "since {}, and is read once it has its manifest",
                      delivery_.manifest.key, format_time(delivery_.pending_since)));
    }
    outcome_.verdict = Verdict::unchanged;
    outcome_.record = *readable_;
    co_return boost::system::in_place_value;
  }
  // What readers have already is compared before anything is sent. A delivery that was withheld is
  // read the same way, since it is likely to be withheld again.
  const bool withheld_before =
      std::ranges::find(withheld_, delivery_.id, &DeliveryRecord::delivery_id) != withheld_.end();
  if (!force_ && (may_stay(seen(), coverage) || withheld_before)) {
    auto compared = co_await digest();
    if (!compared) co_return compared.error();
    if (outcome_.verdict == Verdict::withheld)
      co_return co_await put_record(outcome_.record, DeliveryState::withheld);
  }
  const bool loads = !plan_ || !plan_->load.empty();
  if (loads) {
    auto loaded = co_await load();
    if (!loaded) co_return co_await purge_after(loaded.error());
    if (outcome_.verdict == Verdict::withheld) co_return boost::system::in_place_value;
  } else {
    auto claimed = co_await claim();
    if (!claimed) co_return claimed.error();
    auto letters =
        co_await store_dead_letters(context_.cluster, outcome_.record, findings_.dead_letters, {});
    if (!letters) co_return letters.error();
    auto moved = co_await move_kept();
    if (!moved) co_return moved.error();
  }
  auto completed = co_await complete(loads || store_.moves());
  if (!completed && loads) co_return co_await purge_after(completed.error());
  if (!completed) co_return completed.error();
  co_return co_await publish();
}

Task<void> DeliverySync::tidy() {
  auto recovered = co_await recover();
  if (!recovered) co_return recovered.error();
  outcome_.verdict = Verdict::unchanged;
  if (readable_) outcome_.record = *readable_;
  if (hidden_) co_return not_shown(*hidden_, store_.indices());
  const elastic::Visible& visible = store_.visible();
  if (readable_) {
    auto shown = co_await store_.rollups().shows(visible.slice_ids);
    if (!shown) co_return shown.error();
    const bool whole = *shown;
    if (!whole || store_.moves()) co_return co_await publish_again();
  }
  if (!visible.delivery_id.empty() || !visible.slice_ids.empty())
    co_return boost::system::in_place_value;
  // This moves the token, so whoever loads into the index meanwhile cannot publish.
  co_return co_await store_.delete_charges();
}

Task<void> DeliverySync::publish_again() {
  plan_.emplace();
  plan_->kept = readable_->slices;
  DeliveryRecord& record = outcome_.record;
  record = *readable_;
  record.software = software_version;
  record.replaced.clear();
  record.slices_kept = record.slices.size();
  record.slices_loaded = 0;
  record.slices_withdrawn = 0;
  auto claimed = co_await claim();
  if (!claimed) co_return claimed.error();
  auto moved = co_await move_kept();
  if (!moved) co_return moved.error();
  auto completed = co_await complete(store_.moves());
  if (!completed) co_return completed.error();
  co_return co_await publish();
}

Task<void> DeliverySync::move_kept() {
  if (!store_.moves()) co_return boost::system::in_place_value;
  auto ready = co_await store_.ensure_index();
  if (!ready) co_return ready.error();
  outcome_.notes.push_back(fmt::format("the mapping of {} is outdated; its charges move to {}",
                                       store_.visible().index, store_.index()));
  elastic::BulkOptions bulk = bulk_options(context_);
  auto copied = co_await store_.copy_visible(slice_ids(plan_->kept), std::move(bulk));
  if (!copied) co_return copied.error();
  co_return boost::system::in_place_value;
}

Task<void> DeliverySync::recover() {
  auto found = co_await read_situation(context_.cluster, context_.config.id, delivery_.period);
  if (!found) co_return found.error();
  store_.take(*found);
  Recovery plan = plan_recovery(*found);
  readable_ = plan.published;
  hidden_ = plan.hidden;
  if (hidden_) store_.keep(slice_ids(hidden_->slices));
  if (readable_) outcome_.before = readable_->totals();
  std::ranges::copy_if(
      found->open, std::back_inserter(withheld_),
      [](const DeliveryRecord& record) { return record.state == DeliveryState::withheld; });
  if (!plan.empty()) {
    auto carried_out = co_await carry_out(std::move(plan));
    if (!carried_out) co_return carried_out.error();
  }
  // Until the alias is back, an index of the period or a rollup may look left behind and is not.
  if (hidden_) co_return boost::system::in_place_value;
  auto deleted = co_await store_.delete_retired();
  if (!deleted) co_return deleted.error();
  co_return co_await store_.purge_rollups(slice_prefix_, true);
}

Task<void> DeliverySync::carry_out(Recovery plan) {
  if (plan.fence) {
    auto claimed = co_await claim();
    if (!claimed) co_return claimed.error();
  }
  auto dropped = co_await store_.drop(plan.drop);
  if (!dropped) co_return dropped.error();
  outcome_.documents_purged += *dropped;
  for (const std::string& id : plan.forget) {
    auto forgotten = co_await elastic::delete_document(context_.cluster,
                                                       std::string(elastic::deliveries_index), id);
    if (!forgotten) co_return forgotten.error();
  }
  for (const DeliveryRecord& record : plan.restate) {
    if (record.state == DeliveryState::published) continue;
    auto put = co_await put_record(record, record.state);
    if (!put) co_return put.error();
  }
  const bool unsettled = plan.published && (plan.append_audit || !plan.restate.empty());
  if (unsettled) co_return co_await settle(*plan.published, true);
  co_return boost::system::in_place_value;
}

std::vector<VisibleSlice> DeliverySync::seen() const {
  return visible_slices(readable_, store_.visible().slice_ids, delivery_.id, force_);
}

bool DeliverySync::is_unchanged() const {
  if (force_ || !readable_) return false;
  if (is_in(*readable_, delivery_.id, delivery_.coverage)) return true;
  // The same manifest over younger files: AWS writes the manifest last, so the next delivery is on
  // its way, and what lies there now is some of either.
  return delivery_.pending_since != 0 && readable_->manifest_etag == delivery_.manifest.etag;
}

DeliveryReading::Target DeliverySync::target() const {
  return {store_.index(), slice_prefix_, plan_ ? &*plan_ : nullptr, nullptr};
}

Task<void> DeliverySync::digest() {
  DeliveryReading::Target index = target();
  auto found = co_await reading_.digest(std::move(index));
  if (!found) co_return found.error();
  take_findings(std::move(*found));
  if (outcome_.verdict != Verdict::withheld) co_return boost::system::in_place_value;
  outcome_.record.token = store_.token();  // any later publish has a higher one
  co_return co_await store_dead_letters(context_.cluster, outcome_.record, findings_.dead_letters,
                                        {});
}

Task<void> DeliverySync::load() {
  using namespace boost::asio::experimental::awaitable_operators;
  // First of all: what another daemon asked for before can delete the index no more.
  auto claimed = co_await claim();
  if (!claimed) co_return claimed.error();
  auto ready = co_await store_.ensure_index();
  if (!ready) co_return ready.error();
  auto put = co_await put_record(outcome_.record, DeliveryState::loading);
  if (!put) co_return put.error();
  // An index takes its time to create, and nobody has to wait for it now.
  auto sending = send();
  auto creating = store_.rollups().create();
  auto [sent, created] = co_await (std::move(sending) && std::move(creating));
  if (!sent) co_return sent.error();
  if (!created) co_return created.error();
  if (outcome_.verdict != Verdict::withheld) co_return co_await move_kept();
  auto kept = co_await put_record(outcome_.record, DeliveryState::withheld);
  if (!kept) co_return kept.error();
  std::string attempt = outcome_.record.document_id();
  auto forgotten = co_await elastic::delete_document(
      context_.cluster, std::string(elastic::deliveries_index), std::move(attempt));
  if (!forgotten) co_return forgotten.error();
  co_return co_await purge();
}

Task<void> DeliverySync::send() {
  DeliveryReading::Target index = target();
  if (!context_.rollup_runner.transforms)
    index.counts = &counts_.emplace(context_.rollups, context_.config.id);
  auto loaded = co_await reading_.load(std::move(index));
  if (!loaded) co_return loaded.error();
  const elastic::BulkOutcome& written = loaded->written;
  outcome_.documents_written = written.stored;
  take_findings(std::move(loaded->findings));
  auto letters = co_await store_dead_letters(context_.cluster, outcome_.record,
                                             findings_.dead_letters, written.rejected_items);
  if (!letters) co_return letters.error();
  if (written.rejected == 0) co_return boost::system::in_place_value;
  co_return Error{
      Errc::mismatch,
      fmt::format("Elasticsearch refused {} of {} documents, the first with: {}", written.rejected,
                  written.submitted, written.rejected_items.front().reason)};
}

void DeliverySync::take_findings(normalize::Findings findings) {
  if (!plan_) plan_ = plan_slices(seen(), findings.slices, delivery_.coverage);
  describe(outcome_.record, findings, *plan_, readable_);
  outcome_.charges = findings.charges;
  outcome_.columns_unknown = findings.columns_unknown;
  outcome_.columns_missing = findings.columns_missing;
  outcome_.dead_letter_samples.clear();
  for (const normalize::DeadLetter& letter : findings.dead_letters) {
    if (outcome_.dead_letter_samples.size() == samples_max) break;
    outcome_.dead_letter_samples.push_back(
        fmt::format("{}: row {}: {}{}{}", letter.object, letter.row, letter.column,
                    letter.column.empty() ? "" : ": ", letter.reason));
  }
  const bool withheld =
      findings.rows_dead != 0 && context_.config.dead_letters == feed::DeadLetterPolicy::withhold;
  if (withheld) outcome_.verdict = Verdict::withheld;
  findings_ = std::move(findings);
}

Task<void> DeliverySync::complete(bool verifies) {
  using namespace boost::asio::experimental::awaitable_operators;
  if (!verifies) co_return co_await roll_up();
  // To make what was loaded searchable takes a while, and rollups that were counted need not wait.
  auto verifying = verify();
  auto rolling_up = roll_up();
  auto [verified, rolled_up] = co_await (std::move(verifying) && std::move(rolling_up));
  if (!verified) co_return verified.error();
  co_return rolled_up;
}

Task<void> DeliverySync::verify() {
  const auto timer = watch_.time(Phase::verify);
  watch_.show(Phase::verify);
  // Kept slices are compared as well: what is published next is all of it.
  auto differences = co_await store_.compare(outcome_.record.slices);
  if (!differences) co_return differences.error();
  if (differences->empty()) co_return boost::system::in_place_value;
  for (const elastic::Difference& difference : *differences)
    outcome_.differences.push_back(difference.slice_id + ": " + difference.what);
  co_return Error{Errc::mismatch, fmt::format("{} slices differ from what was sent, the first is "
                                              "{}; readers keep the figures they have",
                                              differences->size(), outcome_.differences.front())};
}

Task<void> DeliverySync::roll_up() {
  const auto timer = watch_.time(Phase::roll_up);
  watch_.show(Phase::roll_up);
  auto prepared = co_await store_.rollups().prepare(store_.index(), outcome_.record.slices,
                                                    counts_ ? &*counts_ : nullptr);
  if (!prepared) co_return prepared.error();
  rolled_up_ = std::move(prepared->shown);
  std::ranges::move(prepared->notes, std::back_inserter(outcome_.notes));
  for (const elastic::Difference& difference : prepared->differences)
    outcome_.differences.push_back(difference.slice_id + ": " + difference.what);
  if (prepared->differences.empty()) co_return boost::system::in_place_value;
  co_return Error{
      Errc::mismatch,
      fmt::format("{} rolled up slices differ from their charges, the first is {}; readers keep "
                  "the figures they have",
                  prepared->differences.size(), outcome_.differences.front())};
}

Task<void> DeliverySync::publish() {
  {
    const auto timer = watch_.time(Phase::publish);
    watch_.show(Phase::publish);
    auto ready = co_await store_.ensure_index();
    if (!ready) co_return ready.error();
    // All that the audit chain will say is stored before anybody sees it.
    auto put = co_await put_record(outcome_.record, DeliveryState::verified);
    if (!put) co_return put.error();
    auto published = co_await store_.publish(
        outcome_.record.document_id(), slice_ids(outcome_.record.slices), std::move(rolled_up_));
    if (!published) co_return published.error();
    const bool nothing_moved = plan_ && plan_->load.empty() && plan_->withdrawn.empty();
    outcome_.verdict = nothing_moved ? Verdict::unchanged : Verdict::published;
    const std::optional<DeliveryRecord>& before = readable_ ? readable_ : hidden_;
    if (before) {
      auto superseded = co_await put_record(*before, DeliveryState::superseded);
      if (!superseded) co_return superseded.error();
    }
    auto settled = co_await settle(outcome_.record, false);
    if (!settled) co_return settled.error();
  }
  co_return co_await purge();
}

Task<void> DeliverySync::settle(DeliveryRecord record, bool recovered) {
  auto recorded = co_await elastic::append_audit(context_.cluster, audit_record(record, recovered));
  if (!recorded) co_return recorded.error();
  auto kept = deliveries_with_letters(record, withheld_);
  auto dropped = co_await drop_other_dead_letters(context_.cluster, record, std::move(kept));
  if (!dropped) co_return dropped.error();
  // The last step: a record in this state needs no recovery.
  co_return co_await put_record(std::move(record), DeliveryState::published);
}

Task<void> DeliverySync::claim() {
  auto claimed = co_await store_.claim();
  if (!claimed) co_return claimed.error();
  outcome_.record.token = store_.token();
  slice_prefix_ = slice_prefix(delivery_.id, store_.token(), schema_version);
  co_return boost::system::in_place_value;
}

Task<void> DeliverySync::purge() {
  using namespace boost::asio::experimental::awaitable_operators;
  const auto timer = watch_.time(Phase::purge);
  auto charges = store_.purge_charges(slice_prefix_);
  auto rollups = store_.purge_rollups(slice_prefix_, false);
  auto [purged, rollups_purged] = co_await (std::move(charges) && std::move(rollups));
  if (!purged) co_return purged.error();
  outcome_.documents_purged += *purged;
  co_return rollups_purged;
}

Task<void> DeliverySync::purge_after(Error failure) {
  // What cannot be removed now is removed by the next pass: nothing of it is visible.
  auto purged = co_await purge();
  if (!purged) outcome_.differences.push_back("purge: " + purged.error().detail);
  co_return failure;
}

Task<void> DeliverySync::put_record(DeliveryRecord record, DeliveryState state) {
  record.state = state;
  const bool ours =
      record.delivery_id == outcome_.record.delivery_id && record.token == outcome_.record.token;
  if (ours || record.at.empty()) record.at = format_time(now());
  if (ours && state == DeliveryState::published) outcome_.record = record;
  elastic::Document document(record.document_id(), record.to_json());
  co_return co_await elastic::put_document(context_.cluster, std::string(elastic::deliveries_index),
                                           std::move(document));
}

}  // namespace billow::sync
