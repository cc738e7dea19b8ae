#include "normalize/rules.hpp"

#include "normalize/normalizer.hpp"

#include <utility>

namespace billow::normalize {
namespace {

std::unique_ptr<RowRules> make_rules(Rules rules, UnixSeconds period) {
  switch (rules) {
    case Rules::aws_cur2:
      return make_aws_cur2_rules(period);
    case Rules::aws_focus:
      return make_aws_focus_rules(period);
  }
  return nullptr;
}

std::unique_ptr<RowRules> rules_of(const Options& options) {
  return make_rules(options.rules, options.period);
}

}  // namespace

Normalizer::Normalizer(Options options) : Normalizer(options, rules_of(options)) {}

}  // namespace billow::normalize
