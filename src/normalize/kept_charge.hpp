#pragma once

#include "charge/charge.hpp"
#include "charge/wording.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace billow::normalize {

/// A charge that owns its texts, kept for the rows that repeat it: its numbers, times and varying
/// texts are set anew for each of them, and its wording is encoded once.
class KeptCharge {
 public:
  /// Copies the texts of `charge` but for the names of its extra columns and what varies, its owner
  /// included.
  explicit KeptCharge(const Charge& charge);
  KeptCharge(const KeptCharge&) = delete;
  KeptCharge& operator=(const KeptCharge&) = delete;

  Charge charge;
  std::vector<std::size_t> varying;  ///< which of charge.extra_texts vary

 private:
  std::string memory_;
  Wording wording_;
};

}  // namespace billow::normalize
