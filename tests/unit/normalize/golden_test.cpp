#include "base/decimal.hpp"
#include "feed/data_exports.hpp"
#include "normalize/normalizer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

namespace billow::normalize {
namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// Every value of a document by its path: `SkuPriceDetails/CoreCount` -> `2`. Numbers are equal
/// when their values are.
using Document = std::map<std::string, std::string>;

void flatten(simdjson::ondemand::value value, const std::string& path, Document& out) {
  switch (value.type().value()) {
    case simdjson::ondemand::json_type::object:
      for (auto field : value.get_object()) {
        const std::string key(field.unescaped_key().value());
        flatten(field.value(), path.empty() ? key : path + "/" + key, out);
      }
      break;
    case simdjson::ondemand::json_type::array: {
      std::vector<std::string> items;
      for (auto item : value.get_array()) items.emplace_back(item.get_string().value());
      std::sort(items.begin(), items.end());
      std::string& joined = out[path];
      for (const std::string& item : items) joined += item + "\n";
      break;
    }
    case simdjson::ondemand::json_type::number: {
      std::string_view token = value.raw_json_token();
      while (token.ends_with(' ') || token.ends_with('\n')) token.remove_suffix(1);
      out[path] = "number " + Decimal::parse(token).value_or(Decimal{}).normalized().to_string();
      break;
    }
    case simdjson::ondemand::json_type::string:
      out[path] = value.get_string().value();
      break;
    default:
      out[path] = value.get_bool().value() ? "true" : "false";
      break;
  }
}

Document document_of(std::string_view line) {
  simdjson::ondemand::parser parser;
  const simdjson::padded_string json(line);
  auto parsed = parser.iterate(json);
  Document document;
  for (auto field : parsed.get_object()) {
    flatten(field.value(), std::string(field.unescaped_key().value()), document);
  }
  for (const char* ours : {"x_FeedId", "x_DeliveryId", "x_SliceId", "x_IngestedAt"})
    document.erase(ours);
  return document;
}

std::vector<Document> documents_of(std::string_view lines, std::size_t every) {
  std::vector<Document> documents;
  for (std::size_t i = 1; !lines.empty(); ++i) {
    const std::size_t end = lines.find('\n');
    if (i % every == 0) documents.push_back(document_of(lines.substr(0, end)));
    lines.remove_prefix(end == std::string_view::npos ? lines.size() : end + 1);
  }
  return documents;
}

struct Case {
  fs::path folder;
  Rules rules;
};

std::vector<Case> cases() {
  std::vector<Case> all;
  for (const auto& [feed, rules] :
       {std::pair{"aws/cur2", Rules::aws_cur2}, std::pair{"aws/focus", Rules::aws_focus},
        std::pair{"elastic-cloud/costs", Rules::elastic_cloud}}) {
    const fs::path data = fs::path(BILLOW_SOURCE_DIR) / "ingest" / feed / "testdata";
    if (!fs::exists(data)) continue;
    for (const auto& entry : fs::directory_iterator(data)) {
      if (entry.is_directory()) all.push_back({entry.path(), rules});
    }
  }
  return all;
}

Options options_for(Rules rules, const std::string& month) {
  Options options;
  options.rules = rules;
  options.feed_id = "golden";
  options.delivery_id = "d";
  options.slice_prefix = "s";
  options.index = "billow-charges-golden";
  options.ingested_at = "2026-07-01T00:00:00Z";
  options.period = parse_month(month).value_or(0);
  options.billing_account_id = "1234567890";
  return options;
}

std::string to_text(const Document& document) {
  std::string text;
  for (const auto& [path, value] : document) text += path + " = " + value + "\n";
  return text;
}

/// One page a day.
std::vector<fs::path> pages_of(const fs::path& source) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(source / "instances"))
    files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

/// The data files that the newest manifest of a month names. The bucket's copy keeps them as plain
/// text.
std::vector<fs::path> files_of(const fs::path& source, const std::string& month) {
  if (fs::exists(source / "instances")) return pages_of(source);
  const std::string manifest_name = "P/E/metadata/BILLING_PERIOD=" + month + "/E-Manifest.json";
  const auto manifest = feed::parse_manifest(text_of(source / manifest_name), "P/E");
  EXPECT_TRUE(manifest) << manifest.error().detail;
  std::vector<fs::path> files;
  for (const std::string& key : manifest->data_files)
    files.push_back(source / key.substr(0, key.rfind(".gz")));
  return files;
}

struct GoldenOutcome {
  std::vector<Document> documents;
  Findings findings;
};

GoldenOutcome normalize(const Case& golden, const std::string& month) {
  Normalizer normalizer(options_for(golden.rules, month));
  for (const fs::path& file : files_of(golden.folder / "source", month)) {
    const std::string bytes = text_of(file);
    EXPECT_TRUE(normalizer.begin_file(file.filename().string(), false));
    EXPECT_TRUE(normalizer.consume(bytes));
    const auto ended = normalizer.end_file();
    EXPECT_TRUE(ended) << ended.error().detail;
  }
  GoldenOutcome outcome;
  auto findings = normalizer.finish();
  EXPECT_TRUE(findings) << findings.error().detail;
  outcome.findings = *std::move(findings);
  for (const auto& body : normalizer.take_bodies()) {
    auto more = documents_of(body.bytes, 2);
    outcome.documents.insert(outcome.documents.end(), more.begin(), more.end());
  }
  return outcome;
}

void expect_totals(const Findings& findings, const fs::path& totals_path) {
  simdjson::dom::parser parser;
  const simdjson::padded_string json(text_of(totals_path));
  const simdjson::dom::element totals = parser.parse(json);
  EXPECT_EQ(findings.rows_read, totals["rows"].get_uint64().value());
  EXPECT_EQ(findings.charges, totals["charges"].get_uint64().value());
  EXPECT_EQ(findings.rows_dropped, totals["dropped"].get_uint64().value());
  EXPECT_EQ(findings.rows_dead, totals["dead_letters"].get_uint64().value());
  std::vector<std::string> residues;
  for (const simdjson::dom::element residue : totals["negation_residues"].get_array()) {
    const auto text = [&](const char* name) {
      return std::string(residue[name].get_string().value());
    };
    residues.push_back(text("plan") + " " + text("hour") + " " + text("amount") + " USD");
  }
  EXPECT_EQ(findings.negation_residues, residues);
  std::map<std::string, std::uint64_t> slices;
  for (const auto& [key, slice] : findings.slices) slices[key.to_string()] = slice.totals.lines;
  std::map<std::string, std::uint64_t> expected;
  for (const auto field : totals["slices"].get_object())
    expected[std::string(field.key)] = field.value.get_uint64().value();
  EXPECT_EQ(slices, expected);
}

TEST(Golden, BillsBecomeTheChargesThatWereWorkedOutByHand) {
  const std::vector<Case> all = cases();
  ASSERT_FALSE(all.empty());
  for (const Case& golden : all) {
    SCOPED_TRACE(golden.folder.string());
    const GoldenOutcome outcome = normalize(golden, "2026-06");
    expect_totals(outcome.findings, golden.folder / "totals.json");
    const std::vector<Document> expected =
        documents_of(text_of(golden.folder / "expected.ndjson"), 1);
    ASSERT_EQ(outcome.documents.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      EXPECT_EQ(to_text(outcome.documents[i]), to_text(expected[i])) << "charge " << i;
    }
  }
}

}  // namespace
}  // namespace billow::normalize
