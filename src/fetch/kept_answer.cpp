#include "fetch/kept_answer.hpp"

#include "base/limits.hpp"
#include "http/deflate.hpp"
#include "http/inflate.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <cstring>

namespace billow::fetch {
namespace {

std::string sha256(std::string_view bytes) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest, &length, EVP_sha256(), nullptr);
  static constexpr char digits[] = "0123456789abcdef";
  std::string hex;
  for (unsigned i = 0; i < length; ++i) {
    hex += digits[digest[i] >> 4];
    hex += digits[digest[i] & 15];
  }
  return hex;
}

}  // namespace

std::size_t KeptAnswer::packed_bytes() const noexcept {
  std::size_t sum = 0;
  for (const std::string& block : blocks) sum += block.size();
  return sum;
}

KeptAnswer keep_answer(std::string_view bytes) {
  KeptAnswer kept;
  kept.etag = sha256(bytes);
  kept.size = bytes.size();
  for (; !bytes.empty(); bytes.remove_prefix(std::min(bytes.size(), limits::fetch_block_bytes)))
    kept.blocks.push_back(http::gzip(bytes.substr(0, limits::fetch_block_bytes)));
  return kept;
}

Task<std::size_t> KeptAnswerReader::read_some(std::span<char> out) {
  if (offset_ == block_.size()) {
    if (next_block_ == answer_->blocks.size()) co_return std::size_t{0};
    auto block = http::gunzip(answer_->blocks[next_block_], limits::fetch_block_bytes);
    if (!block) co_return block.error();
    ++next_block_;
    block_ = *std::move(block);
    offset_ = 0;
  }
  const std::size_t count = std::min(out.size(), block_.size() - offset_);
  std::memcpy(out.data(), block_.data() + offset_, count);
  offset_ += count;
  co_return count;
}

}  // namespace billow::fetch
