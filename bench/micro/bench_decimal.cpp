// What exact decimals cost, next to doubles: reading a bill's number, adding it up, writing a
// product.

#include "base/decimal.hpp"
#include "charge/number.hpp"

#include <benchmark/benchmark.h>

#include <charconv>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace billow;

const std::vector<std::string>& numbers() {
  static const std::vector<std::string> made = [] {
    std::mt19937_64 random(1);
    std::vector<std::string> texts;
    for (int i = 0; i < 4096; ++i) {
      std::string digits = std::to_string(random() % 100'000'000'000);
      if (digits.size() < 11) digits.insert(0, 11 - digits.size(), '0');
      texts.push_back(digits.substr(0, digits.size() - 10) + '.' +
                      digits.substr(digits.size() - 10));
    }
    return texts;
  }();
  return made;
}

struct Memory {
  char bytes[64];
  char* take(std::size_t) { return bytes; }
};

template <class Work>
void each(benchmark::State& state, Work work) {
  for (auto _ : state) {
    for (const std::string& text : numbers()) work(text);
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * numbers().size()));
}

void read_double(benchmark::State& state) {
  each(state, [](const std::string& text) {
    double value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    benchmark::DoNotOptimize(value);
  });
}

void read_decimal(benchmark::State& state) {
  each(state, [](const std::string& text) { benchmark::DoNotOptimize(Decimal::parse(text)); });
}

void read_number_text(benchmark::State& state) {
  Memory memory;
  Number number;
  each(state, [&](const std::string& text) {
    benchmark::DoNotOptimize(read_number(Text(text), memory, number));
    benchmark::DoNotOptimize(number);
  });
}

void read_and_sum(benchmark::State& state) {
  DecimalSum sum;
  each(state, [&](const std::string& text) { sum.add(*Decimal::parse(text)); });
  benchmark::DoNotOptimize(sum);
}

void multiply_and_write(benchmark::State& state) {
  const Decimal rate = *Decimal::parse("0.0464");
  char out[Decimal::text_max];
  each(state, [&](const std::string& text) {
    benchmark::DoNotOptimize(multiply(*Decimal::parse(text), rate)->write_to(out));
  });
}

BENCHMARK(read_double);
BENCHMARK(read_decimal);
BENCHMARK(read_number_text);
BENCHMARK(read_and_sum);
BENCHMARK(multiply_and_write);

}  // namespace

BENCHMARK_MAIN();
