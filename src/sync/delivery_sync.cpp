#include "sync/delivery_sync.hpp"

#include "base/civil_time.hpp"
#include "elastic/charges_index.hpp"
#include "elastic/records.hpp"
#include "sync/dead_letter_body.hpp"
#include "sync/delivery_id.hpp"
#include "sync/version.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace billow::sync {
namespace {

namespace asio = boost::asio;

constexpr std::size_t samples_max = 5;

/// Adds the time until it goes out of scope to one phase of an outcome.
class PhaseTimer {
 public:
  PhaseTimer(DeliveryOutcome& outcome, Phase phase) : outcome_(outcome), phase_(phase) {}
  ~PhaseTimer() { outcome_.durations[phase_] += std::chrono::steady_clock::now() - start_; }
  PhaseTimer(const PhaseTimer&) = delete;
  PhaseTimer& operator=(const PhaseTimer&) = delete;

 private:
  DeliveryOutcome& outcome_;
  Phase phase_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

normalize::Rules rules_of(const feed::Definition& definition) {
  return definition.normalizer == "aws_focus" ? normalize::Rules::aws_focus
                                              : normalize::Rules::aws_cur2;
}

std::vector<std::string> ids_of(const std::vector<Slice>& slices) {
  std::vector<std::string> ids;
  for (const Slice& slice : slices) ids.push_back(slice.id);
  std::sort(ids.begin(), ids.end());
  return ids;
}

}  // namespace

DeliverySync::DeliverySync(const FeedSync::Context& context, Delivery delivery)
    : context_(context),
      delivery_(std::move(delivery)),
      index_(elastic::charges_index(context.config.id, delivery_.period)) {
  DeliveryRecord& record = outcome_.record;
  record.feed = context.config.id;
  record.kind = context.config.kind;
  record.period = delivery_.period;
  record.delivery_id = delivery_.id;
  record.execution_id = delivery_.execution_id;
  record.manifest_key = delivery_.manifest.key;
  record.manifest_etag = delivery_.manifest.etag;
  record.objects = delivery_.objects;
  record.software = software_version;
  progress_.feed = record.feed;
  progress_.period = record.period;
}

Task<void> DeliverySync::run() {
  if (auto read = co_await read_published(); !read) co_return read.error();
  auto token = co_await elastic::read_token(context_.cluster, context_.config.id);
  if (!token) co_return token.error();
  token_ = *token;
  if (is_unchanged()) {
    outcome_.verdict = Verdict::unchanged;
    outcome_.record = *published_;
    co_return co_await purge_leftovers();
  }

  // What readers have already is compared before anything is sent. A delivery that was withheld is
  // read the same way, since it is likely to be withheld again.
  auto seen = co_await elastic::get_document(
      context_.cluster, std::string(elastic::deliveries_index), outcome_.record.document_id());
  if (!seen) co_return seen.error();
  if (published_ || *seen) {
    auto found = co_await pass(Phase::digest);
    if (!found) co_return found.error();
    plan_ = plan_slices(published_ ? published_->slices : std::vector<Slice>(), found->slices);
    take_findings(std::move(*found));
    if (outcome_.verdict == Verdict::withheld) {
      if (auto stored = co_await store_dead_letters(nullptr); !stored) co_return stored.error();
      co_return co_await put_record(outcome_.record, DeliveryState::withheld);
    }
  }
  if (!plan_ || !plan_->load.empty()) {
    if (auto loaded = co_await load(); !loaded) {
      // What cannot be removed now is removed by the next pass: nothing of it is visible.
      if (auto purged = co_await purge_dead(); !purged)
        outcome_.differences.push_back("purge: " + purged.error().detail);
      co_return loaded.error();
    }
    if (outcome_.verdict == Verdict::withheld) co_return boost::system::in_place_value;
  }
  co_return co_await publish();
}

Task<void> DeliverySync::read_published() {
  auto shown = co_await elastic::read_visible(context_.cluster, index_);
  if (!shown) co_return shown.error();
  visible_.index = index_;
  if (shown->empty()) co_return boost::system::in_place_value;
  visible_ = shown->front();
  auto document = co_await elastic::get_document(
      context_.cluster, std::string(elastic::deliveries_index), visible_.delivery_id);
  if (!document) co_return document.error();
  if (!*document) co_return boost::system::in_place_value;
  auto record = DeliveryRecord::from_json(**document);
  // A record that does not describe what is visible is of no use: everything is loaded anew.
  if (!record || ids_of(record->slices) != visible_.slice_ids)
    co_return boost::system::in_place_value;
  outcome_.before = record->totals();
  if (record->schema == schema_version) published_ = std::move(*record);
  co_return boost::system::in_place_value;
}

bool DeliverySync::is_unchanged() const {
  if (!published_) return false;
  if (published_->delivery_id == delivery_.id) return true;
  // The same manifest over younger files: AWS writes the manifest last, so the next delivery is on
  // its way.
  return delivery_.being_written && published_->manifest_etag == delivery_.manifest.etag;
}

normalize::Options DeliverySync::options(normalize::Pass pass) const {
  normalize::Options options;
  options.rules = rules_of(context_.definition);
  options.pass = pass;
  options.feed_id = context_.config.id;
  options.delivery_id = delivery_.id;
  options.slice_prefix = slice_prefix_;
  options.index = index_;
  options.ingested_at = format_time(now());
  options.period = parse_month(delivery_.period).value_or(0);
  options.bulk_bytes = context_.cluster.config().bulk_bytes;
  if (plan_) {
    options.wanted = [this](const SliceKey& key) { return plan_->load.contains(key); };
  }
  return options;
}

Task<normalize::Findings> DeliverySync::pass(Phase phase) {
  const PhaseTimer timer(outcome_, phase);
  normalizer_.emplace(
      options(phase == Phase::load ? normalize::Pass::load : normalize::Pass::digest));
  progress_.phase = phase;
  progress_.rows = 0;
  progress_.bytes_read = 0;
  progress_.bytes_total = delivery_.bytes();
  for (std::size_t i = 0; i < delivery_.objects.size(); ++i) {
    auto read = co_await read_object(i, phase);
    if (!read) co_return read.error();
  }
  auto findings = normalizer_->finish();
  if (findings) {
    if (auto sent = co_await submit_bodies(); !sent) co_return sent.error();
  }
  co_return findings;
}

Task<void> DeliverySync::read_object(std::size_t index, Phase phase) {
  using namespace asio::experimental::awaitable_operators;
  const fetch::ObjectInfo object = delivery_.objects[index];
  auto opened = co_await context_.store.open(object);
  if (!opened) co_return opened.error();
  reader_ = std::move(*opened);
  if (auto began = normalizer_->begin_file(object.key, object.key.ends_with(".gz")); !began)
    co_return began.error();

  // While one block is parsed on the pool, the next is read here.
  std::vector<char> parsing(limits::fetch_block_bytes);
  std::vector<char> reading(limits::fetch_block_bytes);
  auto got = co_await fill(reading.data());
  while (got && *got != 0) {
    std::swap(parsing, reading);
    const std::size_t size = *got;
    Result<void> consumed = boost::system::in_place_value;
    std::function<void()> parse = [this, &parsing, &consumed, size] {
      consumed = normalizer_->consume(std::span<const char>(parsing.data(), size));
    };
    auto next = fill(reading.data());
    auto work = context_.pool.run(std::move(parse));
    got = co_await (std::move(next) && std::move(work));
    if (!consumed) co_return consumed.error();
    if (auto sent = co_await submit_bodies(); !sent) co_return sent.error();
    progress_.bytes_read += size;
    progress(phase);
  }
  if (!got) co_return got.error();
  reader_.reset();
  if (auto ended = normalizer_->end_file(); !ended) co_return ended.error();
  co_return co_await submit_bodies();
}

Task<std::size_t> DeliverySync::fill(char* out) {
  std::size_t filled = 0;
  while (filled < limits::fetch_block_bytes) {
    auto got = co_await reader_->read_some(
        std::span<char>(out + filled, limits::fetch_block_bytes - filled));
    if (!got) co_return got.error();
    if (*got == 0) break;
    filled += *got;
  }
  co_return filled;
}

Task<void> DeliverySync::submit_bodies() {
  std::vector<elastic::BulkBody> bodies = normalizer_->take_bodies();
  for (elastic::BulkBody& body : bodies) {
    if (!writer_) break;
    progress_.documents += body.items();
    auto taken = co_await writer_->submit(std::move(body));
    if (!taken) co_return taken.error();
  }
  co_return boost::system::in_place_value;
}

Task<void> DeliverySync::load() {
  if (auto ready = co_await elastic::ensure_charges_index(context_.cluster, index_); !ready)
    co_return ready.error();
  if (auto claimed = co_await claim(); !claimed) co_return claimed.error();
  if (auto purged = co_await purge_dead(); !purged) co_return purged.error();
  if (auto put = co_await put_record(outcome_.record, DeliveryState::loading); !put)
    co_return put.error();

  elastic::BulkOptions bulk;
  bulk.connections = context_.cluster.config().bulk_connections;
  bulk.gzip = elastic::wants_gzip(context_.cluster.config());
  bulk.observer = [this](const elastic::BulkEvent& event) {
    context_.observer.on_bulk(context_.config.id, event);
  };
  writer_ = std::make_unique<elastic::BulkWriter>(context_.cluster, std::move(bulk));
  auto found = co_await pass(Phase::load);
  if (!found) {
    writer_->cancel();
    writer_.reset();
    co_return found.error();
  }
  auto written = co_await writer_->drain();
  writer_.reset();
  if (!written) co_return written.error();
  outcome_.documents_written = written->stored;
  take_findings(std::move(*found));

  if (written->rejected != 0) {
    if (auto stored = co_await store_dead_letters(&written->rejected_items); !stored)
      co_return stored.error();
    co_return Error{
        Errc::mismatch,
        fmt::format("Elasticsearch refused {} of {} documents, the first with: {}",
                    written->rejected, written->submitted, written->rejected_items.front().reason)};
  }
  if (outcome_.record.rows_dead != 0) {
    if (auto stored = co_await store_dead_letters(nullptr); !stored) co_return stored.error();
  }
  if (outcome_.verdict == Verdict::withheld) {
    if (auto put = co_await put_record(outcome_.record, DeliveryState::withheld); !put)
      co_return put.error();
    co_return co_await purge_dead();
  }
  co_return co_await verify();
}

void DeliverySync::take_findings(normalize::Findings findings) {
  DeliveryRecord& record = outcome_.record;
  record.rows_read = findings.rows_read;
  record.rows_dropped = findings.rows_dropped;
  record.rows_dead = findings.rows_dead;
  record.negation_residues = findings.negation_residues;
  record.slices.clear();
  record.slices_kept = plan_ ? plan_->kept.size() : 0;
  record.slices_withdrawn = plan_ ? plan_->withdrawn.size() : visible_.slice_ids.size();
  record.slices_loaded = 0;
  for (auto& [key, slice] : findings.slices) {
    if (plan_ && !plan_->load.contains(key)) continue;
    ++record.slices_loaded;
    record.slices.push_back(slice);
  }
  if (plan_) record.slices.insert(record.slices.end(), plan_->kept.begin(), plan_->kept.end());
  std::sort(record.slices.begin(), record.slices.end(),
            [](const Slice& a, const Slice& b) { return a.key < b.key; });

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

Task<void> DeliverySync::verify() {
  const PhaseTimer timer(outcome_, Phase::verify);
  progress(Phase::verify);
  auto stored = co_await elastic::sum_slices(context_.cluster, index_);
  if (!stored) co_return stored.error();
  // Kept slices are compared as well: what is published next is all of it.
  const std::vector<elastic::Difference> differences =
      elastic::compare(outcome_.record.slices, *stored);
  if (differences.empty()) co_return boost::system::in_place_value;
  for (const elastic::Difference& difference : differences) {
    outcome_.differences.push_back(difference.slice_id + ": " + difference.what);
  }
  co_return Error{Errc::mismatch, fmt::format("{} slices differ from what was sent, the first is "
                                              "{}; readers keep the figures they have",
                                              differences.size(), outcome_.differences.front())};
}

Task<void> DeliverySync::publish() {
  {
    const PhaseTimer timer(outcome_, Phase::publish);
    progress(Phase::publish);
    if (auto ready = co_await elastic::ensure_charges_index(context_.cluster, index_); !ready)
      co_return ready.error();
    if (auto put = co_await put_record(outcome_.record, DeliveryState::verified); !put)
      co_return put.error();
    elastic::Visible shown;
    shown.index = index_;
    shown.delivery_id = outcome_.record.document_id();
    shown.slice_ids = ids_of(outcome_.record.slices);
    std::vector<elastic::Visible> all;
    all.push_back(shown);
    auto published =
        co_await elastic::publish(context_.cluster, context_.config.id, token_, std::move(all));
    if (!published) co_return published.error();
    const bool nothing_moved = plan_ && plan_->load.empty() && plan_->withdrawn.empty();
    outcome_.verdict = nothing_moved ? Verdict::unchanged : Verdict::published;
    if (auto put = co_await put_record(outcome_.record, DeliveryState::published); !put)
      co_return put.error();
    if (published_ && published_->document_id() != outcome_.record.document_id()) {
      if (auto put = co_await put_record(*published_, DeliveryState::superseded); !put)
        co_return put.error();
    }
    visible_ = std::move(shown);
  }
  ++token_;
  co_return co_await purge_dead();
}

Task<void> DeliverySync::claim() {
  // From here on no other daemon can publish for this feed what it loaded before, so all of that is
  // garbage, and the ids of this load are ours alone.
  auto claimed = co_await elastic::publish(context_.cluster, context_.config.id, token_,
                                           std::vector<elastic::Visible>());
  if (!claimed) co_return claimed.error();
  ++token_;
  outcome_.record.token = token_;
  slice_prefix_ = slice_prefix(delivery_.id, token_, schema_version);
  co_return boost::system::in_place_value;
}

Task<void> DeliverySync::purge_leftovers() {
  auto left = co_await elastic::count_lines_outside(context_.cluster, index_, visible_.slice_ids);
  if (!left) co_return left.error();
  if (*left != 0) co_return co_await purge_dead();
  co_return boost::system::in_place_value;
}

Task<void> DeliverySync::purge_dead() {
  const PhaseTimer timer(outcome_, Phase::purge);
  auto stored = co_await elastic::sum_slices(context_.cluster, index_);
  if (!stored) co_return stored.error();
  std::vector<std::string> ids;
  for (const auto& [id, slice] : *stored) ids.push_back(id);
  auto purged = co_await elastic::drop_slices(
      context_.cluster, index_, dead_slices(ids, visible_.slice_ids, token_, slice_prefix_));
  if (!purged) co_return purged.error();
  outcome_.documents_purged += *purged;
  co_return boost::system::in_place_value;
}

Task<void> DeliverySync::put_record(DeliveryRecord record, DeliveryState state) {
  record.state = state;
  if (state != DeliveryState::superseded) record.at = format_time(now());
  if (state == DeliveryState::published) outcome_.record = record;
  elastic::Document document(record.document_id(), record.to_json());
  co_return co_await elastic::put_document(context_.cluster, std::string(elastic::deliveries_index),
                                           std::move(document));
}

Task<void> DeliverySync::store_dead_letters(const std::vector<elastic::RejectedItem>* rejected) {
  elastic::BulkBody body = dead_letter_body(outcome_.record, findings_.dead_letters);
  if (rejected != nullptr) append_rejected(body, outcome_.record, *rejected);
  if (body.items() == 0) co_return boost::system::in_place_value;
  elastic::BulkWriter writer(context_.cluster, elastic::BulkOptions());
  if (auto taken = co_await writer.submit(std::move(body)); !taken) co_return taken.error();
  auto written = co_await writer.drain();
  if (!written) co_return written.error();
  if (written->rejected != 0) {
    co_return Error{Errc::rejected,
                    "dead letters were refused: " + written->rejected_items.front().reason};
  }
  co_return boost::system::in_place_value;
}

void DeliverySync::progress(Phase phase) {
  progress_.phase = phase;
  if (normalizer_) progress_.rows = normalizer_->rows_read();
  context_.observer.on_progress(progress_);
}

}  // namespace billow::sync
