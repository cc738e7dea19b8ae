#include "proof/chain_proof.hpp"

#include "base/deadline.hpp"
#include "elastic/audit_log.hpp"
#include "elastic/records.hpp"
#include "proof/records.hpp"

#include <algorithm>
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
    const bool settled = std::none_of(findings.begin(), findings.end(), may_pass);
    if (settled || looks == looks_max) co_return std::move(proof_);
    co_await sleep_for(look_again_after);
  }
}

Task<void> ChainProver::look() {
  proof_ = ChainProof();
  // Before the records are listed: a head read later could be ahead of them.
  auto head = co_await elastic::read_audit_head(cluster_);
  if (!head && head.error().code != Errc::malformed) co_return head.error();
  if (!head) proof_.findings.emplace_back(FindingKind::head_differs, head.error().detail);

  RecordReader reader(cluster_, on_progress_);
  auto listed = co_await reader.list(R"({"match_all":{}})");
  if (!listed) co_return listed.error();
  audit::ChainWalk chain(head ? *head : std::nullopt, anchors_);
  for (const std::string& id : listed->strangers) chain.take_stranger(id);
  RecordReader::Take take_record = [&chain](const audit::StoredRecord& stored) {
    chain.take(stored);
  };
  auto read = co_await reader.read(std::move(listed->places), std::move(take_record));
  if (!read) co_return read.error();
  // After the records were read: a token is moved before its record is written.
  auto tokens = co_await elastic::read_tokens(cluster_);
  if (!tokens) co_return tokens.error();
  chain.end(*tokens);

  take(chain.findings());
  proof_.notes = chain.notes();
  proof_.records = chain.records();
  proof_.last = chain.last();
  proof_.newest = chain.newest();
  co_return co_await compare();
}

void ChainProver::take(std::vector<Finding> findings) {
  std::move(findings.begin(), findings.end(), std::back_inserter(proof_.findings));
}

Task<void> ChainProver::compare() {
  auto shown = co_await elastic::read_shown(cluster_);
  if (!shown) co_return shown.error();
  std::set<std::string> feeds;
  std::set<audit::ChainWalk::Key> known;
  for (const auto& [key, newest] : proof_.newest) {
    feeds.insert(key.first);
    known.insert(key);
  }
  std::map<audit::ChainWalk::Key, std::string> deliveries;
  for (const elastic::ShownIndex& index : *shown) {
    const std::string& delivery = index.visible.delivery_id;
    feeds.insert(delivery.substr(0, delivery.find(':')));
    const auto key = key_of(index.visible.index);
    if (!key) continue;
    deliveries[*key] = delivery;
    known.insert(*key);
  }
  note_absent(known);
  proof_.feeds.assign(feeds.begin(), feeds.end());
  take(check_visible(proof_.newest, *shown, scope_));
  std::erase_if(proof_.newest, [this](const auto& item) {
    return !scope_.wants(item.first.first, item.first.second);
  });
  for (const auto& [key, newest] : proof_.newest) proof_.shown[key] = deliveries[key];
  co_return co_await check_deliveries();
}

void ChainProver::note_absent(const std::set<audit::ChainWalk::Key>& known) {
  const std::string period = scope_.period ? " " + *scope_.period : "";
  const auto is_known = [&](const std::string* feed) {
    return std::ranges::any_of(known, [&](const audit::ChainWalk::Key& key) {
      return (feed == nullptr || key.first == *feed) && scope_.wants(key.first, key.second);
    });
  };
  if (scope_.feeds.empty() && scope_.period && !is_known(nullptr))
    proof_.absent.push_back("every feed" + period);
  for (const std::string& feed : scope_.feeds)
    if (!is_known(&feed)) proof_.absent.push_back(feed + period);
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
