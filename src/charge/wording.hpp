#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace billow {

/// The statement of charges that agree in everything but their numbers, their charge period, their
/// owner and the extra texts that vary: encoded once, with gaps for these. Whoever knows that
/// charges repeat owns one, and an Encoder fills it in.
class Wording {
 public:
  bool is_made() const noexcept { return !fixed_.empty(); }

  /// For the one who counts charges by what they have in common: 0 until it is set.
  std::uint32_t mark = 0;

 private:
  friend class Encoder;

  /// A value that differs from charge to charge.
  struct Gap {
    enum class Kind : std::uint8_t {
      number,
      extra_number,
      extra_text,
      resource,
      account_and_tags,
      period_start,
      period_end
    };
    std::uint32_t fixed_size = 0;  ///< bytes in front of it that are always there
    std::uint32_t key_size = 0;    ///< bytes behind them that are there when the value is not null
    Kind kind = Kind::number;
    std::uint16_t index = 0;  ///< among the charge's numbers, extra numbers or extra texts
  };

  std::string fixed_;  ///< the constant bytes of all gaps, one after the other, and some to spare
  std::vector<Gap> gaps_;
  std::size_t last_size_ = 0;  ///< bytes behind the last gap
  /// Enough for the constant bytes and values of usual_bytes each.
  std::size_t room_ = 0;
  static constexpr std::size_t usual_bytes = 48;
};

}  // namespace billow
