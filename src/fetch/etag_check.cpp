#include "fetch/etag_check.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>

#include <algorithm>

namespace billow::fetch {
namespace {

bool looks_like_md5(std::string_view etag) noexcept {
  return etag.size() == 32 && std::ranges::all_of(etag, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

bool etag_is_md5(std::string_view etag, const http::ResponseStream& answer) {
  return looks_like_md5(etag) &&
         !answer.header("x-amz-server-side-encryption").starts_with("aws:") &&
         answer.header("x-amz-server-side-encryption-customer-algorithm").empty();
}

}  // namespace

void EtagCheck::Free::operator()(evp_md_ctx_st* context) const noexcept {
  EVP_MD_CTX_free(context);
}

EtagCheck::EtagCheck(std::string_view etag, const http::ResponseStream& answer) : expected_(etag) {
  if (!etag_is_md5(etag, answer)) return;
  context_.reset(EVP_MD_CTX_new());
  if (context_ && EVP_DigestInit_ex(context_.get(), EVP_md5(), nullptr) != 1) {
    context_.reset();  // MD5 is switched off where FIPS rules; size and TLS have to do there
    ERR_clear_error();
  }
}

void EtagCheck::update(std::string_view bytes) {
  if (context_) EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size());
}

bool EtagCheck::matches() {
  if (!context_) return true;
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  EVP_DigestFinal_ex(context_.get(), digest, &length);
  context_.reset();
  static constexpr char digits[] = "0123456789abcdef";
  std::string hex;
  for (unsigned i = 0; i < length; ++i) {
    hex += digits[digest[i] >> 4];
    hex += digits[digest[i] & 15];
  }
  return hex == expected_;
}

}  // namespace billow::fetch
