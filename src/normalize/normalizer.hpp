#pragma once

#include "base/civil_time.hpp"
#include "base/error.hpp"
#include "base/limits.hpp"
#include "charge/charge.hpp"
#include "charge/control_totals.hpp"
#include "elastic/bulk_body.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace billow::normalize {

/// The rules that turn one provider's rows into charges. Named by `normalizer:` in a feed
/// definition.
enum class Rules { aws_cur2, aws_focus, elastic_cloud };

/// The rules that a definition's `normalizer:` names; nullopt for a name it may not have.
std::optional<Rules> rules_named(std::string_view normalizer) noexcept;

/// What a pass over a delivery does besides counting and summing.
enum class Pass {
  digest,  ///< nothing is encoded for sending: control totals and digests only
  load,    ///< bulk bodies are made for every charge whose slice is wanted
};

struct Options {
  Rules rules = Rules::aws_cur2;
  Pass pass = Pass::load;
  std::string feed_id;       ///< x_FeedId
  std::string delivery_id;   ///< x_DeliveryId
  std::string slice_prefix;  ///< slice id = slice_prefix + "-" + SliceKey without dashes, e.g.
                             ///< "k3f9-20260601" or "k3f9-20260601L"
  std::string index;         ///< of the bulk bodies
  std::string ingested_at;   ///< x_IngestedAt, `YYYY-MM-DDTHH:MM:SSZ`
  /// First second of the month the delivery states. A row of another billing period is a dead
  /// letter.
  UnixSeconds period = 0;
  /// What Rules::elastic_cloud cannot learn from what Elastic Cloud answers: a bill there is in ECU
  /// and names no organisation.
  std::string billing_account_id;        ///< BillingAccountId: the organisation's id
  std::string billing_currency = "USD";  ///< BillingCurrency, a code of ISO 4217
  std::string ecu_price = "1";  ///< of one ECU in the billing currency, decimal, not below 0
  /// Pass::load makes bodies only for slices for which this is true; empty: all of them.
  std::function<bool(const SliceKey&)> wanted;
  /// Told of every charge that is put into a body, with its slice, as they are then. Optional.
  std::function<void(const Slice&, const Charge&)> sent;
  std::size_t bulk_bytes =
      limits::bulk_bytes_default;  ///< a body is closed when it has reached this size
};

/// A row that could not become a charge.
struct DeadLetter {
  std::string object;     ///< key of the file
  std::uint64_t row = 0;  ///< 1 = first row after the header, or of a page of JSON
  std::string column;     ///< the column at fault, or ""
  std::string reason;     ///< a sentence: what is wrong and what was expected
  std::string
      line;  ///< the row's text as it stands in the file, at most limits::dead_letter_bytes_max
};

/// What a delivery was found to hold. rows_read == rows_charged + rows_dropped + dead letters
/// counted.
struct Findings {
  std::uint64_t rows_read = 0;
  std::uint64_t rows_charged = 0;  ///< rows that became one or more charges
  std::uint64_t rows_dropped = 0;  ///< rows that FOCUS leaves out (SavingsPlanNegation)
  std::uint64_t rows_dead = 0;
  std::uint64_t charges = 0;
  std::uint64_t charges_encoded = 0;  ///< charges of wanted slices, put into bulk bodies
  std::uint64_t bytes_compressed = 0;
  std::uint64_t bytes_inflated = 0;
  std::vector<DeadLetter> dead_letters;  ///< the first limits::dead_letters_kept_max
  std::vector<std::string>
      columns_unknown;  ///< in the file, unknown to the rules: kept as x_ columns
  std::vector<std::string> columns_missing;  ///< expected by the rules, not in the file
  /// Savings-plan negations that do not cancel what they should: "plan hour residue currency",
  /// first 100.
  std::vector<std::string> negation_residues;
  std::uint64_t negation_residues_count = 0;
  std::map<SliceKey, Slice> slices;
};

class RowRules;

/// Reads the files of one delivery, one after the other, and makes bulk bodies of them. Not
/// thread-safe, but may move between threads; memory is bounded whatever the size of the files.
/// Within a slice, ids count the charges in reading order, so that the same delivery read again
/// gives the same ids. After an error every further call returns that error: a delivery is read as
/// a whole or not at all.
class Normalizer {
 public:
  explicit Normalizer(Options options);
  /// With other rules than those `options` names.
  Normalizer(Options options, std::unique_ptr<RowRules> rules);
  ~Normalizer();
  Normalizer(Normalizer&&) noexcept;

  /// Starts a file: CSV with its header row first, or a page of JSON, as the rules want it.
  /// `gzipped` by the object's name, `object` for messages.
  Result<void> begin_file(std::string object, bool gzipped);
  /// The next bytes of the file as they are stored. Closed bodies collect in take_bodies(). A page
  /// of JSON is only gathered here.
  Result<void> consume(std::span<const char> bytes);
  /// The file is complete: its last row needs no newline, its gzip members must be whole with a
  /// right CRC. A page of JSON is read here as a whole, limits::json_rows_max rows at most.
  Result<void> end_file();
  /// After the last file: closes the last body and returns what was found.
  Result<Findings> finish();

  /// The bodies closed since the last call, ready for _bulk.
  std::vector<elastic::BulkBody> take_bodies();
  /// Gives a body that is no longer needed back, so that the next one is made in its memory.
  /// Optional.
  void reuse(elastic::BulkBody body);
  /// Rows read so far, for progress.
  std::uint64_t rows_read() const noexcept;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace billow::normalize
