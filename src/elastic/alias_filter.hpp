#pragma once

#include "elastic/publication.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The JSON of aliases: read filters, fencing tokens and the one call that moves both. Pure.
namespace billow::elastic {

/// Reads the answer to GET <index>/_alias/<alias>, sorted by index. Errc::malformed for an
/// alias whose filter is not one of alias_filter(): what it shows is not known, so nothing may be
/// built on it. `family`: read the indices of this family only; "": all.
Result<std::vector<Visible>> read_visible_answer(const std::string& json, std::string_view alias,
                                                 std::string_view family = {});

/// A feed's fencing token as the state index carries it.
struct Token {
  std::uint64_t number = 0;
  std::string
      mark;  ///< `_name` of the token alias: random, so that a writer knows its own call again
};

/// What the aliases of the state index say.
struct StateAliases {
  std::optional<std::uint64_t>
      registered;             ///< n of billow-feeds-<n>, moved whenever a feed gets its first token
  std::vector<Token> tokens;  ///< of one feed; one, once it is registered
};
/// Reads the answer to GET billow-state/_alias for one feed.
Result<StateAliases> read_state_answer(const std::string& json, std::string_view feed);

/// "billow-epoch-<feed>-<number>"
std::string token_alias(std::string_view feed, std::uint64_t number);
/// "billow-feeds-<number>"
std::string register_alias(std::uint64_t number);

/// Body of the _aliases call that moves the register from `registered` to the next number and gives
/// `feed` the token `first`. Fails as a whole when another daemon has registered a feed meanwhile.
std::string registration_body(std::string_view feed, std::uint64_t registered, std::uint64_t first,
                              std::string_view mark);
/// Body of the _aliases call that moves the token from `number` to number + 1 and shows `shown`.
std::string publication_body(std::string_view feed, std::uint64_t number, std::string_view mark,
                             const std::vector<Visible>& shown);
/// Body of the _aliases call that moves the token from `number` to number + 1 and deletes `index`.
std::string deletion_body(std::string_view feed, std::uint64_t number, std::string_view mark,
                          std::string_view index);

}  // namespace billow::elastic
