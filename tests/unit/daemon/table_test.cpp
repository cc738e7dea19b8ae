#include "daemon/table.hpp"

#include <gtest/gtest.h>

namespace billow::daemon {
namespace {

TEST(Table, AlignsFiguresRightAndTextLeft) {
  Table table({{"Name"}, {"Cost", Align::right}});
  table.add_row({"a", "1.50"});
  table.add_row({"longer", "12.00"});
  EXPECT_EQ(table.render(0),
            "Name     Cost\n"
            "──────  ─────\n"
            "a        1.50\n"
            "longer  12.00\n");
}

TEST(Table, FillsMissingCellsAndDrawsRules) {
  Table table({{"A"}, {"B"}});
  table.add_row({"x"});
  table.add_rule();
  table.add_row({"y", "z"});
  EXPECT_EQ(table.render(0), "A  B\n─  ─\nx\n─  ─\ny  z\n");
}

TEST(Table, CutsTextButNeverFiguresWhenTheTerminalIsNarrow) {
  Table table({{"Service", Align::left, true}, {"Cost", Align::right}});
  table.add_row({"Amazon Elastic Compute Cloud", "1,234,567.89"});
  EXPECT_EQ(table.render(30),
            "Service                   Cost\n"
            "────────────────  ────────────\n"
            "Amazon Elastic …  1,234,567.89\n");
  EXPECT_NE(table.render(5).find("1,234,567.89"), std::string::npos);
}

TEST(Table, CountsCharactersNotBytes) {
  Table table({{"Region"}, {"n", Align::right}});
  table.add_row({"São Paulo", "1"});
  table.add_row({"Frankfurt", "2"});
  EXPECT_EQ(table.render(0), "Region     n\n─────────  ─\nSão Paulo  1\nFrankfurt  2\n");
}

TEST(Fitted, TakesControlCharactersOutOfWhatAProviderSent) {
  EXPECT_EQ(fitted("a\x1b[31mb\nc", 20), "a [31mb c");
  EXPECT_EQ(fitted("abcdef", 4), "abc…");
  EXPECT_EQ(fitted("abcd", 4), "abcd");
  EXPECT_EQ(fitted("größer", 3), "gr…");
}

TEST(Grouped, PartsThousands) {
  EXPECT_EQ(grouped("1234567.8901"), "1,234,567.8901");
  EXPECT_EQ(grouped("-123456"), "-123,456");
  EXPECT_EQ(grouped("123"), "123");
  EXPECT_EQ(grouped("0.0001234"), "0.0001234");
  EXPECT_EQ(grouped(std::size_t{1000}), "1,000");
}

}  // namespace
}  // namespace billow::daemon
