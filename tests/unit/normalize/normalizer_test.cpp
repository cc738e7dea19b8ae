#include "normalize/normalizer.hpp"

#include "charge/number.hpp"
#include "gzip_sample.hpp"
#include "normalize/rules.hpp"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace billow::normalize {
namespace {

/// Rules for files with the columns what,start,end,currency,cost,tag. `what` tells a row's fate.
class SampleRules : public RowRules {
 public:
  Result<HeaderFindings> bind(std::span<const std::string> header) override {
    const auto place = [&](std::string_view name) {
      return static_cast<std::size_t>(std::find(header.begin(), header.end(), name) -
                                      header.begin());
    };
    what_ = place("what"), start_ = place("start"), end_ = place("end");
    currency_ = place("currency"), cost_ = place("cost"), tag_ = place("tag");
    if (cost_ == header.size()) return Error{Errc::malformed, "no column cost"};
    HeaderFindings findings;
    if (tag_ == header.size()) findings.missing.emplace_back("tag");
    for (const std::string& name : header) {
      if (name.starts_with("new_")) findings.unknown.push_back(name);
    }
    return findings;
  }

  RowOutcome convert(const Row& row, Scratch& scratch, ChargeSink& sink) override {
    const Text what = row.field(what_);
    if (what == "drop") return {Fate::dropped, "", ""};
    Number cost;
    if (!read_number(row.field(cost_), scratch, cost))
      return {Fate::dead, "cost", "not a number: " + std::string(row.field(cost_))};
    charge_.clear();
    charge_[TextColumn::BillingCurrency] = row.field(currency_);
    charge_[TextColumn::ChargeDescription] = what;
    for (const NumberColumn column : {NumberColumn::BilledCost, NumberColumn::EffectiveCost,
                                      NumberColumn::ListCost, NumberColumn::ContractedCost}) {
      charge_[column] = cost;
    }
    charge_.charge_period_start = parse_time(row.field(start_)).value();
    charge_.charge_period_end = parse_time(row.field(end_)).value();
    if (!row.field(tag_).empty()) {
      stated_ = {"t", row.field(tag_)};
      charge_.tags = {&stated_, 1};
    }
    charge_.line_item_id = "id-of-line";
    sink.emit(charge_);
    if (what == "split") sink.emit(charge_);
    return {};
  }

  std::vector<std::string> residues() const override { return {"plan hour 1 USD"}; }

 private:
  std::size_t what_ = 0, start_ = 0, end_ = 0, currency_ = 0, cost_ = 0, tag_ = 0;
  Tag stated_;
  Charge charge_;
};

Options sample_options(Pass pass = Pass::load) {
  Options options;
  options.pass = pass;
  options.feed_id = "aws-main";
  options.delivery_id = "d1";
  options.slice_prefix = "k3";
  options.index = "billow-charges-aws-main-2026-06";
  options.ingested_at = "2026-06-03T00:00:00Z";
  return options;
}

Normalizer make_normalizer(Options options = sample_options()) {
  return {std::move(options), std::make_unique<SampleRules>()};
}

constexpr std::string_view header = "what,start,end,currency,cost,tag\n";

std::string row(std::string_view what, int day, std::string_view cost, std::string_view tag = "",
                std::string_view currency = "USD") {
  const UnixSeconds start = *parse_time("2026-06-01") + (day - 1) * seconds_per_day;
  return std::string(what) + ',' + format_time(start) + ',' + format_time(start + seconds_per_day) +
         ',' + std::string(currency) + ',' + std::string(cost) + ',' + std::string(tag) + '\n';
}

struct Outcome {
  Findings findings;
  std::vector<elastic::BulkBody> bodies;
  std::string bytes;  ///< of all bodies
};

/// Reads one file, which comes in pieces; every step must succeed.
Outcome read(Normalizer normalizer, std::string_view file, bool gzipped,
             std::size_t piece = 1 << 20) {
  Outcome outcome;
  EXPECT_TRUE(normalizer.begin_file("export-00001.csv", gzipped));
  for (; !file.empty(); file.remove_prefix(std::min(piece, file.size()))) {
    const auto consumed = normalizer.consume(file.substr(0, piece));
    EXPECT_TRUE(consumed) << consumed.error().detail;
  }
  EXPECT_TRUE(normalizer.end_file());
  outcome.findings = normalizer.finish().value();
  outcome.bodies = normalizer.take_bodies();
  for (const auto& body : outcome.bodies) outcome.bytes += body.bytes;
  return outcome;
}

std::string sample_file() {
  std::string file(header);
  file += row("plain", 1, "1.10", "\"a \"\"quoted\"\", tag\"") + row("plain", 2, "-0.10") +
          row("drop", 1, "99");
  file +=
      row("split", 1, "2.05") + row("euro", 1, "0.0000000001", "", "EUR") + row("bad", 1, "1,5");
  file += row("bad", 1, "abc") + row("inch", 2, "1E-7", "12\" disk");
  file += "tax,2026-06-01T00:00:00Z,2026-07-01T00:00:00Z,USD,19.00,\n";
  return file;
}

TEST(Normalizer, CountsEveryRowOnceAndSumsExactly) {
  const Findings found = read(make_normalizer(), sample_file(), false).findings;
  EXPECT_EQ(found.rows_read, 9u);
  EXPECT_EQ(found.rows_charged, 6u);
  EXPECT_EQ(found.rows_dropped, 1u);
  EXPECT_EQ(found.rows_dead, 2u);
  EXPECT_EQ(found.charges, 7u);
  EXPECT_EQ(found.charges_encoded, 7u);
  EXPECT_EQ(found.negation_residues, std::vector<std::string>{"plan hour 1 USD"});

  ASSERT_EQ(found.slices.size(), 3u);
  const auto day = static_cast<std::int32_t>(*parse_time("2026-06-01") / seconds_per_day);
  const Slice& first = found.slices.at({day, false});
  EXPECT_EQ(first.id, "k3-20260601");
  EXPECT_EQ(first.totals.lines, 4u);
  EXPECT_EQ(first.totals.by_currency.at("USD").lines, 3u);
  EXPECT_EQ(first.totals.by_currency.at("USD").sums[0].to_string(), "5.2");
  EXPECT_EQ(first.totals.by_currency.at("EUR").sums[3].to_string(), "0.0000000001");
  const Slice& second = found.slices.at({day + 1, false});
  EXPECT_EQ(second.totals.by_currency.at("USD").sums[2].to_string(), "-0.0999999");
  EXPECT_EQ(second.totals.by_currency.at("USD").negatives[2].to_string(), "-0.1");
  const Slice& tax = found.slices.at({day, true});
  EXPECT_EQ(tax.id, "k3-20260601L");
  EXPECT_EQ(tax.totals.lines, 1u);
}

TEST(Normalizer, TellsWhyARowIsDeadAndWhereItIs) {
  const Findings found =
      read(make_normalizer(), sample_file() + "too,few\n\n\"too\",\"m\xC3\x28ny\n\"\n", false)
          .findings;
  ASSERT_EQ(found.dead_letters.size(), 4u);
  EXPECT_EQ(found.dead_letters[0].object, "export-00001.csv");
  EXPECT_EQ(found.dead_letters[0].row, 6u);
  EXPECT_EQ(found.dead_letters[0].reason, "the row has 7 fields, the header 6");
  EXPECT_EQ(found.dead_letters[0].line, "bad,2026-06-01T00:00:00Z,2026-06-02T00:00:00Z,USD,1,5,");
  EXPECT_EQ(found.dead_letters[1].row, 7u);
  EXPECT_EQ(found.dead_letters[1].column, "cost");
  EXPECT_EQ(found.dead_letters[1].reason, "not a number: abc");
  EXPECT_EQ(found.dead_letters[2].reason, "the row has 2 fields, the header 6");
  EXPECT_EQ(found.dead_letters[3].row, 11u);
  EXPECT_EQ(found.dead_letters[3].reason, "the row is not valid UTF-8");
  EXPECT_EQ(found.dead_letters[3].line, "\"too\",\"m\xEF\xBF\xBD(ny\n\"");
  EXPECT_EQ(found.rows_read, found.rows_charged + found.rows_dropped + found.rows_dead);
}

TEST(Normalizer, WritesDocumentsThatElasticsearchCanRead) {
  const Outcome outcome = read(make_normalizer(), sample_file(), false);
  ASSERT_EQ(outcome.bodies.size(), 1u);
  const elastic::BulkBody& body = outcome.bodies[0];
  EXPECT_EQ(body.index, "billow-charges-aws-main-2026-06");
  ASSERT_EQ(body.items(), 7u);
  std::vector<std::string> ids;
  simdjson::dom::parser parser;
  for (std::size_t i = 0; i < body.items(); ++i) {
    const std::string item(body.item(i));
    ASSERT_TRUE(item.ends_with('\n'));
    const std::size_t line = item.find('\n') + 1;
    ids.emplace_back(parser.parse(item.substr(0, line))["create"]["_id"].get_string().value());
    EXPECT_EQ(parser.parse(item.substr(line))["x_LineItemId"].get_string().value(), "id-of-line");
  }
  EXPECT_EQ(ids, (std::vector<std::string>{"k3-20260601-00000000", "k3-20260602-00000000",
                                           "k3-20260601-00000001", "k3-20260601-00000002",
                                           "k3-20260601-00000003", "k3-20260602-00000001",
                                           "k3-20260601L-00000000"}));
  EXPECT_NE(
      outcome.bytes.find(R"("Tags":{"t":"a \"quoted\", tag"},"x_Tags":["t=a \"quoted\", tag"])"),
      std::string::npos);
  EXPECT_NE(outcome.bytes.find(R"("t":"12\" disk")"), std::string::npos);
  EXPECT_NE(outcome.bytes.find(R"("BilledCost":1.10,)"), std::string::npos);
  EXPECT_NE(outcome.bytes.find(R"("BilledCost":0.0000001,)"), std::string::npos);
}

TEST(Normalizer, GivesTheSameHoweverTheFileArrives) {
  const std::string file = sample_file();
  const Outcome whole = read(make_normalizer(), file, false);
  const std::string zipped = gzip(file.substr(0, 100)) + gzip(file.substr(100));
  for (std::size_t piece = 1; piece <= zipped.size(); ++piece) {
    const Outcome outcome = read(make_normalizer(), zipped, true, piece);
    ASSERT_EQ(outcome.bytes, whole.bytes) << piece;
    ASSERT_EQ(outcome.findings.bytes_compressed, zipped.size());
    ASSERT_EQ(outcome.findings.bytes_inflated, file.size());
    ASSERT_EQ(outcome.findings.dead_letters.size(), 2u);
  }
}

TEST(Normalizer, DigestPassFindsTheSameAsLoadPass) {
  const std::string file = sample_file();
  const Outcome load = read(make_normalizer(), file, false);
  const Outcome digest = read(make_normalizer(sample_options(Pass::digest)), file, false);
  EXPECT_TRUE(digest.bodies.empty());
  EXPECT_EQ(digest.findings.charges, load.findings.charges);
  EXPECT_EQ(digest.findings.charges_encoded, 0u);
  ASSERT_EQ(digest.findings.slices.size(), load.findings.slices.size());
  for (const auto& [key, slice] : load.findings.slices) {
    const Slice& other = digest.findings.slices.at(key);
    EXPECT_EQ(other.totals.digest, slice.totals.digest);
    EXPECT_FALSE(other.totals.digest == Digest{});
    EXPECT_EQ(other.totals.by_currency.at("USD").sums, slice.totals.by_currency.at("USD").sums);
  }
}

TEST(Normalizer, DigestSeesEveryChangeButNotTheOrder) {
  const auto digest_of_rows = [](const std::vector<std::string>& rows) {
    std::string file(header);
    for (const std::string& text : rows) file += text;
    return read(make_normalizer(sample_options(Pass::digest)), file, false)
        .findings.slices.begin()
        ->second.totals.digest;
  };
  const std::string a = row("a", 1, "1.0"), b = row("b", 1, "2.0");
  EXPECT_EQ(digest_of_rows({a, b}), digest_of_rows({b, a}));
  EXPECT_FALSE(digest_of_rows({a, b}) == digest_of_rows({a, row("b", 1, "2.00")}));
  EXPECT_FALSE(digest_of_rows({a, b}) == digest_of_rows({a, b, b}));
  EXPECT_FALSE(digest_of_rows({row("a", 1, "1.0", "x")}) ==
               digest_of_rows({row("a", 1, "1.0", "y")}));
}

TEST(Normalizer, EncodesOnlyTheSlicesThatAreWanted) {
  Options options = sample_options();
  options.wanted = [](const SliceKey& key) { return key.long_period; };
  const Outcome outcome = read(make_normalizer(std::move(options)), sample_file(), false);
  EXPECT_EQ(outcome.findings.charges, 7u);
  EXPECT_EQ(outcome.findings.charges_encoded, 1u);
  EXPECT_EQ(outcome.findings.slices.size(), 3u);
  ASSERT_EQ(outcome.bodies.size(), 1u);
  EXPECT_EQ(outcome.bodies[0].items(), 1u);
  EXPECT_NE(outcome.bytes.find("k3-20260601L-00000000"), std::string::npos);
}

TEST(Normalizer, TellsOfEveryChargeItSends) {
  std::map<std::string, int> told;
  const auto options = [&told](Pass pass) {
    Options made = sample_options(pass);
    made.wanted = [](const SliceKey& key) { return !key.long_period; };
    made.sent = [&told](const Slice& slice, const Charge& charge) {
      EXPECT_FALSE(charge[TextColumn::BillingCurrency].empty());
      ++told[slice.id];
    };
    return made;
  };
  read(make_normalizer(options(Pass::digest)), sample_file(), false);
  EXPECT_TRUE(told.empty());
  const Outcome outcome = read(make_normalizer(options(Pass::load)), sample_file(), false);
  EXPECT_EQ(outcome.findings.charges, 7u);
  int sent = 0;
  for (const auto& [id, charges] : told) {
    EXPECT_EQ(id.find('L'), std::string::npos) << id;
    sent += charges;
  }
  EXPECT_EQ(told.size(), 2u);
  EXPECT_EQ(sent, 6);
}

TEST(Normalizer, ClosesABodyWhenItHasReachedItsSize) {
  std::string file(header);
  for (int i = 0; i < 500; ++i) file += row("plain", 1 + i % 30, std::to_string(i) + ".5");
  Options options = sample_options();
  options.bulk_bytes = 10'000;
  const Outcome many = read(make_normalizer(std::move(options)), file, false);
  ASSERT_GT(many.bodies.size(), 10u);
  for (std::size_t i = 0; i < many.bodies.size(); ++i) {
    const elastic::BulkBody& body = many.bodies[i];
    EXPECT_LT(body.offsets.back(), 10'000u);
    EXPECT_TRUE(i + 1 == many.bodies.size() || body.bytes.size() >= 10'000u);
    EXPECT_EQ(body.index, "billow-charges-aws-main-2026-06");
  }
  EXPECT_EQ(many.bytes, read(make_normalizer(), file, false).bytes);
}

TEST(Normalizer, MakesTheSameBodiesInReusedMemory) {
  std::string file(header);
  for (int i = 0; i < 500; ++i) file += row("plain", 1 + i % 30, std::to_string(i) + ".5");
  const std::string expected = read(make_normalizer(), file, false).bytes;

  Options options = sample_options();
  options.bulk_bytes = 10'000;
  Normalizer normalizer = make_normalizer(std::move(options));
  ASSERT_TRUE(normalizer.begin_file("f", false));
  std::string bytes;
  const auto take = [&] {
    for (auto& body : normalizer.take_bodies()) {
      bytes += body.bytes;
      normalizer.reuse(std::move(body));
    }
  };
  for (std::size_t at = 0; at < file.size(); at += 100) {
    ASSERT_TRUE(normalizer.consume(std::string_view(file).substr(at, 100)));
    take();
  }
  ASSERT_TRUE(normalizer.end_file());
  take();
  ASSERT_TRUE(normalizer.finish());
  take();
  EXPECT_EQ(bytes, expected);
}

TEST(Normalizer, ReadsSeveralFilesWithDifferentHeaders) {
  Normalizer normalizer = make_normalizer();
  const std::string first = std::string(header) + row("plain", 1, "1.5");
  const std::string second =
      "\xEF\xBB\xBFnew_b,cost,currency,end,start,what,new_a\r\nx,2.25,USD,2026-06-02,2026-06-01,"
      "plain,y";
  const std::string third = "what,start,end,currency,cost,new_a\n";
  for (const std::string* file : {&first, &second, &third}) {
    ASSERT_TRUE(normalizer.begin_file("f", false));
    ASSERT_TRUE(normalizer.consume(*file));
    ASSERT_TRUE(normalizer.end_file());
  }
  EXPECT_EQ(normalizer.rows_read(), 2u);
  const Findings found = normalizer.finish().value();
  EXPECT_EQ(found.rows_read, 2u);
  EXPECT_EQ(found.columns_unknown, (std::vector<std::string>{"new_b", "new_a"}));
  EXPECT_EQ(found.columns_missing, std::vector<std::string>{"tag"});
  EXPECT_EQ(found.slices.begin()->second.totals.by_currency.at("USD").sums[0].to_string(), "3.75");
  EXPECT_EQ(normalizer.take_bodies().at(0).items(), 2u);
}

/// Reads a file that must be refused; returns the error of the first step that fails.
Error refusal(Normalizer& normalizer, std::string_view file, bool gzipped) {
  EXPECT_TRUE(normalizer.begin_file("bad.csv.gz", gzipped));
  if (auto consumed = normalizer.consume(file); !consumed) return consumed.error();
  if (auto ended = normalizer.end_file(); !ended) return ended.error();
  return {Errc::cancelled, "not refused"};
}

TEST(Normalizer, RefusesFilesThatAreNotWhatTheyShouldBe) {
  const std::string file = gzip(sample_file());
  const std::vector<std::pair<std::string, std::string>> cases = {
      {file.substr(0, file.size() - 5), "bad.csv.gz: the gzip file is cut short"},
      {file + "x", "bad.csv.gz: bytes behind the last gzip member"},
      {"what,cost\n", "bad.csv.gz: not a gzip file"},
      {gzip(""), "bad.csv.gz: the file has no header"},
      {gzip("\n\n"), "bad.csv.gz: the file has no header"},
      {gzip("a,b\n1,2\n"), "bad.csv.gz: no column cost"},
      {gzip("cost,\"b\n1,2\n"),
       "bad.csv.gz: in the header: the file ends inside quotes that this row opens"},
      {gzip(sample_file() + "\"cut in the"),
       "bad.csv.gz: row 10: the file ends inside quotes that this row opens"},
      {gzip("cost,\xFF\n1,2\n"), "bad.csv.gz: in the header: the row is not valid UTF-8"},
      {gzip("cost" + std::string(2'000, ',') + "\n"),
       "bad.csv.gz: 2001 columns; at most 2000 are read"},
      {gzip("what,cost,new_" + std::string(1'021, 'n') + "\n"),
       "bad.csv.gz: the name of column 3 has 1025 bytes; at most 1024 are read"},
  };
  for (const auto& [bytes, detail] : cases) {
    Normalizer normalizer = make_normalizer();
    EXPECT_EQ(refusal(normalizer, bytes, true).detail, detail);
  }
}

TEST(Normalizer, ReadsTheLongestNameAColumnMayHave) {
  const std::string name = "new_" + std::string(1'020, 'n');
  const Findings found =
      read(make_normalizer(), "what,start,end,currency,cost,tag," + name + "\n", false).findings;
  EXPECT_EQ(found.columns_unknown, std::vector<std::string>{name});
}

TEST(Normalizer, StaysFailedAfterAnError) {
  Normalizer normalizer = make_normalizer();
  const std::string file = sample_file();
  ASSERT_TRUE(normalizer.begin_file("good.csv", false));
  ASSERT_TRUE(normalizer.consume(file));
  ASSERT_TRUE(normalizer.end_file());
  const Error error = refusal(normalizer, "no gzip", true);
  EXPECT_EQ(error.code, Errc::malformed);
  EXPECT_EQ(normalizer.rows_read(), 9u);
  EXPECT_EQ(normalizer.consume(file).error().detail, error.detail);
  EXPECT_EQ(normalizer.end_file().error().detail, error.detail);
  EXPECT_EQ(normalizer.begin_file("next", false).error().detail, error.detail);
  EXPECT_EQ(normalizer.finish().error().detail, error.detail);
}

TEST(Normalizer, RefusesCallsOutOfOrder) {
  EXPECT_FALSE(make_normalizer().consume(std::string_view("x")));
  EXPECT_FALSE(make_normalizer().end_file());
  Normalizer open = make_normalizer();
  ASSERT_TRUE(open.begin_file("a", false));
  EXPECT_FALSE(open.begin_file("b", false));
  Normalizer unfinished = make_normalizer();
  ASSERT_TRUE(unfinished.begin_file("a", false));
  EXPECT_FALSE(unfinished.finish());
}

TEST(Normalizer, StopsWhenAFileIsNothingButDeadLetters) {
  std::string file(header);
  for (std::size_t i = 0; i <= limits::dead_letters_kept_max; ++i) file += "nonsense\n";
  Normalizer normalizer = make_normalizer();
  const Error error = refusal(normalizer, file, false);
  EXPECT_EQ(error.code, Errc::over_limit);
  EXPECT_EQ(error.detail,
            "bad.csv.gz: more than 10000 rows could not become charges, the last one because: the "
            "row has 1 fields, "
            "the header 6");
}

TEST(Normalizer, BoundsTheMemoryOfDeadLetters) {
  std::string file(header);
  const std::string line(100'000, '\xE9');
  for (int i = 0; i < 1'200; ++i) file += line + '\n';
  const Findings found = read(make_normalizer(), file, false).findings;
  ASSERT_EQ(found.dead_letters.size(), 1'200u);
  std::size_t bytes = 0;
  for (const DeadLetter& letter : found.dead_letters) {
    EXPECT_LE(letter.line.size(), limits::dead_letter_bytes_max);
    bytes += letter.line.size();
  }
  EXPECT_GT(found.dead_letters.front().line.size(), limits::dead_letter_bytes_max - 4);
  EXPECT_LE(bytes, limits::dead_letters_bytes_max);
}

TEST(Normalizer, StopsAtTooManySlices) {
  std::string file(header);
  for (std::size_t i = 0; i <= limits::slices_max; ++i)
    file += row("plain", static_cast<int>(i), "1");
  Normalizer normalizer = make_normalizer(sample_options(Pass::digest));
  EXPECT_EQ(refusal(normalizer, file, false).detail,
            "bad.csv.gz: more than 20000 slices in one delivery");
}

TEST(Normalizer, ReadsAFileOfManyChunks) {
  std::string file(header);
  DecimalSum expected;
  for (int i = 0; i < 40'000; ++i) {
    const std::string cost = std::to_string(i * 7919 % 1000) + "." + std::to_string(i);
    expected.add(*Decimal::parse(cost));
    file += row(i % 50 == 0 ? "\"a,\n\"\"b\"\"\"" : "plain", 1 + i % 28, cost,
                i % 70 == 0 ? "5\" x" : "t");
  }
  const Outcome outcome = read(make_normalizer(), gzip(file), true, 5'000);
  EXPECT_EQ(outcome.findings.rows_charged, 40'000u);
  EXPECT_EQ(outcome.findings.rows_dead, 0u);
  DecimalSum total;
  std::uint64_t lines = 0;
  for (const auto& [key, slice] : outcome.findings.slices) {
    total.add(slice.totals.by_currency.at("USD").sums[0]);
    lines += slice.totals.lines;
  }
  EXPECT_EQ(total, expected);
  EXPECT_EQ(lines, 40'000u);
}

}  // namespace
}  // namespace billow::normalize
