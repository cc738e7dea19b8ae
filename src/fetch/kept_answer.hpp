#pragma once

#include "fetch/object_store.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace billow::fetch {

/// The answer of an API, kept so that it can be read again as it was. It is packed block by block,
/// since JSON shrinks to a tenth and less.
struct KeptAnswer {
  std::string etag;                 ///< SHA-256 of the bytes, in hexadecimal
  std::uint64_t size = 0;           ///< bytes
  std::vector<std::string> blocks;  ///< gzip, each of at most limits::fetch_block_bytes bytes

  std::size_t packed_bytes() const noexcept;
};

/// Digests and packs: CPU work, for the pool.
KeptAnswer keep_answer(std::string_view bytes);

/// Reads an answer block by block.
class KeptAnswerReader final : public ObjectReader {
 public:
  explicit KeptAnswerReader(std::shared_ptr<const KeptAnswer> answer)
      : answer_(std::move(answer)) {}
  Task<std::size_t> read_some(std::span<char> out) override;

 private:
  std::shared_ptr<const KeptAnswer> answer_;
  std::size_t next_block_ = 0;
  std::string block_;  ///< the one that is read
  std::size_t offset_ = 0;
};

}  // namespace billow::fetch
