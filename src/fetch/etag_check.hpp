#pragma once

#include "http/client.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace billow::fetch {

/// Compares what was read with an ETag that is the MD5 of the object. Multi-part uploads ("...-12")
/// and objects encrypted by KMS or the customer's key have other ETags; for those every content
/// matches. https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html
class EtagCheck {
 public:
  /// `etag` without quotes; `answer` is asked for its encryption headers.
  EtagCheck(std::string_view etag, const http::ResponseStream& answer);

  void update(std::string_view bytes);
  /// True unless the ETag is an MD5 and the bytes had another. To be asked once, at the end.
  bool matches();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const noexcept;
  };
  std::string expected_;
  std::unique_ptr<evp_md_ctx_st, Free> context_;  ///< null: nothing to check
};

}  // namespace billow::fetch
