#include "normalize/normalizer.hpp"
#include "normalize/rules.hpp"

namespace billow::normalize {
namespace {

/// Refuses everything until the rules are written.
class NoElasticCloud final : public RowRules {
 public:
  Result<HeaderFindings> bind(std::span<const std::string>) override {
    return Error{Errc::malformed, "elastic-cloud/costs cannot be read yet"};
  }
  RowOutcome convert(const Row&, Scratch&, ChargeSink&) override { return {Fate::dead, {}, {}}; }
};

}  // namespace

std::unique_ptr<RowRules> make_elastic_cloud_rules(const Options&) {
  return std::make_unique<NoElasticCloud>();
}

}  // namespace billow::normalize
