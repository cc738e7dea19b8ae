#include "feed/data_exports.hpp"

#include "base/limits.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace billow::feed {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Result<Manifest> parse(std::string_view json) { return parse_manifest(json, "P/q/E"); }

std::string files(std::string_view list) { return R"({"dataFiles":)" + std::string(list) + "}"; }

TEST(DataExports, ListsManifestsBelowTheExportsMetadata) {
  EXPECT_EQ(manifest_prefix("P/q", "E"), "P/q/E/metadata/BILLING_PERIOD=");
  EXPECT_EQ(manifest_prefix("", "E"), "E/metadata/BILLING_PERIOD=");
}

TEST(DataExports, ReadsAManifestAsAwsWritesIt) {
  const auto manifest = parse(R"({"executionId":"b1c2",
    "exportArn":"arn:aws:bcm-data-exports:us-east-1:111122223333:export/E-0a1b",
    "columns":[{"name":"bill_bill_type","type":"string"},{"name":"line_item_unblended_cost","type":"double"}],
    "dataFiles":["s3://B/P/q/E/data/BILLING_PERIOD=2025-03/E-00002.csv.gz",
                 "s3://B/P/q/E/data/BILLING_PERIOD=2025-03/E-00001.csv.gz"],
    "additionalOutputFiles":[],"somethingNew":{"a":[1,2]}})");
  ASSERT_TRUE(manifest) << manifest.error().detail;
  EXPECT_EQ(manifest->execution_id, "b1c2");
  EXPECT_EQ(manifest->export_arn, "arn:aws:bcm-data-exports:us-east-1:111122223333:export/E-0a1b");
  EXPECT_THAT(manifest->data_files,
              ElementsAre("P/q/E/data/BILLING_PERIOD=2025-03/E-00002.csv.gz",
                          "P/q/E/data/BILLING_PERIOD=2025-03/E-00001.csv.gz"));
  ASSERT_EQ(manifest->columns.size(), 2U);
  EXPECT_EQ(manifest->columns[1].name, "line_item_unblended_cost");
  EXPECT_EQ(manifest->columns[1].type, "double");
}

TEST(DataExports, AcceptsFilesAsUriKeyOrObject) {
  for (const char* item :
       {R"("s3://B/P/q/E/data/x.csv.gz")", R"("P/q/E/data/x.csv.gz")",
        R"({"key":"P/q/E/data/x.csv.gz","size":3})", R"({"s3Uri":"s3://B/P/q/E/data/x.csv.gz"})"}) {
    const auto manifest = parse(files("[" + std::string(item) + "]"));
    ASSERT_TRUE(manifest) << item << ": " << manifest.error().detail;
    EXPECT_THAT(manifest->data_files, ElementsAre("P/q/E/data/x.csv.gz"));
  }
}

TEST(DataExports, AcceptsSnakeCaseKeysAndNoColumns) {
  const auto manifest =
      parse(R"({"execution_id":"e","export_arn":"a","data_files":["P/q/E/data/x.csv"]})");
  ASSERT_TRUE(manifest) << manifest.error().detail;
  EXPECT_EQ(manifest->execution_id, "e");
  EXPECT_EQ(manifest->export_arn, "a");
  EXPECT_TRUE(manifest->columns.empty());
}

TEST(DataExports, ACopyMayComeFromAnyBucketAndFolder) {
  const struct {
    const char* name;
    const char* root;
    const char* key;
  } cases[] = {
      {"s3://some-bucket/E/data/x.csv.gz", "E", "E/data/x.csv.gz"},
      {"s3://some-bucket/P/q/E/data/m/x.csv.gz", "E", "E/data/m/x.csv.gz"},
      {"s3://some-bucket/P/q/E/data/x.csv.gz", "copy/E", "copy/E/data/x.csv.gz"},
      {"E/data/x.csv.gz", "P/q/E", "P/q/E/data/x.csv.gz"},
      {"P/q/E/data/x.csv.gz", "P/q/E", "P/q/E/data/x.csv.gz"},
  };
  for (const auto& c : cases) {
    const auto manifest = parse_manifest(files("[\"" + std::string(c.name) + "\"]"), c.root);
    ASSERT_TRUE(manifest) << c.name << ": " << manifest.error().detail;
    EXPECT_THAT(manifest->data_files, ElementsAre(c.key));
  }
}

TEST(DataExports, AFileOfAnotherExportIsRefused) {
  for (const char* name :
       {"s3://b/P/F/data/x.csv.gz", "s3://b/P/myE/data/x.csv.gz", "s3://b/E/metadata/x.csv.gz"}) {
    const auto manifest = parse_manifest(files("[\"" + std::string(name) + "\"]"), "P/E");
    ASSERT_FALSE(manifest) << name;
    EXPECT_THAT(manifest.error().detail, HasSubstr("does not lie below 'P/E/data/'"));
  }
}

TEST(DataExports, TwoNamesOfOneFileAreOneTooMany) {
  const auto manifest =
      parse_manifest(files(R"(["s3://b/P/E/data/x.csv.gz","s3://b/Q/E/data/x.csv.gz"])"), "E");
  ASSERT_FALSE(manifest);
  EXPECT_THAT(manifest.error().detail, HasSubstr("is listed twice"));
}

TEST(DataExports, RefusesWhatIsNotAManifest) {
  const struct {
    std::string json;
    const char* expected;
  } cases[] = {
      {"", "not JSON"},
      {"{\"dataFiles\":[", "not JSON"},
      {"[]", "not a JSON object"},
      {"7", "not a JSON object"},
      {"{}", "dataFiles is not a list"},
      {files("\"P/q/E/data/x.csv.gz\""), "dataFiles is not a list"},
      {files("[]"), "dataFiles is empty"},
      {files("[1]"), "neither a name nor an object"},
      {files("[null]"), "neither a name nor an object"},
      {files("[{\"size\":3}]"), "neither a name nor an object"},
      {files("[\"\"]"), "neither a name nor an object"},
      {files("[\"s3://B\"]"), "names a bucket but no object"},
      {files("[\"https://B/P/q/E/data/x.csv.gz\"]"), "not an s3:// URI"},
      {files("[\"file:///etc/passwd\"]"), "not an s3:// URI"},
      {files("[\"/P/q/E/data/x.csv.gz\"]"), "not a clean key"},
      {files("[\"/etc/passwd\"]"), "not a clean key"},
      {files("[\"P/q/E/data/../../../../etc/x.csv.gz\"]"), "not a clean key"},
      {files("[\"P/q/E/data/..\"]"), "not a clean key"},
      {files("[\"P/q/E/data/./x.csv.gz\"]"), "not a clean key"},
      {files("[\"s3://B//P/q/E/data/x.csv.gz\"]"), "not a clean key"},
      {files("[\"P/q/E/data/x\\u0000.csv.gz\"]"), "not a clean key"},
      {files("[\"P/q/E2/data/x.csv.gz\"]"), "does not lie below 'P/q/E/data/'"},
      {files("[\"P/q/E/metadata/x.csv.gz\"]"), "does not lie below"},
      {files("[\"P/q/E/data/x.csv.bz2\"]"), "neither a .csv.gz nor a .csv"},
      {files("[\"P/q/E/data/x.csv.gz\",\"s3://B/P/q/E/data/x.csv.gz\"]"), "is listed twice"},
  };
  for (const auto& c : cases) {
    const auto manifest = parse(c.json);
    ASSERT_FALSE(manifest) << c.json;
    EXPECT_EQ(manifest.error().code, Errc::malformed) << c.json;
    EXPECT_THAT(manifest.error().detail, HasSubstr(c.expected)) << c.json;
  }
}

TEST(DataExports, RefusesFormatsItCannotRead) {
  const auto parquet = parse(files(R"(["P/q/E/data/E-00001.snappy.parquet"])"));
  ASSERT_FALSE(parquet);
  EXPECT_EQ(parquet.error().code, Errc::rejected);
  EXPECT_THAT(parquet.error().detail, HasSubstr("Parquet"));
  const auto zip = parse(files(R"(["P/q/E/data/E-00001.zip"])"));
  ASSERT_FALSE(zip);
  EXPECT_EQ(zip.error().code, Errc::rejected);
  EXPECT_THAT(zip.error().detail, HasSubstr("ZIP"));
}

TEST(DataExports, BoundsTheNumberOfFiles) {
  std::string list = "[";
  for (std::size_t i = 0; i <= limits::delivery_objects_max; ++i) {
    if (i > 0) list += ',';
    list += "\"P/q/E/data/" + std::to_string(i) + ".csv.gz\"";
  }
  const auto manifest = parse(files(list + "]"));
  ASSERT_FALSE(manifest);
  EXPECT_EQ(manifest.error().code, Errc::over_limit);
}

TEST(DataExports, BoundsTheSizeOfAManifest) {
  const auto manifest = parse(std::string(limits::small_object_bytes_max + 1, ' '));
  ASSERT_FALSE(manifest);
  EXPECT_EQ(manifest.error().code, Errc::over_limit);
}

TEST(DataExports, DeepNestingIsRefusedNotFollowed) {
  const auto manifest = parse("{\"dataFiles\":" + std::string(100'000, '[') + "}");
  ASSERT_FALSE(manifest);
  EXPECT_EQ(manifest.error().code, Errc::malformed);
}

}  // namespace
}  // namespace billow::feed
