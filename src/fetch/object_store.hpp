#pragma once

#include "base/task.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace billow::fetch {

/// An object as a listing shows it.
struct ObjectInfo {
  std::string key;         ///< whole key, without the bucket
  std::uint64_t size = 0;  ///< bytes
  std::string etag;        ///< without quotes. For files: made of size, modification time and inode
  /// Last-Modified, or of a file its modification time, in seconds since 1970 (UTC); 0 if unknown.
  std::int64_t modified = 0;
};

/// A small object, whole.
struct Object {
  ObjectInfo info;
  std::string bytes;
};

/// Bytes of one object in order. A cut connection is taken up again where it broke, by Range and
/// If-Match; an object that changed meanwhile ends with Errc::changed.
class ObjectReader {
 public:
  virtual ~ObjectReader() = default;
  /// The next bytes; 0 at the end, which is only reported once as many bytes as the listing named
  /// were read.
  virtual Task<std::size_t> read_some(std::span<char> out) = 0;
};

/// A place that holds objects: an S3 bucket, or a folder that is a copy of one. Calls on the io
/// thread. Every network request is retried with full jitter within limits::fetch_attempts_max.
class ObjectStore {
 public:
  virtual ~ObjectStore() = default;
  /// How the place is called in logs, e.g. "s3://bucket" or "file:///folder".
  virtual std::string name() const = 0;
  /// Every object whose key starts with `prefix`, by key in ascending order; all pages of the
  /// listing.
  virtual Task<std::vector<ObjectInfo>> list(std::string prefix) = 0;
  /// A whole object of at most limits::small_object_bytes_max; Errc::not_found if there is none.
  virtual Task<Object> get(std::string key) = 0;
  /// Opens an object exactly as listed: another ETag or size than `object` says is Errc::changed.
  virtual Task<std::unique_ptr<ObjectReader>> open(ObjectInfo object) = 0;
};

}  // namespace billow::fetch
