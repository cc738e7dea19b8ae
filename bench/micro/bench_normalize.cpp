// What each stage between csv.gz and bulk bodies costs, one thread. Each figure contains the stages
// above it: inflate, + index (rows and fields), + digest pass (rules, encoding, digest, sums), +
// load pass (bodies). BILLOW_BENCH_FILE names a CUR 2.0 csv.gz to use in place of the made-up bill,
// BILLOW_BENCH_PERIOD its month.

#include "normalize/csv_reader.hpp"
#include "normalize/gunzip.hpp"
#include "normalize/normalizer.hpp"
#include "normalize/rules.hpp"
#include "sample_bill.hpp"

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

namespace {

using namespace billow;
using namespace billow::normalize;

constexpr std::size_t sample_lines = 200'000;

struct Bill {
  std::string file;
  UnixSeconds period;
};

/// Made by the first call: to be called before the clock runs.
const Bill& bill() {
  static const Bill made = [] {
    const char* const name = std::getenv("BILLOW_BENCH_FILE");
    const char* const month = std::getenv("BILLOW_BENCH_PERIOD");
    const UnixSeconds period = parse_month(month == nullptr ? "2026-06" : month).value();
    if (name == nullptr) return Bill{bench::gzip(bench::sample_bill(sample_lines)), period};
    std::ifstream stream(name, std::ios::binary);
    return Bill{{std::istreambuf_iterator<char>(stream), {}}, period};
  }();
  return made;
}

/// Calls `consume` with the file in the pieces a fetch brings.
template <class Consume>
void in_blocks(const std::string& file, Consume consume) {
  for (std::size_t at = 0; at < file.size(); at += limits::fetch_block_bytes) {
    const std::string_view block = std::string_view(file).substr(at, limits::fetch_block_bytes);
    consume(std::span<const char>(block));
  }
}

void report(benchmark::State& state, std::uint64_t rows, std::uint64_t bytes_out) {
  state.SetItemsProcessed(static_cast<std::int64_t>(rows));
  state.counters["ns_a_line"] = benchmark::Counter(
      static_cast<double>(rows) * 1e-9, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
  state.counters["in_MB/s"] =
      benchmark::Counter(static_cast<double>(bill().file.size() * state.iterations()) * 1e-6,
                         benchmark::Counter::kIsRate);
  state.counters["out_bytes"] = static_cast<double>(bytes_out);
}

/// Rows are counted apart: this stage does not see them.
std::uint64_t rows_of_bill() {
  static const std::uint64_t rows = [] {
    Options options;
    options.period = bill().period;
    options.pass = Pass::digest;
    Normalizer normalizer(options);
    (void)normalizer.begin_file("bill", true).value();
    in_blocks(bill().file, [&](std::span<const char> block) { normalizer.consume(block).value(); });
    normalizer.end_file().value();
    return normalizer.rows_read();
  }();
  return rows;
}

void inflate(benchmark::State& state) {
  const std::string& file = bill().file;
  Gunzip gunzip;
  std::string chunk(64 * limits::KiB, '\0');
  std::uint64_t bytes = 0;
  for (auto _ : state) {
    bytes = 0;
    gunzip.begin();
    in_blocks(file, [&](std::span<const char> block) {
      gunzip.feed(block);
      while (const std::size_t written = gunzip.read(chunk).value()) bytes += written;
    });
  }
  report(state, rows_of_bill() * static_cast<std::uint64_t>(state.iterations()), bytes);
}

void index_rows(benchmark::State& state, CsvIndexFunction index) {
  const std::string& file = bill().file;
  Gunzip gunzip;
  CsvReader reader(64 * limits::KiB, limits::row_bytes_max, index);
  Scratch scratch;
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
  for (auto _ : state) {
    bytes = 0;
    gunzip.begin();
    reader.begin();
    const auto take = [&] {
      CsvRow row;
      for (scratch.clear(); reader.next(row, scratch); scratch.clear()) {
        benchmark::DoNotOptimize(row.fields);
        ++rows;
      }
    };
    in_blocks(file, [&](std::span<const char> block) {
      gunzip.feed(block);
      for (;;) {
        if (reader.room().empty()) take();
        const std::size_t written = gunzip.read(reader.room()).value();
        if (written == 0) break;
        reader.filled(written);
        bytes += written;
      }
    });
    reader.end();
    take();
  }
  report(state, rows, bytes);
}

void normalize(benchmark::State& state, Pass pass, std::size_t bulk_bytes) {
  const std::string& file = bill().file;
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
  for (auto _ : state) {
    bytes = 0;
    Options options;
    options.pass = pass;
    options.feed_id = "aws-main";
    options.delivery_id = "aws-main/2026-06/0123456789abcdef";
    options.slice_prefix = "k3f9";
    options.index = "billow-charges-aws-main-2026-06";
    options.ingested_at = "2026-06-03T00:00:00Z";
    options.period = bill().period;
    options.bulk_bytes = bulk_bytes;
    Normalizer normalizer(options);
    normalizer.begin_file("bill.csv.gz", true).value();
    in_blocks(file, [&](std::span<const char> block) {
      normalizer.consume(block).value();
      for (elastic::BulkBody& body : normalizer.take_bodies()) {
        bytes += body.bytes.size();
        normalizer.reuse(std::move(body));
      }
    });
    normalizer.end_file().value();
    const Findings found = normalizer.finish().value();
    if (found.rows_dead > 0) state.SkipWithError(found.dead_letters.front().reason.c_str());
    rows += found.rows_read;
  }
  report(state, rows, bytes);
}

BENCHMARK(inflate)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(index_rows, vectors, csv_index_paths().front().index)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(index_rows, portable, csv_index_paths().back().index)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(normalize, digest, Pass::digest, limits::bulk_bytes_default)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(normalize, load, Pass::load, limits::bulk_bytes_default)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(normalize, load_512_KiB, Pass::load, 512 * limits::KiB)
    ->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
