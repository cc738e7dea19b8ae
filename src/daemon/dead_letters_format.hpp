#pragma once

#include "daemon/dead_letters.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace billow::daemon {

/// Some of the letters there are, to be printed.
struct LetterList {
  LetterCounts counts;                ///< of all that are meant
  std::vector<StoredLetter> letters;  ///< the first of them
};

/// For a terminal of `width` columns: object and delivery by their ends, lines cut.
std::string letters_table(const LetterList& list, std::size_t width);
/// Everything, whole; {"total": n, "dead_letters": [...]}.
std::string letters_json(const LetterList& list);
std::string letters_csv(const LetterList& list);

/// "3 of 40 dead letters are shown", or "" when all are.
std::string cut_short(const LetterList& list);

/// What became of the letters of each feed and period that were there before.
std::string retried_table(const LetterCounts& before, const LetterCounts& after, std::size_t width);

}  // namespace billow::daemon
