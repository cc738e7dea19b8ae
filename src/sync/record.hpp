#pragma once

#include "base/error.hpp"
#include "charge/control_totals.hpp"
#include "charge/coverage.hpp"
#include "fetch/object_store.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace billow::sync {

/// Where a delivery is in its life. Only the alias says what is visible; the state of a record is
/// for people.
enum class DeliveryState { loading, verified, published, superseded, withheld };

std::string_view name_of(DeliveryState state) noexcept;

/// The states of records that may still have to be settled after a crash.
inline constexpr std::array open_states = {DeliveryState::loading, DeliveryState::verified,
                                           DeliveryState::published, DeliveryState::withheld};

/// The version of what a charge becomes in Elasticsearch: rules, encoding and mapping. Raised with
/// every change that makes the same delivery produce other documents; a delivery of an older
/// version is read again.
inline constexpr int schema_version = 3;

/// The ids of slices, sorted.
std::vector<std::string> slice_ids(const std::vector<Slice>& slices);

/// One attempt to publish a delivery: a document of billow-deliveries. Its id is
/// DeliveryRecord::document_id(); what it states never changes after its publish, only its state.
struct DeliveryRecord {
  std::string feed;
  std::string kind;    ///< "aws/cur2"
  std::string period;  ///< "2026-06"
  std::string
      delivery_id;  ///< 32 hexadecimal digits made of what the provider gives (see delivery_id.hpp)
  std::string execution_id;  ///< the provider's name of the delivery; may be empty
  std::string manifest_key;
  std::string manifest_etag;
  std::vector<fetch::ObjectInfo> objects;  ///< in reading order, with sizes and ETags
  int schema = schema_version;
  std::string software;  ///< version of billow
  DeliveryState state = DeliveryState::loading;
  std::string at;           ///< when the record was written, `YYYY-MM-DDTHH:MM:SSZ`
  std::uint64_t token = 0;  ///< fencing token the delivery was loaded under
  std::uint64_t rows_read = 0;
  std::uint64_t rows_dropped = 0;
  std::uint64_t rows_dead = 0;
  std::uint64_t slices_kept =
      0;  ///< of the delivery before, left alone since nothing in them changed
  std::uint64_t slices_loaded = 0;
  std::uint64_t slices_withdrawn = 0;  ///< of the delivery before, replaced or gone
  std::vector<std::string> negation_residues;
  Coverage coverage;  ///< what the delivery speaks for
  /// The deliveries that the period is made of once this is published, itself included, in the
  /// order in which they were published; none where one delivery states all of it. Since the read
  /// alias names this record, it is told in the same instant which deliveries are in.
  std::vector<Part> parts;
  std::vector<Slice>
      slices;  ///< everything the period shows once this is published, ids and control totals
  /// What readers saw before and no longer do. Where no record told the totals, only ids.
  std::vector<Slice> replaced;

  /// <feed>:<period>:<delivery>:<token>. Every attempt has a token of its own, so that what the
  /// read alias names is never written over by a later attempt; of a delivery that is withheld
  /// there is one record.
  std::string document_id() const;
  /// The feed's token once this was published, which no other publication of the feed has.
  std::uint64_t publication_token() const noexcept { return token + 1; }
  /// Rows of all the deliveries the period is made of that could not become charges.
  std::uint64_t rows_missing() const noexcept;
  /// The sums over all slices.
  ControlTotals totals() const;

  std::string to_json() const;
  static Result<DeliveryRecord> from_json(std::string_view json);
};

}  // namespace billow::sync
