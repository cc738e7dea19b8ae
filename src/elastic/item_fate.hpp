#pragma once

#include <cstdint>
#include <string_view>

namespace billow::elastic {

/// What a bulk item asked for. Others are never sent.
/// `index` counts as create: the version it carries makes it as harmless to repeat.
enum class BulkAction { create, remove };

/// What has become of a bulk item.
enum class ItemFate {
  stored,         ///< 200, 201
  already_there,  ///< 409 on create: a try of ours was first
  missing,        ///< 404 on delete: gone already
  retry,          ///< 429, 5xx, or a full disk: send it again
  stop,           ///< 401, 403, 404 on create: nothing will get through until a person acts
  rejected,       ///< anything else: this line will never be accepted
};

/// The fate of one item by its status (facts/elastic.md 2.2). `error_type` and `reason` are the
/// item's error, and matter only for 403: a full disk reads as a block that Elasticsearch lifts by
/// itself.
ItemFate fate_of(BulkAction action, int status, std::string_view error_type,
                 std::string_view reason) noexcept;

/// True for the block that Elasticsearch puts on indices while a disk is over the flood stage
/// (block id 12).
bool is_full_disk(std::string_view error_type, std::string_view reason) noexcept;

}  // namespace billow::elastic
