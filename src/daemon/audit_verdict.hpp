#pragma once

#include "audit/finding.hpp"
#include "audit/record.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What `billow audit verify` tells. Pure.
namespace billow::daemon {

/// What was read of the charges themselves.
struct ChargesRead {
  std::uint64_t lines = 0;
  std::size_t periods = 0;
  std::size_t periods_from_source = 0;  ///< whose source still had the objects
};

/// Everything a verification looked at and found.
struct AuditVerdict {
  std::uint64_t records = 0;
  audit::ChainEnd last;                ///< of the chain
  std::size_t periods = 0;             ///< visible periods that were held against the chain
  std::optional<ChargesRead> charges;  ///< with --deep
  std::vector<audit::Finding> findings;
  std::vector<std::string> notes;
  std::vector<std::string> failures;  ///< what could not be looked at

  bool proven() const noexcept { return findings.empty() && failures.empty(); }
};

/// For people: each finding with its place, then what was looked at.
std::string verdict_text(const AuditVerdict& verdict);
/// One JSON object.
std::string verdict_json(const AuditVerdict& verdict);

}  // namespace billow::daemon
