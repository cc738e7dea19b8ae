#include "fetch/folder_store.hpp"

#include "base/civil_time.hpp"
#include "base/limits.hpp"
#include "unit/http/certificates.hpp"
#include "unit/http/scripted_server.hpp"

#include <gtest/gtest.h>

#include <ctime>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>

namespace billow::fetch {
namespace {

namespace fs = std::filesystem;

Task<std::string> read_all(ObjectStore& store, ObjectInfo object, std::size_t step) {
  auto reader = co_await store.open(std::move(object));
  if (!reader) co_return reader.error();
  std::string bytes;
  std::vector<char> block(step);
  for (;;) {
    auto count = co_await (*reader)->read_some(block);
    if (!count) co_return count.error();
    if (*count == 0) co_return bytes;
    bytes.append(block.data(), *count);
  }
}

class FolderStoreTest : public testing::Test {
 protected:
  std::vector<std::string> keys(const std::string& prefix) {
    const auto listed = test::run(context_, store_.list(prefix));
    EXPECT_TRUE(listed) << listed.error().detail;
    std::vector<std::string> out;
    if (listed) {
      for (const auto& info : *listed) out.push_back(info.key);
    }
    return out;
  }
  Result<Object> get(std::string key) { return test::run(context_, store_.get(std::move(key))); }
  ObjectInfo listed(const std::string& key) {
    const auto found = test::run(context_, store_.list(key));
    EXPECT_TRUE(found && !found->empty()) << key;
    return found && !found->empty() ? found->front() : ObjectInfo();
  }
  void expect_error(Errc code, std::string key) {
    const auto object = get(key);
    ASSERT_FALSE(object) << key;
    EXPECT_EQ(object.error().code, code) << object.error().detail;
    ObjectInfo info;
    info.key = std::move(key);
    const auto opened = test::run(context_, store_.open(info));
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, code) << opened.error().detail;
  }

  test::TemporaryFolder outside_;
  test::TemporaryFolder folder_;
  WorkerPool pool_{2};
  boost::asio::io_context context_;
  FolderStore store_{folder_.path() + "/", pool_};
};

using Keys = std::vector<std::string>;

TEST_F(FolderStoreTest, ListsKeysInTheOrderOfTheirBytes) {
  for (const char* name : {"a/b/2", "a/b/10", "a/b-", "a/B", "c", "a/b/sub/x", "a/\xc3\xbc"})
    folder_.write(name, name);
  EXPECT_EQ(keys(""), (Keys{"a/B", "a/b-", "a/b/10", "a/b/2", "a/b/sub/x", "a/\xc3\xbc", "c"}));
  EXPECT_EQ(keys("a/b"), (Keys{"a/b-", "a/b/10", "a/b/2", "a/b/sub/x"}));
  EXPECT_EQ(keys("a/b/"), (Keys{"a/b/10", "a/b/2", "a/b/sub/x"}));
  EXPECT_EQ(keys("a/b/1"), (Keys{"a/b/10"}));
  EXPECT_EQ(keys("nowhere/x"), Keys{});
}

TEST_F(FolderStoreTest, ReadsASmallObjectWhole) {
  folder_.write("a/manifest.json", "{}");
  const auto object = get("a/manifest.json");
  ASSERT_TRUE(object) << object.error().detail;
  EXPECT_EQ(object->bytes, "{}");
  EXPECT_EQ(object->info.size, 2U);
  EXPECT_EQ(object->info.etag, listed("a/manifest.json").etag);
  const UnixSeconds now = std::time(nullptr);
  EXPECT_NEAR(static_cast<double>(object->info.modified), static_cast<double>(now), 60);
  EXPECT_EQ(object->info.modified, listed("a/manifest.json").modified);
}

TEST_F(FolderStoreTest, ReadsAnObjectInAnySteps) {
  std::string bytes;
  for (int i = 0; bytes.size() < 200'000; ++i) bytes += std::to_string(i);
  folder_.write("big", bytes);
  folder_.write("empty", "");
  for (const std::size_t step : {std::size_t{999}, std::size_t{65'536}, std::size_t{1'000'000}}) {
    const auto read = test::run(context_, read_all(store_, listed("big"), step));
    ASSERT_TRUE(read) << read.error().detail;
    EXPECT_EQ(*read, bytes);
  }
  EXPECT_EQ(*test::run(context_, read_all(store_, listed("empty"), 10)), "");
}

TEST_F(FolderStoreTest, SaysWhatIsMissing) {
  expect_error(Errc::not_found, "nothing");
  expect_error(Errc::not_found, "no/thing");
  FolderStore nowhere("/nowhere/at/all", pool_);
  const auto listed = test::run(context_, nowhere.list(""));
  ASSERT_FALSE(listed);
  EXPECT_EQ(listed.error().code, Errc::bad_config);
  EXPECT_NE(listed.error().detail.find("/nowhere/at/all"), std::string::npos);
}

TEST_F(FolderStoreTest, NeverLeavesItsFolder) {
  outside_.write("secret", "hunter2");
  folder_.write("a/x", "x");
  const std::string up = "../" + fs::path(outside_.path()).filename().string() + "/secret";
  for (const std::string& key :
       {up, "a/../" + up, outside_.path() + "/secret", std::string("a/../a/x"), std::string(""),
        std::string("a/x\0y", 5)}) {
    expect_error(Errc::rejected, key);
  }
  EXPECT_FALSE(test::run(context_, store_.list("../")));
  EXPECT_FALSE(test::run(context_, store_.list("/etc/")));
}

TEST_F(FolderStoreTest, FollowsLinksOnlyInsideOfItsFolder) {
  outside_.write("secret", "hunter2");
  folder_.write("a/x", "x");
  fs::create_symlink(outside_.path() + "/secret", folder_.path() + "/out");
  fs::create_symlink(outside_.path(), folder_.path() + "/out-folder");
  fs::create_symlink("a/x", folder_.path() + "/in");
  fs::create_symlink("nothing", folder_.path() + "/dangling");
  EXPECT_EQ(keys(""), (Keys{"a/x", "in"}));
  expect_error(Errc::rejected, "out");
  expect_error(Errc::rejected, "out-folder/secret");
  EXPECT_EQ(get("in")->bytes, "x");
}

TEST_F(FolderStoreTest, TakesAFolderOfASimilarNameForWhatItIs) {
  const fs::path twin = folder_.path() + "-twin";
  fs::create_directory(twin);
  std::ofstream(twin / "x") << "hunter2";
  fs::create_symlink(twin / "x", folder_.path() + "/out");
  expect_error(Errc::rejected, "out");
  fs::remove_all(twin);
}

TEST_F(FolderStoreTest, ReadsRegularFilesOnly) {
  fs::create_directory(folder_.path() + "/folder");
  ASSERT_EQ(::mkfifo((folder_.path() + "/pipe").c_str(), 0600), 0);
  EXPECT_EQ(keys(""), Keys{});
  expect_error(Errc::rejected, "folder");
  expect_error(Errc::rejected, "pipe");
}

TEST_F(FolderStoreTest, BoundsASmallObject) {
  folder_.write("big", std::string(limits::small_object_bytes_max + 1, 'x'));
  const auto object = get("big");
  ASSERT_FALSE(object);
  EXPECT_EQ(object.error().code, Errc::over_limit);
}

TEST_F(FolderStoreTest, RefusesAFileThatIsNotWhatWasListed) {
  folder_.write("x", "old");
  const ObjectInfo before = listed("x");
  folder_.write("x", "longer");
  const auto read = test::run(context_, read_all(store_, before, 10));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Errc::changed);
}

TEST_F(FolderStoreTest, RefusesAFileThatWasReplacedByOneOfTheSameSizeAndTime) {
  folder_.write("x", "old");
  const ObjectInfo before = listed("x");
  const auto time = fs::last_write_time(folder_.path() + "/x");
  folder_.write("y", "new");
  fs::last_write_time(folder_.path() + "/y", time);
  fs::rename(folder_.path() + "/y", folder_.path() + "/x");
  const auto read = test::run(context_, read_all(store_, before, 10));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Errc::changed);
}

Task<std::string> read_while(ObjectStore& store, ObjectInfo object,
                             std::function<void()> in_the_middle) {
  auto reader = co_await store.open(std::move(object));
  if (!reader) co_return reader.error();
  std::string bytes;
  std::vector<char> block(10);
  for (;;) {
    auto count = co_await (*reader)->read_some(block);
    if (!count) co_return count.error();
    if (*count == 0) co_return bytes;
    if (bytes.empty()) in_the_middle();
    bytes.append(block.data(), *count);
  }
}

TEST_F(FolderStoreTest, NoticesAFileThatChangesWhileItIsRead) {
  const std::string path = folder_.write("x", std::string(100, 'x'));
  const auto read_with = [&](std::function<void()> change) {
    return test::run(context_, read_while(store_, listed("x"), std::move(change)));
  };
  const auto grown = read_with([&] { std::ofstream(path, std::ios::app) << "more"; });
  ASSERT_FALSE(grown);
  EXPECT_EQ(grown.error().code, Errc::changed);
  const auto shrunk = read_with([&] { fs::resize_file(path, 50); });
  ASSERT_FALSE(shrunk);
  EXPECT_EQ(shrunk.error().code, Errc::changed);
  const auto touched = read_with(
      [&] { fs::last_write_time(path, fs::file_time_type::clock::now() + std::chrono::hours(1)); });
  ASSERT_FALSE(touched);
  EXPECT_EQ(touched.error().code, Errc::changed);
}

TEST_F(FolderStoreTest, IsCalledByItsFolder) {
  EXPECT_EQ(store_.name(), "file://" + folder_.path());
}

}  // namespace
}  // namespace billow::fetch
