#include "fetch/folder_store.hpp"

#include "base/limits.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <functional>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace billow::fetch {

namespace fs = std::filesystem;

namespace {

/// An open file; closed when destroyed.
class File {
 public:
  File() = default;
  explicit File(int descriptor) : descriptor_(descriptor) {}
  File(File&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  File& operator=(File&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  int get() const noexcept { return descriptor_; }

 private:
  int descriptor_ = -1;
};

Error file_error(const std::string& path, int reason) {
  const bool missing = reason == ENOENT || reason == ENOTDIR;
  const bool denied = reason == EACCES || reason == EPERM;
  const Errc code = missing ? Errc::not_found : denied ? Errc::unauthorized : Errc::transient;
  return {code, path + ": " + std::strerror(reason)};
}

std::string etag_of(const struct stat& status) {
  const auto mtime_ns = static_cast<unsigned long long>(status.st_mtim.tv_sec) * 1'000'000'000ULL +
                        static_cast<unsigned long long>(status.st_mtim.tv_nsec);
  char text[64];
  const int length = std::snprintf(text, sizeof text, "%llx-%llx-%llx",
                                   static_cast<unsigned long long>(status.st_size), mtime_ns,
                                   static_cast<unsigned long long>(status.st_ino));
  return std::string(text, static_cast<std::size_t>(length));
}

bool is_inside(const fs::path& path, const fs::path& root) {
  const auto [in_root, in_path] = std::ranges::mismatch(root, path);
  return in_root == root.end();
}

Result<fs::path> canonical_root(const std::string& root) {
  std::error_code ec;
  fs::path path = fs::canonical(root, ec);
  if (ec) return Error{Errc::bad_config, "no such folder: " + root + " (" + ec.message() + ")"};
  if (!fs::is_directory(path, ec)) return Error{Errc::bad_config, root + " is not a folder"};
  return path;
}

/// The file a key names, with every link resolved, or why it must not be touched.
Result<fs::path> path_of(const std::string& root, const std::string& key) {
  auto base = canonical_root(root);
  if (!base) return base.error();
  const fs::path relative(key);
  const bool leaves = key.empty() || key.find('\0') != std::string::npos ||
                      relative.is_absolute() || std::ranges::find(relative, "..") != relative.end();
  if (leaves) return Error{Errc::rejected, "'" + key + "' is not a key inside of " + root};
  std::error_code ec;
  fs::path path = fs::canonical(*base / relative, ec);
  if (ec) return file_error(root + "/" + key, ec.value());
  if (!is_inside(path, *base)) {
    return Error{Errc::rejected, root + "/" + key + " is a link that leads out of the folder"};
  }
  return path;
}

struct OpenFile {
  File file;
  ObjectInfo info;
};

Result<ObjectInfo> info_of(const File& file, const std::string& key, const std::string& path) {
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) return file_error(path, errno);
  if (!S_ISREG(status.st_mode)) return Error{Errc::rejected, path + " is not a regular file"};
  ObjectInfo info;
  info.key = key;
  info.size = static_cast<std::uint64_t>(status.st_size);
  info.etag = etag_of(status);
  info.modified = status.st_mtim.tv_sec;
  return info;
}

Result<OpenFile> open_file(const std::string& root, const std::string& key) {
  auto path = path_of(root, key);
  if (!path) return path.error();
  // Without O_NONBLOCK, opening a FIFO would wait for a writer.
  OpenFile opened;
  opened.file = File(::open(path->c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (opened.file.get() < 0) return file_error(path->string(), errno);
  auto info = info_of(opened.file, key, path->string());
  if (!info) return info.error();
  opened.info = std::move(*info);
  return opened;
}

/// Reads until `size` bytes are there or the file ends.
Result<std::size_t> read_full(const File& file, char* data, std::size_t size, std::uint64_t offset,
                              const std::string& path) {
  std::size_t filled = 0;
  while (filled != size) {
    const auto bytes =
        ::pread(file.get(), data + filled, size - filled, static_cast<off_t>(offset + filled));
    if (bytes < 0 && errno == EINTR) continue;
    if (bytes < 0) return file_error(path, errno);
    if (bytes == 0) break;
    filled += static_cast<std::size_t>(bytes);
  }
  return filled;
}

Error changed(const std::string& path) {
  return {Errc::changed, path + " changed while it was read"};
}

/// Errc::changed unless the file is still what it was when it was listed.
Result<void> check_unchanged(const File& file, const ObjectInfo& expected,
                             const std::string& path) {
  auto info = info_of(file, expected.key, path);
  if (!info) return info.error();
  if (info->etag != expected.etag || info->size != expected.size) return changed(path);
  return {};
}

Result<Object> read_object(const std::string& root, const std::string& key) {
  auto opened = open_file(root, key);
  if (!opened) return opened.error();
  const std::string path = root + "/" + key;
  if (opened->info.size > limits::small_object_bytes_max) {
    return Error{Errc::over_limit, path + " is larger than " +
                                       std::to_string(limits::small_object_bytes_max) + " bytes"};
  }
  Object object;
  object.bytes.resize(static_cast<std::size_t>(opened->info.size));
  auto bytes = read_full(opened->file, object.bytes.data(), object.bytes.size(), 0, path);
  if (!bytes) return bytes.error();
  if (*bytes != object.bytes.size()) return changed(path);
  if (auto same = check_unchanged(opened->file, opened->info, path); !same) return same.error();
  object.info = std::move(opened->info);
  return object;
}

/// Adds a directory entry to the listing if it is a file whose key has the prefix.
Result<void> add_entry(const fs::directory_entry& entry, const fs::path& base,
                       const std::string& prefix, std::vector<ObjectInfo>& found) {
  std::string key = entry.path().lexically_relative(base).generic_string();
  if (!key.starts_with(prefix)) return {};
  std::error_code ec;
  if (entry.is_symlink(ec)) {
    const fs::path target = fs::canonical(entry.path(), ec);
    if (ec || !is_inside(target, base)) return {};
  }
  struct stat status{};
  if (::stat(entry.path().c_str(), &status) != 0) {
    if (errno == ENOENT) return {};  // gone since the folder was read
    return file_error(entry.path().string(), errno);
  }
  if (!S_ISREG(status.st_mode)) return {};
  if (found.size() == limits::listed_objects_max) {
    return Error{Errc::over_limit, base.string() + " holds more than " +
                                       std::to_string(limits::listed_objects_max) + " files"};
  }
  ObjectInfo info;
  info.key = std::move(key);
  info.size = static_cast<std::uint64_t>(status.st_size);
  info.etag = etag_of(status);
  info.modified = status.st_mtim.tv_sec;
  found.push_back(std::move(info));
  return {};
}

Result<std::vector<ObjectInfo>> list_files(const std::string& root, const std::string& prefix) {
  auto base = canonical_root(root);
  if (!base) return base.error();
  std::vector<ObjectInfo> found;
  // Only the folder the prefix lies in can hold matches.
  const fs::path below = fs::path(prefix.substr(0, prefix.rfind('/') + 1));
  if (below.is_absolute() || std::ranges::find(below, "..") != below.end()) {
    return Error{Errc::rejected, "'" + prefix + "' is not a prefix inside of " + root};
  }
  std::error_code ec;
  const fs::path start = fs::canonical(*base / below, ec);
  if (ec == std::errc::no_such_file_or_directory || ec == std::errc::not_a_directory) return found;
  if (ec) return file_error(root + "/" + prefix, ec.value());
  if (!is_inside(start, *base))
    return Error{Errc::rejected, root + "/" + prefix + " leads out of the folder"};
  fs::recursive_directory_iterator entries(*base / below, ec);
  for (const fs::recursive_directory_iterator end; !ec && entries != end; entries.increment(ec)) {
    if (auto added = add_entry(*entries, *base, prefix, found); !added) return added.error();
  }
  if (ec) return file_error(root, ec.value());
  std::ranges::sort(found, {}, &ObjectInfo::key);
  return found;
}

class FileReader final : public ObjectReader {
 public:
  FileReader(OpenFile opened, std::string path, WorkerPool& pool)
      : file_(std::move(opened.file)),
        info_(std::move(opened.info)),
        path_(std::move(path)),
        pool_(pool) {}

  Task<std::size_t> read_some(std::span<char> out) override {
    const auto wanted =
        static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), info_.size - offset_));
    Result<std::size_t> bytes = std::size_t{0};
    std::function<void()> work = [&] {
      bytes = read_full(file_, out.data(), wanted, offset_, path_);
      if (!bytes) return;
      if (*bytes != wanted) {
        bytes = changed(path_);
      } else if (offset_ + *bytes == info_.size) {
        if (auto same = check_unchanged(file_, info_, path_); !same) bytes = same.error();
      }
    };
    co_await pool_.run(std::move(work));
    if (bytes) offset_ += *bytes;
    co_return bytes;
  }

 private:
  File file_;
  ObjectInfo info_;
  std::string path_;
  WorkerPool& pool_;
  std::uint64_t offset_ = 0;
};

}  // namespace

FolderStore::FolderStore(std::string root, WorkerPool& pool) : root_(std::move(root)), pool_(pool) {
  while (root_.size() > 1 && root_.back() == '/') root_.pop_back();
}

std::string FolderStore::name() const { return "file://" + root_; }

Task<std::vector<ObjectInfo>> FolderStore::list(std::string prefix) {
  Result<std::vector<ObjectInfo>> found = std::vector<ObjectInfo>();
  std::function<void()> work = [&] { found = list_files(root_, prefix); };
  co_await pool_.run(std::move(work));
  co_return found;
}

Task<Object> FolderStore::get(std::string key) {
  Result<Object> object = Object();
  std::function<void()> work = [&] { object = read_object(root_, key); };
  co_await pool_.run(std::move(work));
  co_return object;
}

Task<std::unique_ptr<ObjectReader>> FolderStore::open(ObjectInfo object) {
  Result<OpenFile> opened = OpenFile();
  std::function<void()> work = [&] { opened = open_file(root_, object.key); };
  co_await pool_.run(std::move(work));
  if (!opened) co_return opened.error();
  const std::string path = root_ + "/" + object.key;
  if (opened->info.etag != object.etag || opened->info.size != object.size) {
    co_return Error{Errc::changed, path + " is not what was listed"};
  }
  std::unique_ptr<ObjectReader> reader =
      std::make_unique<FileReader>(std::move(*opened), path, pool_);
  co_return reader;
}

}  // namespace billow::fetch
