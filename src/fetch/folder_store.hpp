#pragma once

#include "base/worker_pool.hpp"
#include "fetch/object_store.hpp"

#include <memory>
#include <string>

namespace billow::fetch {

/// A local folder that is a copy of a bucket: a key is the path below the folder. Files are read on
/// the pool, since a disk may block. Keys that lead out of the folder, by "..", as absolute paths
/// or through a symbolic link, are Errc::rejected; a listing leaves such links out and does not
/// descend into linked folders. An ETag is size-modification time-inode in hexadecimal; a file that
/// changes while it is read ends with Errc::changed.
class FolderStore final : public ObjectStore {
 public:
  /// `root` is an absolute path; that it exists is checked when it is used. `pool` outlives the
  /// store and its readers.
  FolderStore(std::string root, WorkerPool& pool);

  std::string name() const override;
  Task<std::vector<ObjectInfo>> list(std::string prefix) override;
  Task<Object> get(std::string key) override;
  Task<std::unique_ptr<ObjectReader>> open(ObjectInfo object) override;

 private:
  std::string root_;
  WorkerPool& pool_;
};

}  // namespace billow::fetch
