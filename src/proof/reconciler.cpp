#include "proof/reconciler.hpp"

#include "audit/line.hpp"
#include "base/civil_time.hpp"
#include "base/deadline.hpp"
#include "elastic/audit_log.hpp"
#include "elastic/index_family.hpp"
#include "elastic/publication.hpp"
#include "proof/charges.hpp"
#include "proof/history.hpp"
#include "proof/rollup_account.hpp"
#include "proof/visible_check.hpp"

#include <algorithm>
#include <utility>

namespace billow::proof {
namespace {

using std::chrono_literals::operator""ms;

/// Something published while a period is read makes its reading begin again.
constexpr int rounds_max = 4;
constexpr auto round_delay = 500ms;

std::string plural(std::uint64_t count, const std::string& thing) {
  return std::to_string(count) + " " + thing + (count == 1 ? "" : "s");
}

}  // namespace

Reconciler::Reconciler(elastic::Cluster& cluster, std::map<std::string, Source*> sources,
                       std::span<const rollup::Definition> rollups, Scope scope,
                       OnProgress on_progress)
    : cluster_(cluster),
      sources_(std::move(sources)),
      rollups_(rollups),
      scope_(std::move(scope)),
      on_progress_(std::move(on_progress)) {}

std::vector<std::string> Reconciler::feeds() const { return {feeds_.begin(), feeds_.end()}; }

Task<Reconciliation> Reconciler::run(std::vector<Invoice> invoices) {
  auto keys = co_await find_periods();
  if (!keys) co_return keys.error();
  miss_periods(*keys);
  std::vector<PeriodAccounts> periods;
  for (const Key& key : *keys) {
    auto period = co_await read_period(key);
    if (!period) co_return period.error();
    periods.push_back(*std::move(period));
  }
  Reconciliation made = reconcile(periods, invoices, charges);
  made.notes = std::move(notes_);
  made.failures = std::move(failures_);
  co_return made;
}

Task<std::set<Reconciler::Key>> Reconciler::find_periods() {
  std::set<Key> keys;
  auto history = co_await read_history(cluster_, scope_, std::nullopt, on_progress_);
  if (!history) co_return history.error();
  for (const HistoryEvent& event : history->events())
    keys.emplace(event.record.feed, event.record.period);
  auto shown = co_await elastic::read_shown(cluster_);
  if (!shown) co_return shown.error();
  std::set<Key> shown_periods;
  for (const elastic::ShownIndex& index : *shown) {
    const auto key = key_of(index.visible.index);
    if (!key)
      failures_.push_back(index.visible.index + ": readers see it, and Billow did not make it");
    if (key && !shown_periods.insert(*key).second && scope_.wants(key->first, key->second))
      failures_.push_back(key->first + " " + key->second + ": readers see two indices of it, and " +
                          "so its lines twice or those of two statements; the one is " +
                          index.visible.index);
  }
  keys.insert(shown_periods.begin(), shown_periods.end());
  for (const auto& [feed, source] : sources_) {
    feeds_.insert(feed);
    if (!scope_.wants(feed, scope_.period.value_or(""))) continue;
    auto periods = co_await source->periods();
    const bool asked_again = std::any_of(keys.begin(), keys.end(), [this, &feed](const Key& key) {
      return key.first == feed && scope_.wants(key.first, key.second);
    });
    if (!periods && !asked_again)
      failures_.push_back(feed + ": provider not compared: " + periods.error().detail);
    if (!periods) continue;
    for (const std::string& period : *periods) keys.emplace(feed, period);
  }
  for (const Key& key : keys) feeds_.insert(key.first);
  std::erase_if(keys, [this](const Key& key) { return !scope_.wants(key.first, key.second); });
  co_return keys;
}

void Reconciler::miss_periods(const std::set<Key>& keys) {
  const std::string period = scope_.period ? " " + *scope_.period : "";
  const std::string others =
      sources_.empty() ? " (no provider was asked)" : ", and no provider shows it";
  const auto miss = [&](const std::string& what) {
    failures_.push_back(what + ": nothing to compare: it was never published" + others);
  };
  if (scope_.feeds.empty() && keys.empty()) miss("every feed" + period);
  for (const std::string& feed : scope_.feeds) {
    const bool found =
        std::ranges::any_of(keys, [&feed](const Key& key) { return key.first == feed; });
    if (!found) miss(feed + period);
  }
}

Task<PeriodAccounts> Reconciler::read_period(Key key) {
  const std::size_t notes = notes_.size();
  const std::size_t failures = failures_.size();
  for (int round = 1;; ++round) {
    settled_ = true;
    auto period = co_await read_once(key);
    const bool moved = !period && period.error().code == Errc::conflict;
    if (round == rounds_max || (!moved && settled_)) co_return period;
    notes_.resize(notes);
    failures_.resize(failures);
    co_await sleep_for(round_delay);
  }
}

Task<PeriodAccounts> Reconciler::read_once(Key key) {
  accounts_ = PeriodAccounts();
  accounts_.feed = key.first;
  accounts_.period = key.second;
  auto index = co_await elastic::find_charges(cluster_, key.first, key.second);
  if (!index) co_return index.error();
  auto before = co_await elastic::read_shown_of(cluster_, *index);
  if (!before) co_return before.error();
  auto record = co_await elastic::last_audited(cluster_, key.first, key.second);
  if (!record) co_return record.error();
  recorded_ = record->has_value();
  published_ = record->value_or(audit::Record());
  if (auto asked = co_await ask_provider(); !asked) co_return asked.error();
  ask_chain();
  if (auto added = co_await add_charges_up(*before); !added) co_return added.error();
  for (const rollup::Definition& definition : rollups_) {
    auto asked = co_await ask_rollup(definition.alias());
    if (!asked) co_return asked.error();
  }
  auto after = co_await elastic::read_shown_of(cluster_, *index);
  if (!after) co_return after.error();
  const std::string& delivery = after->visible.delivery_id;
  if (before->visible.delivery_id != delivery)
    co_return Error{Errc::conflict, key.first + " " + key.second +
                                        ": deliveries are published faster than they can be read"};
  // A publish is visible some moments before it is in the chain.
  settled_ = delivery.empty() || published_.delivery_record() == delivery;
  co_return std::move(accounts_);
}

Task<void> Reconciler::ask_provider() {
  if (sources_.empty()) co_return boost::system::in_place_value;
  const auto source = sources_.find(accounts_.feed);
  if (source == sources_.end()) {
    not_compared(provider, "the configuration has no such feed");
    co_return boost::system::in_place_value;
  }
  const std::string name = accounts_.feed + " " + accounts_.period + ": ";
  const DeliveryKind stated_kind = source->second->states();
  if (stated_kind != DeliveryKind::full) {
    notes_.push_back(name + "the provider is not asked: each of its deliveries is a " +
                     std::string(name_of(stated_kind)) +
                     ", none of which states the period; 'billow audit verify --deep' reads the "
                     "newest again");
    co_return boost::system::in_place_value;
  }
  auto found = co_await source->second->newest(accounts_.period);
  if (!found) {
    not_compared(provider, "the source cannot be read: " + found.error().detail);
    co_return boost::system::in_place_value;
  }
  if (!found->delivery) {
    not_compared(provider, found->missing);
    co_return boost::system::in_place_value;
  }
  auto stated = co_await source->second->add_up(*found->delivery);
  if (!stated) {
    not_compared(provider, "the source cannot be read: " + stated.error().detail);
    co_return boost::system::in_place_value;
  }
  if (stated->rows_dead > 0)
    notes_.push_back(name + plural(stated->rows_dead, "row") +
                     " of the statement could not become charges and are missing in all figures");
  Account account;
  account.place = provider;
  account.totals = stated->totals().by_currency;
  accounts_.accounts.push_back(std::move(account));
  if (published_.delivery_id != found->delivery->id)
    notes_.push_back(name + "the provider's newest delivery, " + found->delivery->execution_id +
                     ", is not the one that is published");
  co_return boost::system::in_place_value;
}

void Reconciler::ask_chain() {
  Account account;
  account.place = chain;
  account.totals = published_.totals().by_currency;
  accounts_.accounts.push_back(std::move(account));
  // The first record of a chain is number 1.
  if (!recorded_ || (published_.sequence > 0 && audit::is_as_written(published_))) return;
  failures_.push_back(accounts_.feed + " " + accounts_.period + ": record " +
                      std::to_string(published_.sequence) +
                      " is not as it was written; 'billow audit verify' tells more");
}

Task<void> Reconciler::add_charges_up(elastic::ShownIndex shown) {
  if (!shown.foreign.empty()) {
    not_compared(charges, shown.foreign);
    co_return boost::system::in_place_value;
  }
  ChargesOf of;
  of.feed = accounts_.feed;
  of.period = accounts_.period;
  of.slice_ids = std::move(shown.visible.slice_ids);
  ControlTotals totals;
  TakeCharge take = [&totals](const audit::StoredLine& line) {
    if (const auto found = audit::totals_of(line.source)) audit::add(totals, *found);
  };
  auto read = co_await each_charge(cluster_, std::move(of), std::move(take), on_progress_);
  if (!read) co_return read.error();
  Account account;
  account.place = charges;
  account.totals = std::move(totals.by_currency);
  accounts_.accounts.push_back(std::move(account));
  co_return boost::system::in_place_value;
}

Task<void> Reconciler::ask_rollup(std::string alias) {
  auto account =
      co_await read_rollup(cluster_, alias, accounts_.feed, accounts_.period, on_progress_);
  if (!account && account.error().code != Errc::malformed) co_return account.error();
  if (account)
    accounts_.accounts.push_back(*std::move(account));
  else
    not_compared(alias, account.error().detail);
  co_return boost::system::in_place_value;
}

void Reconciler::not_compared(std::string place, const std::string& why) {
  Account account;
  account.place = std::move(place);
  account.known = false;
  failures_.push_back(accounts_.feed + " " + accounts_.period + ": " + account.place +
                      " not compared: " + why);
  accounts_.accounts.push_back(std::move(account));
}

}  // namespace billow::proof
