#include "daemon/dead_letters.hpp"

#include "elastic/filters.hpp"
#include "elastic/records.hpp"

#include <simdjson.h>

#include <algorithm>
#include <numeric>

namespace billow::daemon {
namespace {

namespace dom = simdjson::dom;

/// A line may be 16 KiB: this many stay far below what one answer may have.
constexpr std::size_t page_letters = 500;
constexpr int groups_max = 1'000;

void write_filter(JsonWriter& writer, const LetterScope& scope) {
  elastic::open_query(writer);
  if (!scope.feeds.empty()) elastic::write_terms(writer, "x_FeedId", scope.feeds);
  if (scope.period) elastic::write_terms(writer, "BillingPeriod", {&*scope.period, 1});
  elastic::close_query(writer);
}

/// Groups by one field; `inner` writes what is asked of each group.
template <class Inner>
void write_groups(JsonWriter& writer, const char* field, Inner inner) {
  writer.Key("aggs");
  writer.StartObject();
  writer.Key("groups");
  writer.StartObject();
  writer.Key("terms");
  writer.StartObject();
  writer.Key("field");
  writer.String(field);
  writer.Key("size");
  writer.Int(groups_max);
  writer.EndObject();
  inner();
  writer.EndObject();
  writer.EndObject();
}

std::string text_at(dom::element object, const char* key) {
  std::string_view text;
  return object[key].get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

Error malformed_letters(const char* what) {
  return {Errc::malformed, std::string("dead letters: ") + what};
}

}  // namespace

std::uint64_t total(const LetterCounts& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const auto& entry) { return sum + entry.second; });
}

std::string letters_query(const LetterScope& scope, std::size_t from, std::size_t size) {
  rapidjson::StringBuffer out;
  JsonWriter writer(out);
  writer.StartObject();
  writer.Key("from");
  writer.Uint64(from);
  writer.Key("size");
  writer.Uint64(size);
  write_filter(writer, scope);
  writer.Key("sort");
  writer.StartArray();
  for (const char* field : {"x_FeedId", "BillingPeriod", "Object", "Row"}) writer.String(field);
  writer.EndArray();
  writer.EndObject();
  return out.GetString();
}

std::string letter_counts_query(const LetterScope& scope) {
  rapidjson::StringBuffer out;
  JsonWriter writer(out);
  writer.StartObject();
  writer.Key("size");
  writer.Int(0);
  write_filter(writer, scope);
  write_groups(writer, "x_FeedId", [&writer] { write_groups(writer, "BillingPeriod", [] {}); });
  writer.EndObject();
  return out.GetString();
}

Result<StoredLetter> read_letter(std::string_view source) {
  dom::parser parser;
  dom::element document;
  if (parser.parse(source.data(), source.size()).get(document) != simdjson::SUCCESS)
    return malformed_letters("a document is not JSON");
  StoredLetter letter;
  letter.feed = text_at(document, "x_FeedId");
  letter.period = text_at(document, "BillingPeriod");
  letter.delivery_id = text_at(document, "x_DeliveryId");
  letter.object = text_at(document, "Object");
  letter.column = text_at(document, "Column");
  letter.reason = text_at(document, "Reason");
  letter.line = text_at(document, "Line");
  if (document["Row"].get(letter.row) != simdjson::SUCCESS) letter.row = 0;
  return letter;
}

Result<LetterCounts> read_letter_counts(std::string_view answer) {
  dom::parser parser;
  dom::element document;
  if (parser.parse(answer.data(), answer.size()).get(document) != simdjson::SUCCESS)
    return malformed_letters("the answer is not JSON");
  LetterCounts counts;
  dom::array feeds;
  if (document["aggregations"]["groups"]["buckets"].get(feeds) != simdjson::SUCCESS)
    return malformed_letters("an answer without groups");
  for (dom::element feed : feeds) {
    dom::array periods;
    if (feed["groups"]["buckets"].get(periods) != simdjson::SUCCESS)
      return malformed_letters("a feed without periods");
    for (dom::element period : periods) {
      std::uint64_t count = 0;
      if (period["doc_count"].get(count) != simdjson::SUCCESS)
        return malformed_letters("a period without a count");
      counts[{text_at(feed, "key"), text_at(period, "key")}] = count;
    }
  }
  return counts;
}

Task<std::vector<StoredLetter>> read_letters(elastic::Cluster& cluster, LetterScope scope,
                                             std::size_t limit) {
  const std::size_t wanted = std::min(limit, letters_listed_max);
  std::vector<StoredLetter> letters;
  while (letters.size() < wanted) {
    const std::size_t size = std::min(page_letters, wanted - letters.size());
    std::string query = letters_query(scope, letters.size(), size);
    auto page = co_await elastic::search_documents(
        cluster, std::string(elastic::dead_letters_index), std::move(query));
    if (!page) co_return page.error();
    for (const elastic::Document& document : *page) {
      auto letter = read_letter(document.source);
      if (!letter) co_return letter.error();
      letters.push_back(*std::move(letter));
    }
    if (page->size() < size) break;
  }
  co_return letters;
}

Task<LetterCounts> count_letters(elastic::Cluster& cluster, LetterScope scope) {
  // No ignore_unavailable: it would also hide an index that the user may not read.
  std::string path = "/" + std::string(elastic::dead_letters_index) +
                     "/_search?allow_partial_search_results=false";
  std::string query = letter_counts_query(scope);
  auto answer = co_await cluster.request("POST", std::move(path), std::move(query));
  if (!answer && answer.error().code == Errc::not_found) co_return LetterCounts();
  if (!answer) co_return answer.error();
  co_return read_letter_counts(*answer);
}

}  // namespace billow::daemon
