#include "base/civil_time.hpp"
#include "daemon/commands.hpp"
#include "daemon/text.hpp"
#include "feed/definition.hpp"
#include "normalize/normalizer.hpp"

#include <fmt/format.h>

#include <chrono>
#include <fstream>
#include <sys/resource.h>
#include <vector>

namespace billow::daemon {
namespace {

// Small blocks: what becomes of one is written before it leaves the processor's cache.
constexpr std::size_t block_bytes = 64 * limits::KiB;

/// What bodies came to, and where they went.
struct Output {
  std::uint64_t bytes = 0;
  std::uint64_t documents = 0;

  Result<void> write(normalize::Normalizer& normalizer) {
    for (elastic::BulkBody& body : normalizer.take_bodies()) {
      bytes += body.bytes.size();
      documents += body.items();
      if (!print_result(body.bytes)) return Error{Errc::transient, "standard output takes no more"};
      normalizer.reuse(std::move(body));
    }
    return {};
  }
};

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

Result<void> read_file(const std::string& file, normalize::Normalizer& normalizer, Output& output) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return Error{Errc::not_found, file + " cannot be read"};
  if (auto began = normalizer.begin_file(file, file.ends_with(".gz")); !began) return began;
  std::vector<char> block(block_bytes);
  while (in.read(block.data(), static_cast<std::streamsize>(block.size())), in.gcount() > 0) {
    const std::span<const char> bytes(block.data(), static_cast<std::size_t>(in.gcount()));
    if (auto consumed = normalizer.consume(bytes); !consumed) return consumed;
    if (auto written = output.write(normalizer); !written) return written;
  }
  return normalizer.end_file();
}

Result<normalize::Findings> read_files(const NormalizeCommand& command,
                                       normalize::Normalizer& normalizer, Output& output) {
  for (const std::string& file : command.files)
    if (auto read = read_file(file, normalizer, output); !read) return read.error();
  auto findings = normalizer.finish();
  if (!findings) return findings;
  if (auto written = output.write(normalizer); !written) return written.error();
  return findings;
}

/// {"USD":{"BilledCost":"1.25",...}}
std::string totals_json(const normalize::Findings& findings) {
  ControlTotals totals;
  for (const auto& [key, slice] : findings.slices) totals.add(slice.totals);
  std::string out;
  for (const auto& [currency, sums] : totals.by_currency) {
    std::string costs;
    for (std::size_t i = 0; i < cost_kinds; ++i)
      costs += fmt::format("{}\"{}\":\"{}\"", costs.empty() ? "" : ",", cost_names[i],
                           sums.sums[i].to_string());
    out += fmt::format("{}\"{}\":{{{}}}", out.empty() ? "" : ",", json_escaped(currency), costs);
  }
  return "{" + out + "}";
}

std::string dead_letters_json(const normalize::Findings& findings) {
  std::string out;
  for (const normalize::DeadLetter& letter : findings.dead_letters)
    out += fmt::format("{}{{\"object\":\"{}\",\"row\":{},\"column\":\"{}\",\"reason\":\"{}\"}}",
                       out.empty() ? "" : ",", json_escaped(letter.object), letter.row,
                       json_escaped(letter.column), json_escaped(letter.reason));
  return "[" + out + "]";
}

}  // namespace

int run(const NormalizeCommand& command, CommandContext context) {
  const auto definition = feed::find_definition(command.kind);
  if (!definition) {
    explain(context, {"billow: --feed-kind: " + definition.error().detail});
    return exit_code::bad_usage;
  }
  normalize::Options options;
  options.rules = normalize::rules_named(definition->normalizer).value();
  options.feed_id = "normalize";
  options.billing_account_id = "normalize";
  options.delivery_id = "normalize";
  options.slice_prefix = "normalize";
  options.index = "billow-charges-normalize";
  options.ingested_at = format_time(now());
  options.period = parse_month(command.period).value_or(0);

  const auto started = std::chrono::steady_clock::now();
  const double cpu_before = cpu_seconds();
  normalize::Normalizer normalizer(std::move(options));
  Output output;
  const auto findings = read_files(command, normalizer, output);
  if (!findings) {
    explain(context, {"billow: " + findings.error().detail});
    return exit_code::failed;
  }
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  explain(
      context,
      {fmt::format(
          R"({{"rows":{},"charges":{},"dropped":{},"dead":{},"documents":{},"bytes_compressed":{},)"
          R"("bytes_inflated":{},"bytes_out":{},"seconds":{:.6f},"cpu_seconds":{:.6f},"slices":{},)"
          R"("totals":{},"dead_letters":{}}})",
          findings->rows_read, findings->charges, findings->rows_dropped, findings->rows_dead,
          output.documents, findings->bytes_compressed, findings->bytes_inflated, output.bytes,
          seconds, cpu_seconds() - cpu_before, findings->slices.size(), totals_json(*findings),
          dead_letters_json(*findings))});
  return exit_code::ok;
}

}  // namespace billow::daemon
