#pragma once

#include "base/decimal.hpp"
#include "charge/charge.hpp"
#include "charge/hash.hpp"
#include "charge/page.hpp"
#include "charge/written_owner.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace billow {

struct DocumentColumn;

/// What the daemon adds to every charge of one delivery.
struct Provenance {
  std::string feed_id;      ///< x_FeedId
  std::string delivery_id;  ///< x_DeliveryId
  std::string ingested_at;  ///< x_IngestedAt, `YYYY-MM-DDTHH:MM:SSZ`
};

/// The constant bytes around the documents of one slice, rendered once.
struct SliceFrame {
  SliceFrame(std::string_view slice_id, const Provenance& provenance);

  // Both have a copied_block of spaces behind them, which does not count.
  std::string action;  ///< `{"create":{"_id":"<slice id>-`
  std::string tail;    ///< `,"x_DeliveryId":...}` and a newline
  std::size_t action_size = 0;
  std::size_t tail_size = 0;
};

/// Writes charges as the documents that Elasticsearch stores. A document has two parts:
///  - the statement: `{"@timestamp":"<ChargePeriodStart>"`, the FOCUS columns that are not null in
///  alphabetical
///    order, Tags, x_Tags, the extra columns and x_FeedId: what the provider says, and what the
///    digest covers;
///  - the rest: x_LineItemId, x_DeliveryId, x_SliceId, x_IngestedAt.
/// One per thread.
class Encoder {
 public:
  explicit Encoder(const Provenance& provenance);

  /// The statement, without the closing brace. Valid until the next call. Makes the charge's
  /// wording when it has an empty one, and what it writes by a wording is what it writes without.
  std::string_view encode(const Charge& charge);
  /// Appends the two lines of one bulk item, action and document, to `page`. Returns the statement
  /// as encode() does; it lies in the page, and is valid until the page changes.
  std::string_view append_item(Page& page, const SliceFrame& frame, std::uint64_t ordinal,
                               const Charge& charge);

  /// Writes the owner of `charge` for others like it.
  static WrittenOwner write_owner(const Charge& charge);

 private:
  struct Instant {
    UnixSeconds time;
    char text[20];
  };

  // These write behind `at`, a place in `page`, and return the end of what they wrote.
  char* put_statement(Page& page, char* at, const Charge& charge);
  char* put_anew(Page& page, char* at, const Charge& charge);
  char* fill_in(Page& page, char* at, const Wording& wording, const Charge& charge);
  char* put_columns(Page& page, char* at, const Charge& charge);
  char* put_column(Page& page, char* at, const DocumentColumn& column, const Charge& charge);
  static char* put_resource(Page& page, char* at, const Charge& charge);
  static char* put_account_and_tags(Page& page, char* at, const Charge& charge);
  static char* copy_passage(Page& page, char* at, const WrittenOwner::Passage& passage,
                            std::size_t room);
  static char* put_text(Page& page, char* at, const DocumentColumn& column, Text value);
  static char* put_tags(Page& page, char* at, const Charge& charge);
  static char* put_extras(Page& page, char* at, const Charge& charge);
  static char* put_extra(Page& page, char* at, const ExtraText& extra);
  static char* put_extra_key(char* at, Text name) noexcept;
  /// Makes the charge's wording, unless the charge is too large for the gaps of one.
  void word(const Charge& charge);
  /// `time` as text; `date` is a DocumentDate.
  std::string_view instant(std::size_t date, UnixSeconds time) noexcept;

  Page own_;                      ///< for what goes nowhere else; as large as the largest statement
  std::string feed_;              ///< `,"x_FeedId":"..."`
  Instant instants_[4];           ///< the dates as last written: most lines repeat them
  std::array<Instant, 64> days_;  ///< midnights, by their day: a month has few of them
};

/// `<slice id>-<ordinal, at least 8 digits>`: the _id of a line, as Encoder::append_item() writes
/// it.
std::string line_id(std::string_view slice_id, std::uint64_t ordinal);

}  // namespace billow
