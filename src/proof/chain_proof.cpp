#include "proof/chain_proof.hpp"

#include "base/deadline.hpp"
#include "elastic/audit_log.hpp"
#include "elastic/records.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <set>
#include <utility>

namespace billow::proof {
namespace {

using audit::Finding;
using audit::FindingKind;
using std::chrono_literals::operator""ms;

/// A publish is visible some moments before it is in the chain.
constexpr int looks_max = 4;
constexpr auto look_again_after = 700ms;

constexpr std::size_t records_at_once = 50;
constexpr std::size_t ids_at_once = 5'000;

/// The place that an _id names; nullopt for one that record_id() does not make.
std::optional<std::uint64_t> place_of(const std::string& id) {
  std::uint64_t place = 0;
  const char* const end = id.data() + id.size();
  const auto read = std::from_chars(id.data(), end, place);
  const bool number = read.ec == std::errc() && read.ptr == end && place > 0;
  return number && audit::record_id(place) == id ? std::optional(place) : std::nullopt;
}

/// What a daemon that is at work may explain, or an index that was not refreshed.
bool may_pass(const Finding& finding) {
  switch (finding.kind) {
    case FindingKind::publication_missing:
    case FindingKind::visible_differs:
    case FindingKind::delivery_differs:
    case FindingKind::record_missing:
    case FindingKind::head_differs:
      return true;
    default:
      return false;
  }
}

}  // namespace

Task<audit::Record> read_record(elastic::Cluster& cluster, std::uint64_t sequence) {
  const std::string id = audit::record_id(sequence);
  auto source = co_await elastic::get_document(cluster, std::string(elastic::audit_index), id);
  if (!source) co_return source.error();
  if (!*source)
    co_return Error{Errc::not_found, "audit record " + std::to_string(sequence) + " is gone"};
  co_return audit::Record::from_json(**source);
}

ChainProver::ChainProver(elastic::Cluster& cluster, Scope scope,
                         std::vector<audit::ChainEnd> anchors, OnProgress on_progress)
    : cluster_(cluster),
      scope_(std::move(scope)),
      anchors_(std::move(anchors)),
      on_progress_(std::move(on_progress)) {}

Task<ChainProof> ChainProver::run() {
  for (int looks = 1;; ++looks) {
    auto looked = co_await look();
    if (!looked) co_return looked.error();
    const auto& findings = proof_.findings;
    const bool final = std::none_of(findings.begin(), findings.end(), may_pass);
    if (final || looks == looks_max) co_return std::move(proof_);
    co_await sleep_for(look_again_after);
  }
}

Task<void> ChainProver::look() {
  proof_ = ChainProof();
  // Before the records are listed: a head read later could be ahead of them.
  auto head = co_await elastic::read_audit_head(cluster_);
  if (!head && head.error().code != Errc::malformed) co_return head.error();
  if (!head) proof_.findings.emplace_back(FindingKind::head_differs, head.error().detail);

  auto listed = co_await list();
  if (!listed) co_return listed.error();
  audit::ChainWalk begun(head ? *head : std::nullopt, anchors_);
  for (const std::string& id : listed->strangers) begun.take_stranger(id);
  auto chain = co_await walk(std::move(begun), std::move(listed->places));
  if (!chain) co_return chain.error();
  // After the records were read: a token is moved before its record is written.
  auto tokens = co_await elastic::read_tokens(cluster_);
  if (!tokens) co_return tokens.error();
  chain->end(*tokens);

  take(chain->findings());
  proof_.notes = chain->notes();
  proof_.records = chain->records();
  proof_.last = chain->last();
  proof_.newest = chain->newest();
  co_return co_await compare();
}

void ChainProver::take(std::vector<Finding> findings) {
  std::move(findings.begin(), findings.end(), std::back_inserter(proof_.findings));
}

Task<ChainProver::Listed> ChainProver::list() {
  elastic::DocumentScan::Request request;
  request.index = elastic::audit_index;
  request.sources = false;
  request.page = ids_at_once;
  elastic::DocumentScan scan(cluster_, std::move(request));
  Listed listed;
  for (;;) {
    auto page = co_await scan.next();
    if (!page) co_return page.error();
    if (page->empty()) break;
    for (const elastic::ScannedDocument& document : *page) {
      if (const auto place = place_of(document.id))
        listed.places.push_back(*place);
      else
        listed.strangers.push_back(document.id);
    }
  }
  auto closed = co_await scan.close();
  if (!closed) co_return closed.error();
  std::sort(listed.places.begin(), listed.places.end());
  co_return listed;
}

Task<audit::ChainWalk> ChainProver::walk(audit::ChainWalk walk, std::vector<std::uint64_t> places) {
  Progress progress;
  progress.what = "audit chain";
  progress.unit = "records";
  progress.total = places.size();
  for (std::size_t at = 0; at < places.size(); at += records_at_once) {
    std::vector<std::string> ids;
    for (std::size_t i = at; i < std::min(places.size(), at + records_at_once); ++i)
      ids.push_back(audit::record_id(places[i]));
    auto documents = co_await read(std::move(ids));
    if (!documents) co_return documents.error();
    for (elastic::ScannedDocument& document : *documents) {
      audit::StoredRecord stored;
      stored.place = place_of(document.id).value_or(0);
      stored.version = document.version;
      stored.source = std::move(document.source);
      walk.take(stored);
    }
    progress.done = std::min(places.size(), at + records_at_once);
    on_progress_(progress);
  }
  co_return walk;
}

Task<std::vector<elastic::ScannedDocument>> ChainProver::read(std::vector<std::string> ids) {
  auto documents =
      co_await elastic::get_documents(cluster_, std::string(elastic::audit_index), ids);
  if (documents || documents.error().code != Errc::over_limit || ids.size() == 1)
    co_return documents;
  const auto half = ids.begin() + static_cast<std::ptrdiff_t>(ids.size() / 2);
  std::vector<std::string> rest(half, ids.end());
  ids.erase(half, ids.end());
  auto first = co_await read(std::move(ids));
  if (!first) co_return first.error();
  auto second = co_await read(std::move(rest));
  if (!second) co_return second.error();
  first->insert(first->end(), std::make_move_iterator(second->begin()),
                std::make_move_iterator(second->end()));
  co_return first;
}

Task<void> ChainProver::compare() {
  auto shown = co_await elastic::read_shown(cluster_);
  if (!shown) co_return shown.error();
  std::set<std::string> feeds;
  for (const auto& [key, newest] : proof_.newest) feeds.insert(key.first);
  std::map<std::string, std::string> deliveries;
  for (const elastic::ShownIndex& index : *shown) {
    const std::string& delivery = index.visible.delivery_id;
    feeds.insert(delivery.substr(0, delivery.find(':')));
    deliveries[index.visible.index] = delivery;
  }
  proof_.feeds.assign(feeds.begin(), feeds.end());
  take(check_visible(proof_.newest, *shown, scope_));
  std::erase_if(proof_.newest, [this](const auto& item) {
    return !scope_.wants(item.first.first, item.first.second);
  });
  for (const auto& [key, newest] : proof_.newest)
    proof_.shown[key] = deliveries[elastic::charges_index(key.first, key.second)];
  co_return co_await check_deliveries();
}

Task<void> ChainProver::check_deliveries() {
  for (const auto& [key, newest] : proof_.newest) {
    if (!newest.sound) {
      proof_.notes.push_back(key.first + " " + key.second + ": its newest record " +
                             std::to_string(newest.sequence) +
                             " is not as it was written, so nothing is compared with it");
      continue;
    }
    if (proof_.shown.at(key) != newest.delivery) continue;
    auto record = co_await read_record(cluster_, newest.sequence);
    if (!record) co_return record.error();
    auto document = co_await elastic::get_document(cluster_, std::string(elastic::deliveries_index),
                                                   newest.delivery);
    if (!document) co_return document.error();
    std::optional<sync::DeliveryRecord> delivery;
    if (*document) {
      auto parsed = sync::DeliveryRecord::from_json(**document);
      if (parsed) delivery = *std::move(parsed);
    }
    take(check_delivery(*record, delivery));
  }
  co_return boost::system::in_place_value;
}

}  // namespace billow::proof
