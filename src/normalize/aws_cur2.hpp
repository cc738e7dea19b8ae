#pragma once

#include "normalize/aws_cells.hpp"
#include "normalize/aws_cur2_columns.hpp"
#include "normalize/aws_line_type.hpp"
#include "normalize/aws_map_cache.hpp"
#include "normalize/aws_negations.hpp"
#include "normalize/aws_prices.hpp"
#include "normalize/kept_charge.hpp"
#include "normalize/kept_owner.hpp"
#include "normalize/repeated_rows.hpp"
#include "normalize/rules.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace billow::normalize::aws {

/// CUR 2.0 to FOCUS 1.4, as ingest/aws/cur2/README.md lays down. Reads a row in four steps: what
/// must be right in every line (aws_cur2.cpp), its times and amounts (aws_cur2_amounts.cpp), its
/// descriptions (aws_cur2_describe.cpp) and what hangs on the charge's category
/// (aws_cur2_charge.cpp). Of a row that repeats an earlier one but for its times and amounts and
/// its owner, only these are read (aws_cur2_repeat.cpp, aws_cur2_owner.cpp).
class Cur2Rules final : public RowRules {
 public:
  /// `period`: first second of the month the delivery states.
  explicit Cur2Rules(UnixSeconds period) : period_(period) {}

  Result<HeaderFindings> bind(std::span<const std::string> header) override;
  RowOutcome convert(const Row& row, Scratch& scratch, ChargeSink& sink) override;
  std::vector<std::string> residues() const override { return negations_.residues(); }

 private:
  /// What lines say that differ in nothing but times, amounts and ids. Texts borrow from the row or
  /// the caches.
  struct Line {
    LineType type = LineType::unknown;
    Text currency;
    Text usage_type;
    Number rate;      ///< pricing_public_on_demand_rate
    Text plan;        ///< savings plan ARN
    Text commitment;  ///< savings plan ARN, else reservation ARN
    bool is_plan = false;
    bool has_price = false;  ///< the charge has a SkuId, and a SkuPriceId if prices hold
    ChargeKind kind;
    UnixSeconds billing_start = 0;
    UnixSeconds billing_end = 0;
    // Not known of a line that is kept.
    const ProductMap* product = nullptr;
    Text cost_categories;
  };

  /// Whose charge a line is, as far as it was read.
  struct Owner {
    bool is_commitment = false;       ///< the resource is one, and named by another column
    const KeptOwner* kept = nullptr;  ///< without, these are known; all borrow from the caches
    const TagMap* resource_tags = nullptr;
    const TagMap* tags = nullptr;
  };

  /// The times and amounts of one line.
  struct Figures {
    UnixSeconds start = 0;
    UnixSeconds end = 0;
    Number unblended;
    Number net_unblended;
    Number blended;
    Number cost;      ///< what is to be paid: net where the file states it
    Number quantity;  ///< line_item_usage_amount
    Number list_cost;
    bool list_from_rate = false;
    Number effective;  ///< covered usage: the share of the commitment
    Number unused;     ///< recurring fees: the part nothing used
    Number billed;
    UnitPrices prices;
    Number commitment_quantity;
    Text discounts;  ///< a JSON object with members, or nothing

    /// The texts of a charge hang on its figures in this alone.
    std::size_t wording() const noexcept {
      return (prices.hold ? 1U : 0U) + (commitment_quantity.has_value() ? 2U : 0U);
    }
    static constexpr std::size_t wordings = 4;
  };

  /// What became of a line, kept for lines like it.
  struct Kept {
    std::string memory;
    Line line;
    std::array<std::unique_ptr<KeptCharge>, Figures::wordings> charges;  ///< by Figures::wording()
  };

  /// The reading side of one row.
  struct Cells {
    const Row& row;
    const Cur2Binding& binding;
    Text operator[](Cur2 column) const { return row.field(binding[column]); }
  };

  // Each of these is false, and fault_ says why, where the row cannot become a charge.
  bool read_line(const Cells& cells, Line& line, Scratch& scratch);
  bool read_account(const Cells& cells, Line& line);
  bool read_billing_period(const Cells& cells, Line& line);
  bool read_maps(const Cells& cells, Line& line);
  bool read_owner(const Cells& cells, const Line& line, Owner& owner);
  /// What a column that holds a JSON object says; nullptr, and fault_ says why, if it holds none.
  template <class Cache>
  auto read_map(const Cells& cells, Cur2 column, Cache& cache);
  bool read_figures(const Cells& cells, const Line& line, Figures& figures, Scratch& scratch);
  bool read_times(const Cells& cells, Figures& figures);
  bool read_charge_end(const Cells& cells, Figures& figures);
  bool read_amounts(const Cells& cells, const Line& line, Figures& figures, Scratch& scratch);
  bool read_list_cost(const Cells& cells, const Line& line, Figures& figures, Scratch& scratch);
  bool read_commitment_amounts(const Cells& cells, const Line& line, Figures& figures,
                               Scratch& scratch);
  bool read_unused(const Cells& cells, const Line& line, Figures& figures, Scratch& scratch);
  bool read_commitment_quantity(const Cells& cells, const Line& line, Figures& figures,
                                Scratch& scratch);
  bool amount(const Cells& cells, Cur2 column, Scratch& scratch, Number& number);
  /// The net variant where the file has it and the row fills it.
  bool amount(const Cells& cells, Cur2 net, Cur2 plain, Scratch& scratch, Number& number);
  bool needed(Cur2 column, const Number& number, std::string_view why);

  /// A place for what becomes of this row, nullptr when it is not worth keeping.
  Kept* keep(const Line& line);
  /// The charge in the words of a row like this one; nullptr without.
  Charge* restate(const Kept& kept, const Cells& cells, const Owner& owner, const Figures& figures,
                  Scratch& scratch);
  /// Fills in what is not words.
  static void put_figures(Charge& charge, const Cells& cells, const Line& line,
                          const Figures& figures);

  void describe(const Cells& cells, const Line& line, const Figures& figures, Scratch& scratch);
  void describe_parties(const Cells& cells, const Line& line);
  void describe_service(const Cells& cells);
  void describe_extras(const Cells& cells, const Line& line, const Figures& figures);
  /// Category, frequency, and what hangs on them.
  void describe_charge(const Cells& cells, const Line& line, const Figures& figures,
                       Scratch& scratch);
  void set_commitment(const Line& line, const Figures& figures);
  /// Fills in whose charge it is: account, resource and tags.
  void put_owner(Charge& charge, const Cells& cells, const Line& line, const Owner& owner,
                 Scratch& scratch);
  void put_account(Charge& charge, const Cells& cells) const;
  void put_resource(Charge& charge, const Cells& cells, Text resource, const Owner& owner,
                    Scratch& scratch) const;
  void put_tags(Charge& charge, const Cells& cells, const Owner& owner);
  void set_capacity_reservation(const Cells& cells);
  void set_price_texts(const Cells& cells, const Line& line, const Figures& figures,
                       Scratch& scratch);
  void set_details(const Cells& cells, const Line& line, Scratch& scratch);
  /// Turns the purchase that was just emitted into the charge of its unused part.
  void make_unused(const Figures& figures);

  UnixSeconds period_;
  Cur2Binding binding_;
  Charge charge_;
  std::vector<Tag> all_tags_;  ///< of the row, where its owner is not kept
  RowFault fault_;
  Negations negations_;
  RepeatedRows<Kept> repeated_;
  RepeatedRows<KeptOwner> owners_;
  TimeCell billing_start_;
  TimeCell billing_end_;
  TimeCell usage_start_;
  TimeCell usage_end_;
  MapCache<CurTagMap, 4096> resource_tags_;  // as many as there are resources
  MapCache<StatedTagMap> tags_;
  MapCache<ProductMap> products_;
  MapCache<OpaqueMap> cost_categories_;
  MapCache<OpaqueMap> discounts_;
};

template <class Cache>
auto Cur2Rules::read_map(const Cells& cells, Cur2 column, Cache& cache) {
  const auto* map = cache.read(cells.row, binding_[column], [&] { return cells[column]; });
  if (map == nullptr) fault_.say(name_of(column), fault_of_map(cells[column]));
  return map;
}

/// ResourceType of a resource id: "rds db" for arn:aws:rds:eu-west-1:111122223333:db:orders, "ec2
/// instance" for i-0a1b, else "Other".
Text resource_type(Text resource, Scratch& scratch);

/// The last segment of an ARN, after its last '/' or ':'.
Text last_segment(Text arn) noexcept;

}  // namespace billow::normalize::aws
