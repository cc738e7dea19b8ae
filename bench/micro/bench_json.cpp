// What a page of JSON costs, one thread: cut into rows of cells (decode), and all the way to bulk
// bodies (load). bytes_per_second is JSON read. The argument is the number of deployments in the
// page, of 12 lines each. BILLOW_BENCH_PAGE names a page to use in place of the made-up ones.

#include "normalize/json_page.hpp"
#include "normalize/json_rows.hpp"
#include "normalize/normalizer.hpp"
#include "normalize/rules.hpp"
#include "sample_page.hpp"

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

namespace {

using namespace billow;
using namespace billow::normalize;

std::string page_of(const benchmark::State& state) {
  const char* const name = std::getenv("BILLOW_BENCH_PAGE");
  if (name == nullptr) return bench::sample_page(static_cast<std::size_t>(state.range(0)));
  std::ifstream stream(name, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

Options options_for_elastic() {
  Options options;
  options.rules = Rules::elastic_cloud;
  options.feed_id = "elastic-main";
  options.delivery_id = "elastic-main/2026-06/0123456789abcdef";
  options.slice_prefix = "k3f9";
  options.index = "billow-charges-elastic-main-2026";
  options.ingested_at = "2026-06-03T00:00:00Z";
  options.period = parse_month("2026-06").value();
  options.billing_account_id = "1111";
  return options;
}

class CountingSink final : public JsonRowSink {
 public:
  Result<void> take(const JsonRow& row) override {
    benchmark::DoNotOptimize(row.fields);
    if (!row.fault.empty()) ++faults;
    ++rows;
    return {};
  }
  Result<void> take(const JsonTotal&) override {
    ++faults;
    return {};
  }
  std::uint64_t rows = 0;
  std::uint64_t faults = 0;
};

void report(benchmark::State& state, std::uint64_t rows, std::size_t page_bytes) {
  state.SetBytesProcessed(static_cast<std::int64_t>(page_bytes) * state.iterations());
  state.SetItemsProcessed(static_cast<std::int64_t>(rows));
  state.counters["page_bytes"] = static_cast<double>(page_bytes);
}

void decode(benchmark::State& state) {
  const std::string page = page_of(state);
  const auto rules = make_elastic_cloud_rules(options_for_elastic());
  const std::string padded = page + std::string(JsonPage::padding, ' ');
  JsonRows rows(rules->shape());
  CountingSink sink;
  for (auto _ : state) rows.read({padded.data(), page.size()}, sink).value();
  if (sink.faults > 0 || sink.rows == 0) state.SkipWithError("the page is not as it should be");
  report(state, sink.rows, page.size());
}

void normalize_page(benchmark::State& state) {
  const std::string page = page_of(state);
  std::uint64_t rows = 0;
  for (auto _ : state) {
    Normalizer normalizer(options_for_elastic());
    normalizer.begin_file("instances/2026-06-02.json", false).value();
    normalizer.consume(page).value();
    normalizer.end_file().value();
    for (elastic::BulkBody& body : normalizer.take_bodies()) normalizer.reuse(std::move(body));
    const Findings found = normalizer.finish().value();
    if (found.rows_dead > 0) state.SkipWithError(found.dead_letters.front().reason.c_str());
    rows += found.rows_read;
  }
  report(state, rows, page.size());
}

BENCHMARK(decode)->Arg(5)->Arg(200)->Arg(2'000)->Unit(benchmark::kMicrosecond);
BENCHMARK(normalize_page)->Arg(200)->Unit(benchmark::kMicrosecond);

}  // namespace

BENCHMARK_MAIN();
