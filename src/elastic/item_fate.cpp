#include "elastic/item_fate.hpp"

namespace billow::elastic {

bool is_full_disk(std::string_view error_type, std::string_view reason) noexcept {
  // "index [x] blocked by: [FORBIDDEN/12/index read-only / allow delete (api)];" and, in later
  // versions,
  // "[TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, ...". Other blocks have other
  // numbers.
  return error_type == "cluster_block_exception" && reason.find("/12/") != std::string_view::npos;
}

ItemFate fate_of(BulkAction action, int status, std::string_view error_type,
                 std::string_view reason) noexcept {
  if (status == 200 || status == 201) return ItemFate::stored;
  if (status == 429 || status >= 500) return ItemFate::retry;
  if (status == 409 && action == BulkAction::create) return ItemFate::already_there;
  if (status == 404 && action == BulkAction::remove) return ItemFate::missing;
  if (status == 403 && is_full_disk(error_type, reason)) return ItemFate::retry;
  if (status == 401 || status == 403 || status == 404) return ItemFate::stop;
  return ItemFate::rejected;
}

}  // namespace billow::elastic
