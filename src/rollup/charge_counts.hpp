#pragma once

#include "base/limits.hpp"
#include "charge/charge.hpp"
#include "charge/control_totals.hpp"
#include "rollup/definition.hpp"
#include "rollup/document.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace billow::rollup {

/// Adds charges up by the groups of all definitions while they pass on their way to Elasticsearch,
/// exactly, so that nobody has to ask for the sums of what was just sent. Memory is bounded: where
/// a delivery has too many groups, nothing is known in the end, and Elasticsearch has to be asked.
/// Charges that share a wording or an owner (see Charge) are recognized by it; so the charges of
/// one Normalizer belong in one of these. Not thread-safe.
class ChargeCounts {
 public:
  /// `cells_max`: so many combinations of a slice and everything that any definition groups by.
  ChargeCounts(std::span<const Definition> definitions, std::string feed,
               std::size_t cells_max = limits::rollup_cells_max);

  /// Counts a charge of the slice.
  void add(const Slice& slice, const Charge& charge);

  /// True when each_document() knows what the definition makes of the slice: it was counted here,
  /// all groups had room, and the definition asks for nothing but what a charge holds under its
  /// FOCUS name.
  bool knows(const Definition& definition, const Slice& slice) const;
  /// Gives the documents of a slice it knows to `take`, in an order of their own.
  void each_document(const Definition& definition, const Slice& slice,
                     const std::function<void(const RollupDocument&)>& take) const;

 private:
  /// A value that some definition groups by and that differs within a slice.
  struct Field {
    enum class Kind { text, billing_period_start, tag };
    Kind kind = Kind::text;
    TextColumn column{};  ///< of a text
    std::string name;     ///< of a tag
  };
  /// Where the value of a group comes from: the slice, the feed, or a field.
  struct Source {
    enum class Kind { slice, feed, day, field };
    Kind kind = Kind::field;
    std::size_t field = 0;
    bool by_month = false;  ///< of a date
  };
  /// How a definition is made of fields and sums.
  struct Plan {
    std::vector<Source> groups;
    std::vector<std::optional<std::size_t>> measures;  ///< places in Cell::sums; nullopt: lines
  };
  /// Fields whose values come together, and the values they had: numbered, each one after the other
  /// (see put_value()).
  struct Part {
    std::vector<std::size_t> fields;
    std::unordered_map<std::string, std::uint32_t> numbers;
    std::vector<const std::string*> values;  ///< by number
  };
  /// The charges of a slice that agree in all fields.
  struct Cell {
    std::uint32_t combination = 0;
    std::uint64_t lines = 0;
  };
  struct Counted {
    std::string slice_id;
    std::uint32_t number = 0;          ///< of the slice, among those counted
    std::vector<std::uint32_t> cells;  ///< places in cells_
  };
  /// What a document says.
  struct Sums {
    std::uint64_t lines = 0;
    std::vector<DecimalSum> amounts;  ///< in the order of columns_
  };

  std::optional<Plan> plan(const Definition& definition);
  std::optional<Source> source(const Group& group);
  std::size_t place_of(Field field);
  std::uint32_t combination_of(const Charge& charge);
  /// The number of a charge's values; `mark`, where the charge has one, knows it from then on.
  std::uint32_t number_of(Part& part, const Charge& charge, std::uint32_t* mark);
  /// Of a combination, by field.
  std::vector<std::optional<std::string_view>> values_of(std::uint32_t combination) const;
  Counted& counted(const Slice& slice);
  /// The place of a cell in cells_, which may be new.
  std::size_t cell_of(Counted& counted, std::uint32_t combination);
  /// The value of a group; of a field the next one of `fields`, which it takes away.
  std::optional<std::string> value_of(const Source& source, const Slice& slice,
                                      std::string_view& fields) const;
  void give_up();

  const std::string feed_;
  const std::size_t cells_max_;
  std::vector<Field> fields_;
  std::vector<NumberColumn> columns_;  ///< those that some definition sums
  std::map<std::string, Plan> plans_;  ///< by the definition's name

  Part thing_;                   ///< what is charged for
  Part owner_;                   ///< who is charged
  std::string value_;            ///< of the charge at hand
  std::size_t value_bytes_ = 0;  ///< of both parts
  /// By the number of the owner and, in the lower half, that of the thing; and back.
  boost::unordered_flat_map<std::uint64_t, std::uint32_t> combinations_;
  std::vector<std::uint64_t> parts_;
  std::map<SliceKey, Counted> slices_;
  /// The slices last used, by the low bits of their key: a month needs 62 of them.
  std::array<std::pair<const SliceKey, Counted>*, 128> recent_{};
  std::vector<Cell> cells_;
  std::vector<DecimalSum> amounts_;  ///< of each cell in turn, in the order of columns_
  /// By the slice's number and, in the lower half, the combination.
  boost::unordered_flat_map<std::uint64_t, std::uint32_t> places_;
  bool gave_up_ = false;
};

}  // namespace billow::rollup
