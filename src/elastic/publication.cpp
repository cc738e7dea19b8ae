#include "elastic/publication.hpp"

#include "elastic/alias_filter.hpp"
#include "elastic/answer.hpp"
#include "elastic/first_token.hpp"

#include <simdjson.h>

#include <algorithm>
#include <random>

namespace billow::elastic {
namespace {

/// Daemons that register feeds at the same moment get in each other's way; each round one of them
/// gets through.
constexpr int registration_rounds_max = 100;

/// 32 hexadecimal digits that no other call has.
std::string new_mark() {
  static constexpr char digits[] = "0123456789abcdef";
  std::random_device random;
  std::string mark;
  for (int word = 0; word < 4; ++word) {
    std::uint32_t bits = random();
    for (int i = 0; i < 8; ++i, bits >>= 4) mark += digits[bits & 15];
  }
  return mark;
}

Error moved_on(const std::string& feed, std::uint64_t token, std::string_view undone) {
  return {Errc::conflict, "feed " + feed + ": another daemon has moved the token on from " +
                              std::to_string(token) + "; nothing was " + std::string(undone)};
}

bool is_lost_race(const http::Response& response) {
  return response.status == 404 && error_type_of(response) == "aliases_not_found_exception";
}

/// False when Elasticsearch does not say that every node has taken the change over: it was in a
/// hurry, and the change may be to come, or to be lost with its master.
bool is_acknowledged(const http::Response& response) {
  simdjson::dom::parser parser;
  bool acknowledged = false;
  const auto ec = parser.parse(response.body)["acknowledged"].get(acknowledged);
  return ec == simdjson::SUCCESS && acknowledged;
}

Task<StateAliases> read_state(Cluster& cluster, std::string feed) {
  std::string path =
      "/" + std::string(state_index) + "/_alias/billow-feeds-*,billow-epoch-" + feed + "-*";
  auto body = co_await cluster.request("GET", std::move(path));
  if (!body) {
    Error error = body.error();
    if (error.code == Errc::not_found) error.detail += "; `billow setup` creates this index";
    co_return error;
  }
  co_return read_state_answer(*body, feed);
}

/// True when every index shows just what `shown` says.
Task<bool> shows(Cluster& cluster, std::vector<Visible> shown) {
  for (Visible& expected : shown) {
    auto visible = co_await read_visible(cluster, expected.index, expected.alias);
    if (!visible) co_return visible.error();
    if (expected.removed) {
      if (!visible->empty()) co_return false;
      continue;
    }
    std::sort(expected.slice_ids.begin(), expected.slice_ids.end());
    const bool same = visible->size() == 1 &&
                      visible->front().delivery_id == expected.delivery_id &&
                      visible->front().slice_ids == expected.slice_ids;
    if (!same) co_return false;
  }
  co_return !shown.empty();
}

/// Whether the call that carried `mark` has taken effect, though its answer did not say so.
Task<bool> took_effect(Cluster& cluster, std::string feed, std::uint64_t token, std::string mark,
                       std::vector<Visible> shown) {
  auto state = co_await read_state(cluster, feed);
  if (!state) co_return state.error();
  for (const Token& found : state->tokens) {
    if (found.number == token + 1) co_return found.mark == mark;
    if (found.number > token + 1) co_return co_await shows(cluster, std::move(shown));
  }
  co_return false;
}

}  // namespace

std::string charges_index(std::string_view feed, std::string_view period) {
  return std::string(charges_alias) + "-" + std::string(feed) + "-" + std::string(period);
}

Task<std::vector<Visible>> read_visible(Cluster& cluster, std::string index, std::string alias) {
  const std::string path = "/" + index + "/_alias/" + alias;
  auto response = co_await cluster.call("GET", path);
  if (!response) co_return response.error();
  if (response->status == 404) co_return std::vector<Visible>{};
  if (response->status >= 300) co_return error_of("GET " + path, *response);
  co_return read_visible_answer(response->body, alias);
}

Task<std::uint64_t> read_token(Cluster& cluster, std::string feed) {
  for (int round = 0; round < registration_rounds_max; ++round) {
    auto state = co_await read_state(cluster, feed);
    if (!state) co_return state.error();
    if (state->tokens.size() == 1) co_return state->tokens.front().number;
    if (state->tokens.size() > 1) {
      co_return Error{Errc::malformed,
                      "feed " + feed + " has more than one token on " + std::string(state_index) +
                          "; remove the lower alias billow-epoch-" + feed + "-<n>"};
    }
    if (!state->registered) {
      co_return Error{Errc::malformed, std::string(state_index) +
                                           " lacks its alias billow-feeds-<n>; `billow " +
                                           "setup` puts it back"};
    }
    // After the register was read: whoever records a publication of the feed from here on has moved
    // it before.
    auto first = co_await first_token(cluster, feed);
    if (!first) co_return first.error();
    std::string body = registration_body(feed, *state->registered, *first, new_mark());
    auto response = co_await cluster.call("POST", "/_aliases", std::move(body));
    if (!response) co_return response.error();
    // Refused because another daemon was first, or because our own lost answer had been a yes: look
    // again.
    if (response->status >= 300 && !is_lost_race(*response))
      co_return error_of("POST /_aliases", *response);
  }
  co_return Error{Errc::conflict,
                  "feed " + feed + " could not be registered: too many daemons try at once"};
}

Task<void> publish(Cluster& cluster, std::string feed, std::uint64_t token,
                   std::vector<Visible> shown) {
  const std::string mark = new_mark();
  std::string body = publication_body(feed, token, mark, shown);
  auto response = co_await cluster.call("POST", "/_aliases", std::move(body));
  const bool taken = response && response->status < 300;
  if (taken && is_acknowledged(*response)) co_return Result<void>{};
  const bool lost_race = response && is_lost_race(*response);
  if (response && !taken && !lost_race) co_return error_of("POST /_aliases", *response);

  // A try before may have taken effect with its answer lost on the way.
  auto effect = co_await took_effect(cluster, feed, token, mark, std::move(shown));
  if (effect && *effect) co_return Result<void>{};
  if (taken) {
    co_return Error{Errc::transient, "feed " + feed +
                                         ": POST /_aliases was not acknowledged and has not taken "
                                         "effect; the next pass sees whether it has since"};
  }
  if (!lost_race) co_return response.error();
  if (!effect) co_return effect.error();
  co_return moved_on(feed, token, "published");
}

Task<std::uint64_t> delete_index(Cluster& cluster, std::string feed, std::uint64_t token,
                                 std::string index) {
  const std::string mark = new_mark();
  std::string body = deletion_body(feed, token, mark, index);
  auto response = co_await cluster.call("POST", "/_aliases", std::move(body));
  if (response && response->status < 300) co_return token + 1;
  // Elasticsearch looks for the index first: gone it may be by a try before, or by somebody else.
  const bool gone = response && response->status == 404 && !is_lost_race(*response);
  if (response && response->status != 404) co_return error_of("POST /_aliases", *response);
  auto state = co_await read_state(cluster, feed);
  if (!state) co_return state.error();
  for (const Token& found : state->tokens) {
    if (found.number == token + 1 && found.mark == mark) co_return token + 1;
    if (found.number == token && gone) co_return token;
  }
  if (!response) co_return response.error();
  co_return moved_on(feed, token, "deleted");
}

}  // namespace billow::elastic
