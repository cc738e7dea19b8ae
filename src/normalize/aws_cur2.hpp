#pragma once

#include "normalize/aws_cells.hpp"
#include "normalize/aws_cur2_columns.hpp"
#include "normalize/aws_line_type.hpp"
#include "normalize/aws_map_cache.hpp"
#include "normalize/aws_negations.hpp"
#include "normalize/rules.hpp"

#include <memory>
#include <string>
#include <vector>

namespace billow::normalize::aws {

/// CUR 2.0 to FOCUS 1.4, as ingest/aws/cur2/README.md lays down. Reads a row in four steps: what
/// must be right in every line (aws_cur2.cpp), its amounts (aws_cur2_amounts.cpp), its descriptions
/// (aws_cur2_describe.cpp) and what hangs on the charge's category (aws_cur2_charge.cpp).
class Cur2Rules final : public RowRules {
 public:
  /// `period`: first second of the month the delivery states.
  explicit Cur2Rules(UnixSeconds period) : period_(period) {}

  Result<HeaderFindings> bind(std::span<const std::string> header) override;
  RowOutcome convert(const Row& row, Scratch& scratch, ChargeSink& sink) override;
  std::vector<std::string> residues() const override { return negations_.residues(); }

 private:
  /// What one line says, before it is a charge. Texts borrow from the row, the scratch memory or
  /// the caches.
  struct Line {
    LineType type = LineType::unknown;
    Text usage_type;
    Number unblended;
    Number net_unblended;
    Number blended;
    Number cost;      ///< what is to be paid: net where the file states it
    Number quantity;  ///< line_item_usage_amount
    Number rate;      ///< pricing_public_on_demand_rate
    Number list_cost;
    bool list_from_rate = false;
    Number effective;  ///< covered usage: the share of the commitment
    Number unused;     ///< recurring fees: the part nothing used
    Text plan;         ///< savings plan ARN
    Text commitment;   ///< savings plan ARN, else reservation ARN
    bool is_plan = false;
    const TagMap* tags = nullptr;
    const ProductMap* product = nullptr;
    bool has_cost_categories = false;
    bool has_discounts = false;
  };

  /// The reading side of one row.
  struct Cells {
    const Row& row;
    const Cur2Binding& binding;
    Text operator[](Cur2 column) const {
      const std::size_t place = binding[column];
      return place == no_place ? Text() : row.field(place);
    }
  };

  // Each of these is false, and fault_ says why, where the row cannot become a charge.
  bool read_frame(const Cells& cells, Line& line);
  bool read_periods(const Cells& cells);
  bool read_charge_end(const Cells& cells);
  bool read_maps(const Cells& cells, Line& line);
  bool read_amounts(const Cells& cells, Line& line, Scratch& scratch);
  bool read_list_cost(const Cells& cells, Line& line, Scratch& scratch);
  bool read_commitment_amounts(const Cells& cells, Line& line, Scratch& scratch);
  bool read_unused(const Cells& cells, Line& line, Scratch& scratch);
  bool amount(const Cells& cells, Cur2 column, Scratch& scratch, Number& number);
  /// The net variant where the file has it and the row fills it.
  bool amount(const Cells& cells, Cur2 net, Cur2 plain, Scratch& scratch, Number& number);
  bool needed(Cur2 column, const Number& number, std::string_view why);

  void describe(const Cells& cells, const Line& line);
  void describe_parties(const Cells& cells, const Line& line);
  void describe_tags(const Cells& cells, const Line& line);
  void keep_extras(const Cells& cells, const Line& line);
  /// Category, frequency, costs and prices of the one charge, or of the first of two.
  bool make_charge(const Cells& cells, const Line& line, Scratch& scratch);
  void set_costs(const Number& billed, const Number& effective, const Number& list,
                 const Number& contracted);
  void set_commitment(const Line& line, std::string_view status);
  void set_resource(const Cells& cells, const Line& line, bool is_commitment, Scratch& scratch);
  void set_capacity_reservation(const Cells& cells);
  void set_prices(const Cells& cells, const Line& line, std::string_view status, Scratch& scratch);
  bool set_commitment_quantity(const Cells& cells, const Line& line, std::string_view status,
                               Scratch& scratch);
  void set_details(const Cells& cells, const Line& line, Scratch& scratch);
  /// Turns the purchase that was just emitted into the charge of its unused part.
  void make_unused(const Line& line);

  UnixSeconds period_;
  Cur2Binding binding_;
  Charge charge_;
  RowFault fault_;
  Negations negations_;
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

/// ResourceType of a resource id: "rds db" for arn:aws:rds:eu-west-1:111122223333:db:orders, "ec2
/// instance" for i-0a1b, else "Other".
Text resource_type(Text resource, Scratch& scratch);

/// The last segment of an ARN, after its last '/' or ':'.
Text last_segment(Text arn) noexcept;

}  // namespace billow::normalize::aws
