#include "normalize/normalizer.hpp"

#include "charge/encode.hpp"
#include "normalize/bulk_filler.hpp"
#include "normalize/csv_reader.hpp"
#include "normalize/dead_letters.hpp"
#include "normalize/gunzip.hpp"
#include "normalize/json_page.hpp"
#include "normalize/json_rows.hpp"
#include "normalize/rules.hpp"
#include "normalize/slice_book.hpp"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

namespace billow::normalize {
namespace {

std::string_view reason_of(CsvFault fault) noexcept {
  switch (fault) {
    case CsvFault::none:
      break;
    case CsvFault::too_long:
      return "the row is longer than the 1 MiB a row may have";
    case CsvFault::nul:
      return "the row holds a NUL byte";
    case CsvFault::not_utf8:
      return "the row is not valid UTF-8";
    case CsvFault::open_quote:
      return "the file ends inside quotes that this row opens";
  }
  return "";
}
static_assert(limits::row_bytes_max == limits::MiB, "the text above names the limit");

void merge_names(std::vector<std::string>& into, std::vector<std::string> names) {
  for (std::string& name : names) {
    if (std::find(into.begin(), into.end(), name) == into.end()) into.push_back(std::move(name));
  }
}

/// What pages of JSON need in place of a CsvReader.
struct JsonPages {
  explicit JsonPages(JsonShape shape) : columns(columns_of(shape)), rows(shape) {}

  const std::vector<std::string> columns;
  JsonPage page;
  JsonRows rows;
};

}  // namespace

class Normalizer::Impl : public ChargeSink, private JsonRowSink {
 public:
  Impl(Options options, std::unique_ptr<RowRules> rules)
      : provenance_{options.feed_id, options.delivery_id, options.ingested_at},
        pass_(options.pass),
        rules_(std::move(rules)),
        encoder_(provenance_),
        slices_(options.slice_prefix, provenance_, options.wanted),
        filler_(options.index, options.bulk_bytes),
        sent_(std::move(options.sent)) {
    if (const JsonShape shape = rules_->shape(); !shape.empty())
      json_ = std::make_unique<JsonPages>(shape);
  }

  Result<void> begin_file(std::string object, bool gzipped);
  Result<void> consume(std::span<const char> bytes);
  Result<void> end_file();
  Result<Findings> finish();
  void emit(const Charge& charge) override;

  BulkFiller& filler() noexcept { return filler_; }
  std::uint64_t rows_read() const noexcept { return findings_.rows_read; }

 private:
  Result<void> inflate(std::span<const char> bytes);
  Result<void> copy(std::span<const char> bytes);
  Result<void> gather(std::span<const char> bytes);
  Result<void> end_page();
  Result<void> take(const JsonRow& row) override;
  Result<void> take(const JsonTotal& total) override;
  Result<void> take_rows();
  Result<void> take_header(const CsvRow& row);
  Result<void> take_row(const CsvRow& row);
  inline Result<void> settle(const RowOutcome& outcome, std::string_view line);
  Result<void> bury(std::string_view line, std::string_view column, std::string_view reason);
  Error fail(Error error);
  Error failure_in_file(Error error) { return fail(within(object_, std::move(error))); }

  const Provenance provenance_;
  const Pass pass_;
  const std::unique_ptr<RowRules> rules_;
  Gunzip gunzip_;
  CsvReader reader_;
  std::unique_ptr<JsonPages> json_;  ///< null where the files are CSV
  Scratch scratch_;
  Encoder encoder_;
  SliceBook slices_;
  BulkFiller filler_;
  const std::function<void(const Slice&, const Charge&)> sent_;
  DeadLetters dead_letters_;
  Findings findings_;
  std::optional<Error> failure_;

  // The file that is being read.
  std::string object_;
  bool open_ = false;
  bool gzipped_ = false;
  std::size_t columns_ = 0;  ///< of its header; 0 before it was read
  std::uint64_t row_ = 0;    ///< 1 = first row after the header
};

Error Normalizer::Impl::fail(Error error) {
  failure_ = error;
  return error;
}

Result<void> Normalizer::Impl::begin_file(std::string object, bool gzipped) {
  if (failure_) return *failure_;
  if (open_) return fail({Errc::malformed, object_ + ": not ended before " + object + " begins"});
  object_ = std::move(object);
  open_ = true;
  gzipped_ = gzipped;
  columns_ = 0;
  row_ = 0;
  gunzip_.begin();
  reader_.begin();
  if (auto begun = rules_->begin_object(object_); !begun) return failure_in_file(begun.error());
  if (json_ == nullptr) return {};
  json_->page.begin();
  auto bound = rules_->bind(json_->columns);
  if (!bound) return failure_in_file(bound.error());
  return {};
}

Result<void> Normalizer::Impl::consume(std::span<const char> bytes) {
  if (failure_) return *failure_;
  if (!open_) return fail({Errc::malformed, "bytes without a file"});
  findings_.bytes_compressed += bytes.size();
  if (json_ != nullptr) return gather(bytes);
  return gzipped_ ? inflate(bytes) : copy(bytes);
}

Result<void> Normalizer::Impl::inflate(std::span<const char> bytes) {
  gunzip_.feed(bytes);
  for (;;) {
    if (reader_.room().empty()) {
      if (auto taken = take_rows(); !taken) return taken;
    }
    const auto written = gunzip_.read(reader_.room());
    if (!written) return failure_in_file(written.error());
    if (*written == 0) return {};
    reader_.filled(*written);
    findings_.bytes_inflated += *written;
  }
}

Result<void> Normalizer::Impl::copy(std::span<const char> bytes) {
  findings_.bytes_inflated += bytes.size();
  while (!bytes.empty()) {
    if (reader_.room().empty()) {
      if (auto taken = take_rows(); !taken) return taken;
    }
    const std::span<char> room = reader_.room();
    const std::size_t size = std::min(room.size(), bytes.size());
    std::memcpy(room.data(), bytes.data(), size);
    reader_.filled(size);
    bytes = bytes.subspan(size);
  }
  return {};
}

/// Puts bytes into the page, which is read when it is whole.
Result<void> Normalizer::Impl::gather(std::span<const char> bytes) {
  const auto write_to = [&](std::span<char> room) -> Result<std::size_t> {
    if (gzipped_) return gunzip_.read(room);
    const std::size_t size = std::min(room.size(), bytes.size());
    std::copy_n(bytes.begin(), size, room.begin());
    bytes = bytes.subspan(size);
    return size;
  };
  if (gzipped_) gunzip_.feed(bytes);
  for (;;) {
    const auto room = json_->page.room();
    if (!room) return failure_in_file(room.error());
    const auto written = write_to(*room);
    if (!written) return failure_in_file(written.error());
    if (*written == 0) return {};
    json_->page.filled(*written);
    findings_.bytes_inflated += *written;
  }
}

Result<void> Normalizer::Impl::end_page() {
  auto read = json_->rows.read(json_->page.text(), *this);
  if (failure_) return *failure_;
  if (!read) return failure_in_file(read.error());
  open_ = false;
  return {};
}

Result<void> Normalizer::Impl::end_file() {
  if (failure_) return *failure_;
  if (!open_) return fail({Errc::malformed, "the end of a file that was not begun"});
  if (gzipped_) {
    if (auto ended = gunzip_.end(); !ended) return failure_in_file(ended.error());
  }
  if (json_ != nullptr) return end_page();
  reader_.end();
  if (auto taken = take_rows(); !taken) return taken;
  if (columns_ == 0) return failure_in_file({Errc::malformed, "the file has no header"});
  open_ = false;
  return {};
}

Result<void> Normalizer::Impl::take_rows() {
  CsvRow row;
  for (;;) {
    scratch_.clear();
    if (!reader_.next(row, scratch_)) return {};
    auto taken = columns_ == 0 ? take_header(row) : take_row(row);
    if (!taken) return taken;
  }
}

Result<void> Normalizer::Impl::take_header(const CsvRow& row) {
  if (row.fault != CsvFault::none) {
    return failure_in_file(
        {Errc::malformed, "in the header: " + std::string(reason_of(row.fault))});
  }
  if (row.field_count > limits::columns_max) {
    return failure_in_file(
        {Errc::over_limit, std::to_string(row.field_count) + " columns; at most " +
                               std::to_string(limits::columns_max) + " are read"});
  }
  std::vector<std::string> names;
  names.reserve(row.field_count);
  for (std::size_t place = 0; place < row.field_count; ++place) {
    const Text name = row.fields.field(place);
    if (name.size() > limits::column_name_bytes_max) {
      return failure_in_file(
          {Errc::over_limit, "the name of column " + std::to_string(place + 1) + " has " +
                                 std::to_string(name.size()) + " bytes; at most " +
                                 std::to_string(limits::column_name_bytes_max) + " are read"});
    }
    names.emplace_back(name);
  }
  auto bound = rules_->bind(names);
  if (!bound) return failure_in_file(bound.error());
  columns_ = names.size();
  merge_names(findings_.columns_unknown, std::move(bound->unknown));
  merge_names(findings_.columns_missing, std::move(bound->missing));
  return {};
}

Result<void> Normalizer::Impl::settle(const RowOutcome& outcome, std::string_view line) {
  switch (outcome.fate) {
    case Fate::charged:
      ++findings_.rows_charged;
      break;
    case Fate::dropped:
      ++findings_.rows_dropped;
      break;
    case Fate::dead:
      return bury(line, outcome.column, outcome.reason);
  }
  if (failure_) return *failure_;
  return {};
}

Result<void> Normalizer::Impl::take_row(const CsvRow& row) {
  ++row_;
  ++findings_.rows_read;
  // A file that was cut looks just like this: how many rows are missing cannot be known.
  if (row.fault == CsvFault::open_quote)
    return failure_in_file({Errc::malformed, "row " + std::to_string(row_) + ": " +
                                                 std::string(reason_of(row.fault))});
  if (row.fault != CsvFault::none) return bury(row.line, "", reason_of(row.fault));
  if (row.field_count != columns_) {
    return bury(row.line, "",
                "the row has " + std::to_string(row.field_count) + " fields, the header " +
                    std::to_string(columns_));
  }
  return settle(rules_->convert(row.fields, scratch_, *this), row.line);
}

Result<void> Normalizer::Impl::take(const JsonRow& row) {
  ++row_;
  ++findings_.rows_read;
  if (!row.fault.empty()) return bury(row.json, row.column, row.fault);
  scratch_.clear();
  return settle(rules_->convert(row.fields, scratch_, *this), row.json);
}

/// What is missing from a bill, or was put in, cannot be told: it counts as one row that is no
/// charge, so that the policy on dead letters decides.
Result<void> Normalizer::Impl::take(const JsonTotal& total) {
  ++row_;
  ++findings_.rows_read;
  return bury(total.json, total.place,
              "is " + std::string(total.json) + ", but its rows come to " + total.sum);
}

Result<void> Normalizer::Impl::bury(std::string_view line, std::string_view column,
                                    std::string_view reason) {
  auto added = dead_letters_.add(object_, row_, column, reason, line);
  findings_.rows_dead = dead_letters_.count();
  if (!added) return fail(added.error());
  return {};
}

void Normalizer::Impl::emit(const Charge& charge) {
  OpenSlice* const slice = slices_.find(charge);
  if (slice == nullptr) {
    failure_in_file({Errc::over_limit, "more than " + std::to_string(limits::slices_max) +
                                           " slices in one delivery"});
    return;
  }
  const bool is_sent = pass_ == Pass::load && slice->wanted;
  const std::string_view statement =
      is_sent ? filler_.add(encoder_, slice->frame, slice->next_ordinal++, charge)
              : encoder_.encode(charge);
  slice->add(charge, digest_of(statement));
  ++findings_.charges;
  if (!is_sent) return;
  ++findings_.charges_encoded;
  if (sent_) sent_(slice->slice, charge);
}

Result<Findings> Normalizer::Impl::finish() {
  if (failure_) return *failure_;
  if (open_) return fail({Errc::malformed, object_ + ": not ended"});
  filler_.close();
  findings_.dead_letters = dead_letters_.take();
  findings_.negation_residues = rules_->residues();
  findings_.negation_residues_count = findings_.negation_residues.size();
  constexpr std::size_t residues_kept_max = 100;
  if (findings_.negation_residues.size() > residues_kept_max)
    findings_.negation_residues.resize(residues_kept_max);
  findings_.slices = slices_.take();
  Findings result = std::move(findings_);
  findings_ = {};
  findings_.rows_read = result.rows_read;  // progress stays visible
  return result;
}

Normalizer::Normalizer(Options options, std::unique_ptr<RowRules> rules)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(rules))) {}
Normalizer::~Normalizer() = default;
Normalizer::Normalizer(Normalizer&&) noexcept = default;

Result<void> Normalizer::begin_file(std::string object, bool gzipped) {
  return impl_->begin_file(std::move(object), gzipped);
}
Result<void> Normalizer::consume(std::span<const char> bytes) { return impl_->consume(bytes); }
Result<void> Normalizer::end_file() { return impl_->end_file(); }
Result<Findings> Normalizer::finish() { return impl_->finish(); }
std::vector<elastic::BulkBody> Normalizer::take_bodies() { return impl_->filler().take(); }
void Normalizer::reuse(elastic::BulkBody body) { impl_->filler().reuse(std::move(body)); }
std::uint64_t Normalizer::rows_read() const noexcept { return impl_->rows_read(); }

}  // namespace billow::normalize
