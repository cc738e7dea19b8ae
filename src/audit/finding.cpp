#include "audit/finding.hpp"

namespace billow::audit {

std::string_view name_of(FindingKind kind) noexcept {
  switch (kind) {
    case FindingKind::record_altered:
      return "record_altered";
    case FindingKind::record_missing:
      return "record_missing";
    case FindingKind::record_misplaced:
      return "record_misplaced";
    case FindingKind::record_doubled:
      return "record_doubled";
    case FindingKind::record_forged:
      return "record_forged";
    case FindingKind::link_broken:
      return "link_broken";
    case FindingKind::record_inconsistent:
      return "record_inconsistent";
    case FindingKind::head_differs:
      return "head_differs";
    case FindingKind::publication_missing:
      return "publication_missing";
    case FindingKind::visible_differs:
      return "visible_differs";
    case FindingKind::delivery_differs:
      return "delivery_differs";
    case FindingKind::slice_differs:
      return "slice_differs";
    case FindingKind::line_altered:
      return "line_altered";
    case FindingKind::line_missing:
      return "line_missing";
    case FindingKind::line_added:
      return "line_added";
    case FindingKind::source_differs:
      return "source_differs";
  }
  return "unknown";
}

}  // namespace billow::audit
