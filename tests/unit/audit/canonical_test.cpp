#include "audit/canonical.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace billow::audit {
namespace {

std::string canonical(std::string_view json) {
  const auto result = canonical_json(json);
  return result ? *result : "error: " + result.error().detail;
}

TEST(CanonicalJson, SortsMembersAndDropsBlanks) {
  EXPECT_EQ(canonical(R"( {"b" : [ 2 , 1 ], "a": {"d":true, "c":null}, "B": -7 } )"),
            R"({"B":-7,"a":{"c":null,"d":true},"b":[2,1]})");
}

TEST(CanonicalJson, EscapesOnlyWhatMustBe) {
  EXPECT_EQ(canonical(R"(["\u00e9\/\u007f","\u0001\u001F\b\f\n\r\t\"\\","\ud83d\ude00"])"),
            "[\"\u00e9/\x7f\",\"\\u0001\\u001f\\b\\f\\n\\r\\t\\\"\\\\\",\"\U0001F600\"]");
}

TEST(CanonicalJson, KeepsIntegersOf64BitsAndRefusesOtherNumbers) {
  EXPECT_EQ(canonical("[18446744073709551615,-9223372036854775808,0]"),
            "[18446744073709551615,-9223372036854775808,0]");
  for (const char* number : {"1.5", "1e2", "1.0", "18446744073709551616"})
    EXPECT_TRUE(canonical_json(number).has_error()) << number;
}

TEST(CanonicalJson, RefusesWhatHasMoreThanOneReading) {
  EXPECT_TRUE(canonical_json(R"({"a":1,"a":1})").has_error());
  EXPECT_TRUE(canonical_json(R"({"a":1} x)").has_error());
  EXPECT_TRUE(canonical_json("[\"\xff\"]").has_error());
  EXPECT_TRUE(canonical_json(std::string(2000, '[') + std::string(2000, ']')).has_error());
  EXPECT_TRUE(canonical_json("").has_error());
}

TEST(RecordHash, IsTheSha256OfTheCanonicalFormWithoutTheHash) {
  // printf '%s' '{"a":1,"b":{"Hash":2}}' | sha256sum
  EXPECT_EQ(*hash_of(R"({"b":{"Hash":2},"Hash":"anything","a":1})"),
            sha256(R"({"a":1,"b":{"Hash":2}})"));
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(RecordHash, IsTheOneThatTheDocumentGivesForItsExample) {
  std::ifstream file(BILLOW_SOURCE_DIR "/docs/audit.md");
  std::ostringstream text;
  text << file.rdbuf();
  const auto block = [&text](const std::string& name) {
    const std::string document = text.str();
    const std::size_t start = document.find("<!-- example: " + name + " -->");
    const std::size_t first = document.find('\n', document.find("```", start)) + 1;
    return document.substr(first, document.find("\n```", first) - first);
  };
  const std::string record = block("record");
  ASSERT_TRUE(canonical_json(record).has_value()) << record;
  EXPECT_EQ(*hash_of(record), block("hash"));
}

}  // namespace
}  // namespace billow::audit
