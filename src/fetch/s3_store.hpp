#pragma once

#include "fetch/object_store.hpp"
#include "fetch/s3_session.hpp"

#include <memory>

namespace billow::fetch {

/// A bucket of S3 or of a store that speaks its protocol.
/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html, .../API_GetObject.html
class S3Store final : public ObjectStore {
 public:
  explicit S3Store(std::shared_ptr<S3Session> session);

  std::string name() const override;
  Task<std::vector<ObjectInfo>> list(std::string prefix) override;
  Task<Object> get(std::string key) override;
  Task<std::unique_ptr<ObjectReader>> open(ObjectInfo object) override;

 private:
  /// The whole body, verified against its ETag; taken anew when it breaks off.
  Task<Object> read_whole(S3Request request);

  std::shared_ptr<S3Session> session_;
};

}  // namespace billow::fetch
