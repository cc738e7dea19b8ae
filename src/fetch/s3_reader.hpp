#pragma once

#include "fetch/etag_check.hpp"
#include "fetch/object_store.hpp"
#include "fetch/s3_session.hpp"

#include <memory>
#include <optional>

namespace billow::fetch {

/// Reads one object of a bucket, exactly as it was listed. There is no read-ahead of our own: while
/// the caller is busy, the kernel goes on receiving into the socket's buffer, which grows to
/// megabytes.
class S3Reader final : public ObjectReader {
 public:
  S3Reader(std::shared_ptr<S3Session> session, ObjectInfo object);

  /// Asks for the object from the first byte that is still missing.
  Task<void> open();
  Task<std::size_t> read_some(std::span<char> out) override;

 private:
  /// Errc::changed when the answer belongs to another state of the object, Errc::malformed when it
  /// is not the range that was asked for.
  Result<void> check_answer(const http::ResponseStream& stream) const;
  Task<std::size_t> read_once(std::span<char> out);
  /// The next bytes of the answer that we do not have yet. An answer that comes too slowly is
  /// dropped, so that the next read asks for the rest: elsewhere in the store it may be faster.
  Task<std::size_t> receive(std::span<char> out);

  std::shared_ptr<S3Session> session_;
  ObjectInfo object_;
  std::string name_;
  Backoff backoff_;
  Pace pace_;
  std::unique_ptr<http::ResponseStream> stream_;  ///< null: to be opened (again)
  std::optional<EtagCheck> check_;
  std::uint64_t offset_ = 0;
  std::uint64_t skipped_ = 0;  ///< of the answer's first bytes, those still to be passed over
  bool finished_ = false;
};

}  // namespace billow::fetch
