#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace billow::audit {

/// What can be wrong with the chain, with what readers see, or with the charges behind it.
enum class FindingKind {
  record_altered,       ///< not as it was written: its hash is another one, or it cannot be read
  record_missing,       ///< a sequence number without a document
  record_misplaced,     ///< a document that holds the record of another place
  record_doubled,       ///< the same publication twice
  record_forged,        ///< a document that Billow did not write
  link_broken,          ///< a record was made after another record than the one before it
  record_inconsistent,  ///< it contradicts the records before it
  head_differs,         ///< what is known from elsewhere of a record is not what the chain has
  publication_missing,  ///< readers see a publication that the chain does not have
  visible_differs,      ///< readers see other slices than the chain says
  delivery_differs,     ///< a delivery record says something else than the chain
  slice_differs,        ///< the charges of a slice are not those that were published
  line_altered,
  line_missing,
  line_added,
  source_differs,  ///< the source, read again, states something else than the chain
};

/// As it stands in JSON, e.g. "record_altered".
std::string_view name_of(FindingKind kind) noexcept;

/// One thing that is wrong, and where. What does not apply is empty or 0.
struct Finding {
  Finding() = default;
  Finding(FindingKind kind_, std::string what_) : kind(kind_), what(std::move(what_)) {}

  FindingKind kind = FindingKind::record_altered;
  std::uint64_t sequence = 0;
  std::string feed;
  std::string period;
  std::string index;
  std::string slice;
  std::string document;  ///< _id
  std::string what;      ///< a sentence: what was expected and what was found
};

}  // namespace billow::audit
