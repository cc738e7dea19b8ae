#include "elastic/slice_sums.hpp"

#include "elastic/completeness.hpp"
#include "elastic/refresh.hpp"

#include <simdjson.h>

namespace billow::elastic {
namespace {

namespace dom = simdjson::dom;

constexpr const char* answer_name = "the answer with the sums of slices";

Error malformed_sums(const char* what) {
  return {Errc::malformed, std::string(answer_name) + ": " + what};
}

Result<void> read_bucket(dom::element bucket, std::map<std::string, StoredSlice>& sums) {
  std::string_view slice;
  std::uint64_t lines = 0;
  if (bucket["key"]["slice"].get(slice) != simdjson::SUCCESS)
    return malformed_sums("a bucket has no slice");
  if (bucket["doc_count"].get(lines) != simdjson::SUCCESS)
    return malformed_sums("a bucket has no count");
  double counted = 0;  // documents that stand for several lines say so
  if (bucket["lines"]["value"].get(counted) == simdjson::SUCCESS)
    lines = static_cast<std::uint64_t>(counted);
  std::string_view currency;  // null: the lines have none
  if (bucket["key"]["currency"].get(currency) != simdjson::SUCCESS) currency = {};
  StoredSlice& stored = sums[std::string(slice)];
  stored.lines += lines;
  StoredSlice::Sums& of_currency = stored.by_currency[std::string(currency)];
  of_currency.lines += lines;
  for (std::size_t kind = 0; kind < cost_kinds; ++kind) {
    double value = 0;
    if (bucket[cost_names[kind]]["value"].get(value) != simdjson::SUCCESS)
      return malformed_sums("a sum is missing");
    of_currency.sums[kind] += value;
  }
  return {};
}

}  // namespace

std::string sums_body(const SumScope& scope, const std::string& after_key) {
  std::string body = R"({"size":0,"track_total_hits":false,)";
  if (!scope.query.empty()) body += R"("query":)" + scope.query + ',';
  body += R"("aggs":{"slices":{"composite":{"size":)";
  body += std::to_string(sums_page_max);
  if (!after_key.empty()) body += R"(,"after":)" + after_key;
  body += R"(,"sources":[{"slice":{"terms":{"field":"x_SliceId"}}},)"
          R"({"currency":{"terms":{"field":"BillingCurrency","missing_bucket":true}}}]},"aggs":{)";
  for (std::size_t kind = 0; kind < cost_kinds; ++kind) {
    const std::string name(cost_names[kind]);
    if (kind > 0) body += ',';
    body += '"' + name + R"(":{"sum":{"field":")" + name + R"("}})";
  }
  if (!scope.lines_field.empty())
    body += R"(,"lines":{"sum":{"field":")" + scope.lines_field + R"("}})";
  return body + "}}}}";
}

Result<std::string> read_sums(const std::string& json, std::map<std::string, StoredSlice>& sums) {
  dom::parser parser;
  dom::element answer;
  if (parser.parse(json).get(answer) != simdjson::SUCCESS) return malformed_sums("it is no JSON");
  if (auto complete = check_complete(answer, answer_name); !complete) return complete.error();
  // An index without a single line of ours has no such fields, and may answer without buckets.
  dom::element slices;
  if (answer["aggregations"]["slices"].get(slices) != simdjson::SUCCESS)
    return malformed_sums("it holds no slices");
  dom::array buckets;
  if (slices["buckets"].get(buckets) != simdjson::SUCCESS)
    return malformed_sums("it holds no buckets");
  for (const dom::element bucket : buckets) {
    if (auto read = read_bucket(bucket, sums); !read) return read.error();
  }
  dom::element after;
  if (slices["after_key"].get(after) != simdjson::SUCCESS) return std::string();
  return simdjson::minify(after);
}

Task<std::map<std::string, StoredSlice>> sum_slices(Cluster& cluster, std::string index) {
  SumScope everything;
  return sum_slices(cluster, std::move(index), std::move(everything));
}

Task<std::map<std::string, StoredSlice>> sum_slices(Cluster& cluster, std::string index,
                                                    SumScope scope) {
  std::map<std::string, StoredSlice> sums;
  auto is_there = co_await refresh(cluster, index);
  if (!is_there) co_return is_there.error();
  if (!*is_there) co_return sums;  // no index, no lines

  std::string after_key;
  do {
    auto body = co_await cluster.request(
        "POST", "/" + index + "/_search?allow_partial_search_results=false&request_cache=false",
        sums_body(scope, after_key));
    if (!body) co_return body.error();
    auto next = read_sums(*body, sums);
    if (!next) co_return next.error();
    after_key = *std::move(next);
  } while (!after_key.empty());
  co_return sums;
}

}  // namespace billow::elastic
