#include "sync/delivery_id.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <charconv>

namespace billow::sync {
namespace {

/// Hashes texts with their lengths, so that no two lists of texts give the same bytes.
class TextHash {
 public:
  TextHash() : state_(XXH3_createState()) { XXH3_128bits_reset(state_); }
  ~TextHash() { XXH3_freeState(state_); }
  TextHash(const TextHash&) = delete;
  TextHash& operator=(const TextHash&) = delete;

  void add(std::string_view text) {
    const std::uint64_t size = text.size();
    XXH3_128bits_update(state_, &size, sizeof size);
    XXH3_128bits_update(state_, text.data(), text.size());
  }
  std::string hex() const {
    const XXH128_hash_t hash = XXH3_128bits_digest(state_);
    return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
  }

 private:
  XXH3_state_t* state_;
};

}  // namespace

std::string delivery_id(std::string_view feed, std::string_view period,
                        std::string_view execution_id, std::string_view manifest_etag,
                        const std::vector<fetch::ObjectInfo>& objects, const Coverage& coverage) {
  TextHash hash;
  hash.add(feed);
  hash.add(period);
  hash.add(execution_id);
  hash.add(manifest_etag);
  for (const fetch::ObjectInfo& object : objects) {
    hash.add(object.key);
    hash.add(std::to_string(object.size));
    hash.add(object.etag);
  }
  if (coverage.kind != DeliveryKind::full) {
    hash.add(name_of(coverage.kind));
    hash.add(std::to_string(coverage.first_day));
    hash.add(std::to_string(coverage.end_day));
  }
  return hash.hex();
}

std::string slice_prefix(std::string_view delivery_id, std::uint64_t token, int schema) {
  TextHash hash;
  hash.add(delivery_id);
  hash.add(std::to_string(schema));
  return fmt::format("{}-{}", hash.hex().substr(0, 10), token);
}

std::optional<std::uint64_t> token_of_slice(std::string_view slice_id) {
  const std::size_t first = slice_id.find('-');
  const std::size_t last = slice_id.rfind('-');
  if (first == std::string_view::npos || last == first) return std::nullopt;
  const std::string_view digits = slice_id.substr(first + 1, last - first - 1);
  std::uint64_t token = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), token);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return token;
}

}  // namespace billow::sync
