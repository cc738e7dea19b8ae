#pragma once

#include "charge/charge.hpp"
#include "charge/control_totals.hpp"
#include "charge/encode.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace billow::normalize {

/// The slice a charge belongs to.
SliceKey key_of(const Charge& charge) noexcept;
/// `<prefix>-20260601`, or `<prefix>-20260601L` for charges of long periods.
std::string slice_id(std::string_view prefix, const SliceKey& key);

/// A slice while its charges arrive.
struct OpenSlice {
  OpenSlice(const SliceKey& key, std::string_view prefix, const Provenance& provenance,
            bool is_wanted);

  Slice slice;
  SliceFrame frame;
  bool wanted;
  std::uint64_t next_ordinal = 0;
  /// The totals of the last currency, which is nearly always the next one's too.
  std::pair<const std::string, CurrencyTotals>* currency = nullptr;

  /// Counts a charge in the control totals.
  void add(const Charge& charge, Uint128 digest);
};

/// The slices of one delivery: finds the one a charge belongs to, and keeps the exact totals of
/// each.
class SliceBook {
 public:
  using Wanted = std::function<bool(const SliceKey&)>;
  SliceBook(std::string prefix, Provenance provenance, Wanted wanted);

  /// nullptr when the charge would need one slice more than limits::slices_max.
  OpenSlice* find(const Charge& charge);
  std::map<SliceKey, Slice> take();

 private:
  OpenSlice* find_slowly(const SliceKey& key);

  std::string prefix_;
  Provenance provenance_;
  Wanted wanted_;
  std::map<SliceKey, OpenSlice> slices_;
  /// The slices last used, by the low bits of their key: a month needs 62 of them.
  std::array<OpenSlice*, 128> recent_{};
};

}  // namespace billow::normalize
