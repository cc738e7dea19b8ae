#include "feed/definition.hpp"

#include "base/embedded.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace billow::feed {
namespace {

using testing::HasSubstr;

constexpr std::string_view good =
    "description: Costs of one Acme organisation.\n"
    "stability: alpha\n"
    "delivery: full\n"
    "fetch: data_exports\n"
    "decode: csv\n"
    "normalizer: aws_focus\n";

std::string with(std::string_view from, std::string_view to) {
  std::string text(good);
  text.replace(text.find(from), from.size(), to);
  return text;
}

TEST(Definition, IsReadFromItsFile) {
  const auto definition = parse_definition("acme/costs", good);
  ASSERT_TRUE(definition) << definition.error().detail;
  EXPECT_EQ(definition->kind, "acme/costs");
  EXPECT_EQ(definition->description, "Costs of one Acme organisation.");
  EXPECT_EQ(definition->stability, "alpha");
  EXPECT_EQ(definition->delivery, DeliveryKind::full);
  EXPECT_EQ(definition->fetch, "data_exports");
  EXPECT_EQ(definition->decode, "csv");
  EXPECT_EQ(definition->normalizer, "aws_focus");
}

struct Fault {
  std::string yaml;
  std::string expected;
};

TEST(Definition, SaysWhatIsWrongAndWhere) {
  const Fault faults[] = {
      {with("stability: alpha", "stabilty: alpha"), "line 2: unknown key 'stabilty'"},
      {with("stability: alpha\n", ""), "key 'stability' is missing"},
      {with("delivery: full", "delivery: hourly"),
       "line 3: delivery is 'hourly', expected one of: full, window, delta"},
      {with("delivery: full", "delivery: [full]"), "line 3: delivery must be a text"},
      {with("delivery: full", "delivery: window"),
       "delivery is 'window', but what data_exports fetches states a period as a whole"},
      {with("delivery: full", "delivery: delta"), "delivery is 'delta', but what data_exports"},
      {with("decode: csv", "decode:"), "decode must be a text"},
      {with("decode: csv", "decode: csv\ndecode: csv"), "line 6: decode is given twice"},
      {with("aws_focus", "azure"), "normalizer is 'azure'"},
      {"- a list\n", "is not a map of keys"},
      {"", "is not a map of keys"},
      {"a: [unclosed\n", "acme/costs/feed.yml: yaml-cpp: error"},
  };
  for (const Fault& fault : faults) {
    const auto definition = parse_definition("acme/costs", fault.yaml);
    ASSERT_FALSE(definition) << fault.yaml;
    EXPECT_EQ(definition.error().code, Errc::malformed);
    EXPECT_THAT(definition.error().detail, HasSubstr(fault.expected));
  }
}

TEST(Definition, SaysAllThatIsWrongAtOnce) {
  const auto definition = parse_definition("acme/costs", "fetch: smoke_signals\ncolour: blue\n");
  ASSERT_FALSE(definition);
  for (const char* part : {"smoke_signals", "unknown key 'colour'", "'description' is missing",
                           "'normalizer' is missing"}) {
    EXPECT_THAT(definition.error().detail, HasSubstr(part));
  }
}

TEST(Definition, EveryBuiltInOneIsReadable) {
  std::size_t files = 0;
  for (const auto& file : embedded::ingest()) files += file.name.ends_with("/feed.yml") ? 1 : 0;
  const auto all = definitions();
  EXPECT_EQ(all.size(), files);
  std::vector<std::string> kinds;
  for (const auto& definition : all) kinds.push_back(definition.kind);
  EXPECT_THAT(kinds, testing::IsSupersetOf({"aws/cur2", "aws/focus", "elastic-cloud/costs"}));
  EXPECT_TRUE(std::is_sorted(kinds.begin(), kinds.end()));
}

TEST(Definition, IsFoundByItsKind) {
  const auto cur2 = find_definition("aws/cur2");
  ASSERT_TRUE(cur2);
  EXPECT_EQ(cur2->normalizer, "aws_cur2");
  EXPECT_EQ(cur2->delivery, DeliveryKind::full);
}

TEST(Definition, AnUnknownKindNamesTheKnownOnes) {
  const auto none = find_definition("aws/cur3");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, Errc::not_found);
  EXPECT_THAT(none.error().detail, HasSubstr("aws/cur2, aws/focus, elastic-cloud/costs"));
}

}  // namespace
}  // namespace billow::feed
