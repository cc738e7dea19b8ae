#include "normalize/aws_negations.hpp"

#include <algorithm>

namespace billow::normalize::aws {

void Negations::add(Text plan, UnixSeconds start, Text currency, const Decimal& unblended) {
  const bool same = last_plan_.size() == plan.size() + 1 + currency.size() &&
                    last_plan_.starts_with(plan) && last_plan_.ends_with(currency);
  if (!same) {
    last_plan_.assign(plan).append(" ").append(currency);
    const bool full = plans_.size() >= plans_max && !plans_.contains(last_plan_);
    if (full || plan.size() > plan_bytes_max) last_plan_ = "others " + std::string(currency);
    last_ = plans_.try_emplace(last_plan_, static_cast<std::uint32_t>(plans_.size())).first->second;
  }
  Key key{last_, start};
  if (sums_.size() >= hours_max && !sums_.contains(key)) key.start = later;
  sums_[key].add(unblended);
}

std::vector<std::string> Negations::residues() const {
  std::vector<const std::string*> names(plans_.size());
  for (const auto& [name, number] : plans_) names[number] = &name;
  std::vector<std::string> left;
  for (const auto& [key, sum] : sums_) {
    if (sum.is_zero()) continue;
    const std::string& name = *names[key.plan];
    const std::size_t blank = name.rfind(' ');
    left.push_back(name.substr(0, blank) + " " +
                   (key.start == later ? "later" : format_time(key.start)) + " " + sum.to_string() +
                   name.substr(blank));
  }
  std::sort(left.begin(), left.end());
  return left;
}

}  // namespace billow::normalize::aws
