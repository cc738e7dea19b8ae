#include "charge/number.hpp"
#include "gzip_sample.hpp"
#include "normalize/json_page.hpp"
#include "normalize/normalizer.hpp"
#include "normalize/rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

namespace billow::normalize {
namespace {

using testing::HasSubstr;

// Pages like OpenAI's costs: buckets of results. Another feed is another table.
constexpr JsonMember amount_of_result[] = {
    {"value", JsonMember::Kind::number, "amount.value", {}},
    {"currency", JsonMember::Kind::text, "amount.currency", {}}};
constexpr JsonMember result_of_bucket[] = {
    {"amount", JsonMember::Kind::object, {}, amount_of_result},
    {"line_item", JsonMember::Kind::text, "line_item", {}}};
constexpr JsonMember bucket_of_page[] = {{"start_time", JsonMember::Kind::number, "start_time", {}},
                                         {"results", JsonMember::Kind::rows, {}, result_of_bucket},
                                         {"sum", JsonMember::Kind::total, "amount.value", {}}};
constexpr JsonMember page_of_buckets[] = {{"data", JsonMember::Kind::list, {}, bucket_of_page}};

class BucketRules final : public RowRules {
 public:
  JsonShape shape() const override { return page_of_buckets; }
  Result<void> begin_object(std::string_view object) override {
    if (object.starts_with("no")) return Error{Errc::malformed, "the name says no"};
    return {};
  }
  Result<HeaderFindings> bind(std::span<const std::string> header) override {
    EXPECT_EQ(header.size(), 4U);
    EXPECT_EQ(header[0], "start_time");
    EXPECT_EQ(header[1], "amount.value");
    return HeaderFindings{};
  }
  RowOutcome convert(const Row& row, Scratch& scratch, ChargeSink& sink) override {
    Number cost;
    if (!read_number(row.field(1), scratch, cost)) return {Fate::dead, "amount.value", "no amount"};
    if (row.field(3) == "drop") return {Fate::dropped, "", ""};
    charge_.clear();
    charge_[TextColumn::BillingCurrency] = row.field(2);
    charge_[TextColumn::ChargeDescription] = row.field(3);
    for (const NumberColumn column : {NumberColumn::BilledCost, NumberColumn::EffectiveCost,
                                      NumberColumn::ListCost, NumberColumn::ContractedCost}) {
      charge_[column] = cost;
    }
    charge_.charge_period_start = std::stoll(std::string(row.field(0)));
    charge_.charge_period_end = charge_.charge_period_start + seconds_per_day;
    sink.emit(charge_);
    return {};
  }

 private:
  Charge charge_;
};

Normalizer bucket_normalizer(Pass pass = Pass::load) {
  Options options;
  options.pass = pass;
  options.feed_id = "openai";
  options.delivery_id = "d1";
  options.slice_prefix = "k3";
  options.index = "billow-charges-openai-2026";
  options.ingested_at = "2026-06-03T00:00:00Z";
  return {std::move(options), std::make_unique<BucketRules>()};
}

constexpr std::string_view bucket_page = R"({"object":"page","data":[
  {"object":"bucket","start_time":1780272000,"results":[
    {"amount":{"value":0.06,"currency":"USD"},"line_item":"completions","project_id":null},
    {"amount":{"value":1.10,"currency":"USD"},"line_item":"say \"hi\"\n"},
    {"amount":{"value":9,"currency":"USD"},"line_item":"drop"},
    {"amount":{"value":"0.5","currency":"USD"},"line_item":"wrong type"},
    {"amount":null,"line_item":"no amount"}]},
  {"sum":3,"start_time":1780358400,"results":[{"amount":{"value":2.5,"currency":"EUR"}}]},
  {"sum":2,"start_time":1780444800,"results":[{"amount":{"value":2,"currency":"EUR"}}]}],
  "has_more":false})";

struct PageOutcome {
  Findings findings;
  std::string bytes;  ///< of all bodies
};

PageOutcome read_page(Normalizer normalizer, std::string_view file, bool gzipped,
                      std::size_t piece = 1 << 20) {
  PageOutcome outcome;
  EXPECT_TRUE(normalizer.begin_file("costs/p1.json", gzipped));
  for (; !file.empty(); file.remove_prefix(std::min(piece, file.size()))) {
    const auto consumed = normalizer.consume(file.substr(0, piece));
    EXPECT_TRUE(consumed) << consumed.error().detail;
  }
  const auto ended = normalizer.end_file();
  EXPECT_TRUE(ended) << ended.error().detail;
  outcome.findings = normalizer.finish().value();
  for (const auto& body : normalizer.take_bodies()) outcome.bytes += body.bytes;
  return outcome;
}

TEST(NormalizerOfJson, CountsEveryRowOnceAndSumsExactly) {
  const PageOutcome outcome = read_page(bucket_normalizer(), bucket_page, false);
  const Findings& found = outcome.findings;
  EXPECT_EQ(found.rows_read, 8U);  // seven results, and a sum that is none of its rows
  EXPECT_EQ(found.rows_charged, 4U);
  EXPECT_EQ(found.rows_dropped, 1U);
  EXPECT_EQ(found.rows_dead, 3U);
  EXPECT_EQ(found.charges, 4U);
  EXPECT_EQ(found.charges_encoded, 4U);
  EXPECT_EQ(found.bytes_compressed, bucket_page.size());
  EXPECT_EQ(found.bytes_inflated, bucket_page.size());
  ASSERT_EQ(found.slices.size(), 3U);
  const Slice& first = found.slices.begin()->second;
  EXPECT_EQ(first.totals.lines, 2U);
  EXPECT_EQ(first.totals.by_currency.at("USD").sums[0].to_string(), "1.16");
  EXPECT_THAT(outcome.bytes, HasSubstr(R"("ChargeDescription":"say \"hi\"\n")"));
  EXPECT_THAT(outcome.bytes, HasSubstr(R"("BilledCost":1.10,)"));
}

TEST(NormalizerOfJson, TellsWhyARowIsDeadAndWhereItIs) {
  const Findings found = read_page(bucket_normalizer(), bucket_page, false).findings;
  ASSERT_EQ(found.dead_letters.size(), 3U);
  const DeadLetter& wrong = found.dead_letters[0];
  EXPECT_EQ(wrong.object, "costs/p1.json");
  EXPECT_EQ(wrong.row, 4U);
  EXPECT_EQ(wrong.column, "amount.value");
  EXPECT_EQ(wrong.reason, "is a string, expected a number");
  EXPECT_EQ(wrong.line, R"({"amount":{"value":"0.5","currency":"USD"},"line_item":"wrong type"})");
  EXPECT_EQ(found.dead_letters[1].row, 5U);
  EXPECT_EQ(found.dead_letters[1].reason, "no amount");
  EXPECT_EQ(found.dead_letters[1].line, R"({"amount":null,"line_item":"no amount"})");
  const DeadLetter& sum = found.dead_letters[2];
  EXPECT_EQ(sum.row, 7U);
  EXPECT_EQ(sum.column, "data[1].sum");
  EXPECT_EQ(sum.reason, "is 3, but its rows come to 2.5");
  EXPECT_EQ(sum.line, "3");
}

TEST(NormalizerOfJson, GivesTheSameHoweverThePageArrives) {
  const std::string zipped = gzip(bucket_page);
  const PageOutcome whole = read_page(bucket_normalizer(), bucket_page, false);
  for (const std::size_t piece : {1, 7, 100}) {
    EXPECT_EQ(read_page(bucket_normalizer(), bucket_page, false, piece).bytes, whole.bytes);
    const PageOutcome inflated = read_page(bucket_normalizer(), zipped, true, piece);
    EXPECT_EQ(inflated.bytes, whole.bytes);
    EXPECT_EQ(inflated.findings.bytes_compressed, zipped.size());
    EXPECT_EQ(inflated.findings.bytes_inflated, bucket_page.size());
  }
}

TEST(NormalizerOfJson, DigestPassFindsTheSameAsLoadPass) {
  const PageOutcome load = read_page(bucket_normalizer(), bucket_page, false);
  const PageOutcome digest = read_page(bucket_normalizer(Pass::digest), bucket_page, false);
  EXPECT_EQ(digest.bytes, "");
  ASSERT_EQ(digest.findings.slices.size(), load.findings.slices.size());
  for (const auto& [key, slice] : load.findings.slices)
    EXPECT_TRUE(digest.findings.slices.at(key).totals.digest == slice.totals.digest);
}

TEST(NormalizerOfJson, ReadsSeveralPages) {
  Normalizer normalizer = bucket_normalizer();
  for (const char* name : {"costs/p1.json", "costs/p2.json"}) {
    ASSERT_TRUE(normalizer.begin_file(name, false));
    ASSERT_TRUE(normalizer.consume(bucket_page));
    ASSERT_TRUE(normalizer.end_file());
  }
  const Findings found = normalizer.finish().value();
  EXPECT_EQ(found.rows_read, 16U);
  ASSERT_EQ(found.dead_letters.size(), 6U);
  EXPECT_EQ(found.dead_letters[3].object, "costs/p2.json");
  EXPECT_EQ(found.dead_letters[3].row, 4U);
  EXPECT_EQ(found.slices.begin()->second.totals.lines, 4U);
}

/// What the normalizer says at the first step that fails.
Error refusal_of_page(std::string object, std::string_view bytes, bool gzipped) {
  Normalizer normalizer = bucket_normalizer();
  if (auto begun = normalizer.begin_file(std::move(object), gzipped); !begun) return begun.error();
  if (auto consumed = normalizer.consume(bytes); !consumed) return consumed.error();
  if (auto ended = normalizer.end_file(); !ended) {
    EXPECT_EQ(normalizer.end_file().error().detail, ended.error().detail) << "it stays failed";
    EXPECT_FALSE(normalizer.finish());
    return ended.error();
  }
  return {Errc::cancelled, "taken"};
}

TEST(NormalizerOfJson, RefusesPagesThatAreNotWhatTheyShouldBe) {
  const std::string page(bucket_page);
  const std::string zipped = gzip(page);
  EXPECT_EQ(refusal_of_page("p.json", page, false).detail, "taken");
  EXPECT_EQ(refusal_of_page("p.json", "", false).detail, "p.json: the page is empty");
  EXPECT_EQ(refusal_of_page("p.json", page.substr(0, page.size() - 1), false).detail,
            "p.json: the page is cut short, or something follows its object");
  EXPECT_EQ(refusal_of_page("p.json", R"({"data":[{"results":[{"amount":1x}]}]})", false).detail,
            "p.json: data[0].results[0]: this is not JSON");
  EXPECT_EQ(refusal_of_page("p.json", R"({"error":{"message":"no"}})", false).detail,
            "p.json: data is missing");
  EXPECT_EQ(refusal_of_page("p.json.gz", page, true).detail, "p.json.gz: not a gzip file");
  EXPECT_EQ(refusal_of_page("p.json.gz", zipped.substr(0, zipped.size() - 5), true).detail,
            "p.json.gz: the gzip file is cut short");
  EXPECT_EQ(refusal_of_page("p.json.gz", gzip(""), true).detail, "p.json.gz: the page is empty");
  EXPECT_EQ(refusal_of_page("no.json", page, false).detail, "no.json: the name says no");
  EXPECT_EQ(refusal_of_page("p.json", zipped, false).code, Errc::malformed);
}

TEST(NormalizerOfJson, APageIsBounded) {
  std::string page = R"({"data":[],"x":")";
  page.resize(limits::json_page_bytes_max - 3, 'x');
  EXPECT_EQ(refusal_of_page("p.json", page + "\"}", false).detail, "taken");
  const Error plain = refusal_of_page("p.json", page + "xxx\"}", false);
  EXPECT_EQ(plain.code, Errc::over_limit);
  EXPECT_EQ(plain.detail, "p.json: the page has reached the limit of 16777216 bytes");
  const Error zipped = refusal_of_page("p.json.gz", gzip(page + "xxx\"}"), true);
  EXPECT_EQ(zipped.code, Errc::over_limit);
  EXPECT_EQ(zipped.detail, "p.json.gz: the page has reached the limit of 16777216 bytes");
}

TEST(NormalizerOfJson, StopsWhenAPageIsNothingButDeadLetters) {
  std::string page = R"({"data":[{"start_time":0,"results":[{})";
  for (std::size_t i = 0; i < limits::dead_letters_kept_max; ++i) page += ",{}";
  const Error error = refusal_of_page("p.json", page + "]}]}", false);
  EXPECT_EQ(error.code, Errc::over_limit);
}

TEST(JsonPage, KeepsItsMemoryAndItsBound) {
  JsonPage page(300'000);
  EXPECT_EQ(page.text(), "");
  std::size_t filled = 0;
  for (auto room = page.room(); room; room = page.room()) {
    const std::size_t size = std::min<std::size_t>(room->size(), 1'000);
    std::fill_n(room->begin(), size, 'a');
    page.filled(size);
    filled += size;
  }
  EXPECT_EQ(filled, 300'000U);
  EXPECT_EQ(page.room().error().code, Errc::over_limit);
  EXPECT_EQ(page.text(), std::string(filled, 'a'));
  page.begin();
  ASSERT_TRUE(page.room());
  EXPECT_EQ(page.room()->size(), 300'000U);
  page.room()->front() = 'b';
  page.filled(1);
  EXPECT_EQ(page.text(), "b");
  EXPECT_EQ(std::string_view(page.text().data() + 1, JsonPage::padding),
            std::string(JsonPage::padding, ' '))
      << "nothing of an earlier page follows";
}

}  // namespace
}  // namespace billow::normalize
