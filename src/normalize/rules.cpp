#include "normalize/rules.hpp"

#include "normalize/normalizer.hpp"

#include <utility>

namespace billow::normalize {
namespace {

std::unique_ptr<RowRules> rules_of(const Options& options) {
  switch (options.rules) {
    case Rules::aws_cur2:
      return make_aws_cur2_rules(options.period);
    case Rules::aws_focus:
      return make_aws_focus_rules(options.period);
    case Rules::elastic_cloud:
      return make_elastic_cloud_rules(options);
  }
  return nullptr;
}

}  // namespace

std::optional<Rules> rules_named(std::string_view normalizer) noexcept {
  if (normalizer == "aws_cur2") return Rules::aws_cur2;
  if (normalizer == "aws_focus") return Rules::aws_focus;
  if (normalizer == "elastic_cloud") return Rules::elastic_cloud;
  return std::nullopt;
}

Normalizer::Normalizer(Options options) : Normalizer(options, rules_of(options)) {}

}  // namespace billow::normalize
