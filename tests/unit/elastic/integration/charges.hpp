#pragma once

#include "charge/control_totals.hpp"
#include "elastic/bulk_body.hpp"

#include <map>
#include <string>

namespace billow::elastic {

/// Builds bodies of charges and, beside them, the slices that they should add up to.
class Charges {
 public:
  explicit Charges(std::string index) : index_(std::move(index)) {}

  /// Adds one line; its id is <slice>-<n>.
  void add(const std::string& slice, const std::string& currency, const std::string& amount);
  /// A line that no mapping takes: its cost is a text.
  void add_poisoned(const std::string& slice);
  BulkBody take_body();
  std::vector<Slice> slices() const;

 private:
  void append(const std::string& slice, const std::string& currency, const std::string& amount);
  std::string index_;
  BulkBody body_;
  std::map<std::string, Slice> slices_;
  std::map<std::string, int> lines_;
};

}  // namespace billow::elastic
