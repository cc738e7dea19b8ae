#include "normalize/rules.hpp"

namespace billow::normalize {
namespace {

/// Refuses every file: the rules for aws/focus are written next.
class NoRules final : public RowRules {
 public:
  Result<HeaderFindings> bind(std::span<const std::string>) override {
    return Error{Errc::rejected, "aws/focus is not supported yet"};
  }
  RowOutcome convert(const Row&, Scratch&, ChargeSink&) override { return {Fate::dead, {}, "not supported yet"}; }
};

}  // namespace

std::unique_ptr<RowRules> make_aws_focus_rules(UnixSeconds) { return std::make_unique<NoRules>(); }

}  // namespace billow::normalize
