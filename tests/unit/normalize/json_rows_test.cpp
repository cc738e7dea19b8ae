#include "normalize/json_rows.hpp"

#include "base/limits.hpp"
#include "normalize/json_page.hpp"
#include "normalize/json_tokens.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace billow::normalize {
namespace {

using Kind = JsonMember::Kind;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// The pages of the tests: orders of customers.
constexpr JsonMember price[] = {{"amount", Kind::number, "price.amount", {}},
                                {"currency", Kind::text, "price.currency", {}}};
constexpr JsonMember order[] = {{"what", Kind::text, "what", {}},
                                {"cost", Kind::number, "cost", {}},
                                {"price", Kind::object, {}, price}};
constexpr JsonMember customer[] = {{"total", Kind::total, "cost", {}},
                                   {"name", Kind::text, "customer", {}},
                                   {"orders", Kind::rows, {}, order}};
constexpr JsonMember orders_page[] = {{"total", Kind::total, "cost", {}},
                                      {"day", Kind::text, "day", {}},
                                      {"customers", Kind::list, {}, customer}};

/// A row as `cell|cell|...`, or what is wrong with it; a total as what is wrong with it.
class RowList final : public JsonRowSink {
 public:
  Result<void> take(const JsonRow& row) override {
    jsons.emplace_back(row.json);
    if (!row.fault.empty()) {
      rows.push_back(std::string(row.column) + " " + std::string(row.fault));
      return {};
    }
    std::string text;
    for (std::size_t i = 0; i < row.fields.size(); ++i)
      text += (i == 0 ? "" : "|") + std::string(row.fields.field(i));
    rows.push_back(text);
    if (rows.size() == rows_wanted) return Error{Errc::cancelled, "enough"};
    return {};
  }
  Result<void> take(const JsonTotal& total) override {
    totals.push_back(total.place + " " + std::string(total.json) + " is not " + total.sum);
    return {};
  }
  std::vector<std::string> rows;
  std::vector<std::string> jsons;
  std::vector<std::string> totals;
  std::size_t rows_wanted = 0;
};

struct PageFound {
  std::vector<std::string> rows;
  std::vector<std::string> jsons;
  std::vector<std::string> totals;
  std::string error;  ///< "" when the page was read to its end
};

PageFound read_with(JsonRows& rows, std::string_view text) {
  // Exactly as much memory as may be read, so that a sanitizer sees a look beyond.
  const std::size_t size = text.size() + JsonPage::padding;
  const auto page = std::make_unique<char[]>(size);
  std::memset(page.get(), ' ', size);
  if (!text.empty()) std::memcpy(page.get(), text.data(), text.size());
  RowList list;
  const auto read = rows.read({page.get(), text.size()}, list);
  EXPECT_TRUE(read || read.error().code == Errc::malformed);
  return {list.rows, list.jsons, list.totals, read ? std::string() : read.error().detail};
}

PageFound read_orders(std::string_view text) {
  JsonRows rows(orders_page);
  return read_with(rows, text);
}

std::string with_orders(std::string_view orders) {
  return R"({"day":"d","customers":[{"name":"n","orders":[)" + std::string(orders) + "]}]}";
}

TEST(JsonRows, HaveTheCellsOfTheObjectsAroundThem) {
  EXPECT_THAT(columns_of(orders_page),
              ElementsAre("day", "customer", "what", "cost", "price.amount", "price.currency"));
  const PageFound found = read_orders(R"({"total":6.5,"day":"2026-06-01","customers":[
    {"total":3.5,"name":"Ann","orders":[
      {"what":"tea","cost":1.50,"price":{"amount":0.10,"currency":"EUR"}},
      {"what":"milk","cost":2,"price":{"amount":1e-7,"currency":"USD"}}]},
    {"total":3,"name":"Bob","orders":[{"what":"rum","cost":3.00,"price":null}]}]})");
  EXPECT_EQ(found.error, "");
  EXPECT_THAT(found.rows,
              ElementsAre("2026-06-01|Ann|tea|1.50|0.10|EUR", "2026-06-01|Ann|milk|2|1e-7|USD",
                          "2026-06-01|Bob|rum|3.00||"));
  EXPECT_THAT(found.totals, IsEmpty());
}

TEST(JsonRows, KeepEveryDigitOfANumber) {
  const PageFound found = read_orders(with_orders(
      R"({"cost":0.42196393376848933953},{"cost":123456789012345678901234567890},{"cost":-0.0 })"));
  EXPECT_THAT(found.rows, ElementsAre("d|n||0.42196393376848933953||",
                                      "d|n||123456789012345678901234567890||", "d|n||-0.0||"));
}

TEST(JsonRows, DoNotHangOnTheOrderOfMembers) {
  const PageFound found = read_orders(R"({"customers":[
    {"orders":[{"price":{"currency":"EUR","amount":1},"cost":2,"what":"tea"},{"cost":1}],
     "name":"Ann","total":3},
    {"orders":[],"name":"Bob"},
    {"total":4,"orders":[{"what":"rum","cost":4}],"name":"Cid"}],"total":7,"day":"d"})");
  EXPECT_EQ(found.error, "");
  EXPECT_THAT(found.rows, ElementsAre("d|Ann|tea|2|1|EUR", "d|Ann||1||", "d|Cid|rum|4||"));
  EXPECT_THAT(found.totals, IsEmpty());
}

TEST(JsonRows, DoNotHaveTheCellsOfAnotherRow) {
  const PageFound found = read_orders(R"({"day":"d","customers":[
    {"name":"Ann","orders":[{"what":"tea","cost":1,"price":{"amount":2,"currency":"EUR"}},{},
                            {"price":{"amount":3}}]},
    {"orders":[{}]}]})");
  EXPECT_THAT(found.rows, ElementsAre("d|Ann|tea|1|2|EUR", "d|Ann||||", "d|Ann|||3|", "d|||||"));
}

TEST(JsonRows, LeaveOutWhatTheShapeDoesNotName) {
  const PageFound found =
      read_orders(R"({"new":{"a":[1,{"b":"]}"}],"c":null},"day":"d","customers":[
    {"name":"Ann","tags":["x",["y"],true,false,-1.5e+3],"orders":[
      {"what":"tea","words":"{\"cost\":9}","cost":1,"price":{"amount":2,"in words":{"x":"two"}}}]}]})");
  EXPECT_EQ(found.error, "");
  EXPECT_THAT(found.rows, ElementsAre("d|Ann|tea|1|2|"));
}

TEST(JsonRows, UndoWhatIsEscaped) {
  const PageFound found = read_orders(
      R"({"day":"d","customers":[{"n\u0061me":"A\"n\\n \u00e4 \ud83d\ude00","\u006frders":[{"wh\u0061t":"a\tb","c\u006fst":1,"o\"ther":"\/"}]}]})");
  EXPECT_EQ(found.error, "");
  EXPECT_THAT(found.rows, ElementsAre("d|A\"n\\n \u00e4 \U0001F600|a\tb|1||"));
}

TEST(JsonRows, NoListIsAnEmptyOne) {
  EXPECT_EQ(read_orders(R"({"customers":null})").error, "");
  EXPECT_THAT(read_orders(R"({"customers":[]})").rows, IsEmpty());
  EXPECT_THAT(read_orders(R"({"customers":[{"orders":null},{"orders":[]}]})").rows, IsEmpty());
}

TEST(JsonRows, AByteOrderMarkIsSkipped) {
  EXPECT_THAT(read_orders("\xEF\xBB\xBF" + with_orders(R"({"cost":1})")).rows,
              ElementsAre("d|n||1||"));
}

struct BadRow {
  std::string row;
  std::string fault;
};

TEST(JsonRows, ARowThatIsJsonButNotWhatTheShapeSaysIsAtFaultAlone) {
  const BadRow rows[] = {
      {R"({"what":5})", "what is a number, expected a string"},
      {R"({"what":{"x":[1,2]}})", "what is an object, expected a string"},
      {R"({"what":["x"]})", "what is a list, expected a string"},
      {R"({"what":true})", "what is a boolean, expected a string"},
      {R"({"cost":"1.5"})", "cost is a string, expected a number"},
      {R"({"cost":{}})", "cost is an object, expected a number"},
      {R"({"price":1})", "price is a number, expected an object"},
      {R"({"price":[{"amount":1}]})", "price is a list, expected an object"},
      {R"({"price":{"amount":"1"}})", "price.amount is a string, expected a number"},
      {R"({"cost":1,"cost":2})", "cost is given twice"},
      {R"({"cost":1,"price":{},"c\u006fst":1})", "cost is given twice"},
      {R"({"price":{"amount":1,"amount":1}})", "price.amount is given twice"},
      {R"({"what":5,"cost":"x"})", "what is a number, expected a string"},
      {"5", " the row is a number, expected an object"},
      {"null", " the row is null, expected an object"},
      {"true", " the row is a boolean, expected an object"},
      {R"("x,]}")", " the row is a string, expected an object"},
      {R"([{"cost":1}])", " the row is a list, expected an object"},
  };
  for (const BadRow& bad : rows) {
    const PageFound found =
        read_orders(with_orders(R"({"cost":1} , )" + bad.row + "\n , " + R"({"cost":2})"));
    EXPECT_EQ(found.error, "") << bad.row;
    EXPECT_THAT(found.rows, ElementsAre("d|n||1||", bad.fault, "d|n||2||")) << bad.row;
    EXPECT_THAT(found.jsons, ElementsAre(R"({"cost":1})", bad.row, R"({"cost":2})"));
  }
}

struct BadPage {
  std::string page;
  std::string error;
};

TEST(JsonRows, APageThatIsNotWhatTheShapeSaysIsRefused) {
  const BadPage pages[] = {
      {"[]", "the page is not an object"},
      {R"("x")", "the page is not an object"},
      {"5", "the page is not an object"},
      {"null", "the page is not an object"},
      {"{}", "customers is missing"},
      {R"({"errors":[{"code":"no"}]})", "customers is missing"},
      {R"({"customers":{}})", "customers is an object, expected a list"},
      {R"({"customers":"x"})", "customers is a string, expected a list"},
      {R"({"customers":false})", "customers is a boolean, expected a list"},
      {R"({"customers":[],"customers":[]})", "customers is given twice"},
      {R"({"customers":[],"total":"1"})", "total is a string, expected a number"},
      {R"({"customers":[],"day":1})", "day is a number, expected a string"},
      {R"({"customers":[5]})", "customers[0] is a number, expected an object"},
      {R"({"customers":[null]})", "customers[0] is null, expected an object"},
      {R"({"customers":[{"orders":[]},[]]})", "customers[1] is a list, expected an object"},
      {R"({"customers":[{"orders":[]},{}]})", "customers[1].orders is missing"},
      {R"({"customers":[{"orders":[]},{"orders":1}]})",
       "customers[1].orders is a number, expected a list"},
      {R"({"customers":[{"name":[],"orders":[]}]})",
       "customers[0].name is a list, expected a string"},
      {R"({"customers":[{"orders":[{}],"orders":[]}]})", "customers[0].orders is given twice"},
      {R"({"customers":[{"name":"a","orders":[],"name":"b"}]})",
       "customers[0].name is given twice"},
  };
  for (const BadPage& bad : pages) EXPECT_EQ(read_orders(bad.page).error, bad.error) << bad.page;
}

TEST(JsonRows, APageThatIsNotJsonIsRefused) {
  const BadPage pages[] = {
      {"", "the page is empty"},
      {"  \n ", "the page is empty"},
      {"\xEF\xBB\xBF", "the page is empty"},
      {"<html>", ""},
      {"{", "the page is cut short"},
      {R"({"customers")", "the page is cut short"},
      {R"({"customers":[)", "the page is cut short"},
      {R"({"customers":[])", "the page is cut short"},
      {R"({"customers":[]}})", "something follows the page's object"},
      {R"({"customers":[]}{})", "something follows the page's object"},
      {R"({"customers":[]} {"customers":[]})", "something follows the page's object"},
      {R"({"customers":[]} x)", "something follows its object"},
      {R"({"customers":[]},)", "something follows its object"},
      {R"({"customers":[]]})", ""},
      {R"({"customers":[})", ""},
      {R"({"customers":[{"orders":[]]})", ""},
      {R"({"customers":[{"orders":[}]})", ""},
      {R"({"customers":[{"orders":[]},]})", ""},
      {R"({"customers":[,]})", ""},
      {R"({"customers":[],})", ""},
      {R"({,"customers":[]})", ""},
      {R"({"customers" []})", ""},
      {R"({"customers":})", ""},
      {R"({"customers":[]"x":1})", ""},
      {R"({"customers":[] "x"})", ""},
      {R"({customers:[]})", ""},
      {R"({"customers":[],"x":"y":1})", ""},
      {R"({"customers":[],"x":{"y":"z":{}}})", ""},
      {R"({"x":"customers":[]})", ""},
      {R"({'customers':[]})", ""},
      {R"({"customers":[]/**/})", ""},
      {R"({"customers":[],"x":"open})", "ends inside a string"},
      {"{\"customers\":[],\"x\":\"a\nb\"}", "a string holds a control character"},
      {std::string("{\"customers\":[],\"x\":\"a\0b\"}", 26), "a string holds a control character"},
      {std::string("{\"customers\":[]\0}", 17), ""},
      {"{\"customers\":[],\"x\":\"\xFF\"}", "the page is not valid UTF-8"},
      {"{\"customers\":[],\"x\":\"\xC3\"}", "the page is not valid UTF-8"},
      {"{\"customers\":[],\"x\":\"\xED\xA0\x80\"}", "the page is not valid UTF-8"},
      {"\xFF\xFE{\0\"\0", "the page is not valid UTF-8"},
      {R"({"customers":[],"x":"\x"})", "a wrong escape"},
      {R"({"customers":[],"x":"\ud800"})", "a wrong escape or half a surrogate pair"},
      {R"({"customers":[],"\u00g0":1})", "a wrong escape"},
      {R"({"customers":[],"day":"\ud800"})", "a wrong escape"},
  };
  for (const BadPage& bad : pages) {
    const PageFound found = read_orders(bad.page);
    EXPECT_NE(found.error, "") << bad.page;
    EXPECT_THAT(found.error, HasSubstr(bad.error)) << bad.page;
  }
}

TEST(JsonRows, EveryValueHasToBeOneOfJson) {
  for (const char* value : {"nul",       "nulll",      "True",
                            "tru",       "truefalse",  "01",
                            "-",         "+1",         "1.",
                            ".5",        "1e",         "1e+",
                            "0x10",      "NaN",        "Infinity",
                            "-Infinity", "1_000",      "1 2",
                            "1,5x",      "--1",        "1.2.3",
                            "undefined", "\"a\"\"b\"", "\"a\"b",
                            "b\"a\"",    "",           ",",
                            ":",         "}",          "]",
                            "{\"a\"}",   "{\"a\":}",   "{1:2}",
                            "[1 2]",     "[1,]",       "{\"a\":1,}",
                            "[,1]",      "{\"a\" 1}",  "{\"a\":1 \"b\":2}"}) {
    const std::string text(value);
    for (const std::string& page :
         {R"({"customers":[],"ignored":)" + text + "}",
          R"({"ignored":)" + text + R"(,"customers":[]})",
          R"({"customers":[],"ignored":[)" + text + ",1]}",
          R"({"customers":[],"total":)" + text + "}", with_orders(R"({"cost":)" + text + "}"),
          with_orders(R"({"ignored":{"x":)" + text + "}}"),
          with_orders(R"({"cost":1,"what":)" + text + R"(,"x":1})"), with_orders(text)}) {
      if (text.empty() && page == with_orders("")) continue;
      if (text == "1,5x" && page == with_orders(text)) continue;
      EXPECT_NE(read_orders(page).error, "") << page;
    }
  }
}

TEST(JsonRows, SayWhereAPageIsWrong) {
  EXPECT_THAT(read_orders(R"({"customers":[{"orders":[{},{"cost":1,"x":truth}]}]})").error,
              HasSubstr("customers[0].orders[1]: this is not JSON"));
}

TEST(JsonRows, NestingIsBounded) {
  const auto nested = [](std::size_t levels) {
    return R"({"customers":[],"x":)" + std::string(levels, '[') + std::string(levels, ']') + "}";
  };
  EXPECT_EQ(read_orders(nested(limits::json_depth_max - 1)).error, "");
  EXPECT_THAT(read_orders(nested(limits::json_depth_max)).error, HasSubstr("nested deeper than"));
  for (const std::string open : {"[", "{\"a\":"}) {
    std::string page = R"({"customers":[],"x":)";
    for (int i = 0; i < 200'000; ++i) page += open;
    EXPECT_NE(read_orders(page).error, "");
    EXPECT_THAT(read_orders(page + "}").error, HasSubstr("nested deeper than"));
  }
}

TEST(JsonRows, ATotalIsHeldAgainstItsRows) {
  const auto page = [](std::string_view page_total, std::string_view customer_total) {
    return R"({"total":)" + std::string(page_total) +
           R"(,"customers":[{"orders":[],"total":0},{"total":)" + std::string(customer_total) +
           R"(,"orders":[{"cost":1.25},{"cost":-0.25},{"cost":1E-4}]}]})";
  };
  EXPECT_THAT(read_orders(page("1.0001", "1.0001")).totals, IsEmpty());
  EXPECT_THAT(read_orders(page("null", "null")).totals, IsEmpty());
  // Four roundings of up to half a unit of the fourth decimal.
  EXPECT_THAT(read_orders(page("1.0003", "0.9999")).totals, IsEmpty());
  EXPECT_THAT(read_orders(page("1.0004", "1")).totals, ElementsAre("total 1.0004 is not 1.0001"));
  EXPECT_THAT(read_orders(page("1", "-1.0001")).totals,
              ElementsAre("customers[1].total -1.0001 is not 1.0001"));
  EXPECT_EQ(read_orders(page("123456789012345678901234567890123456789012", "1")).totals.size(), 1U);
  EXPECT_THAT(read_orders(R"({"total":14.0214,"customers":null})").totals,
              ElementsAre("total 14.0214 is not 0"));
}

TEST(JsonRows, ATotalOfWhatIsNotKnownIsNotCompared) {
  const PageFound found =
      read_orders(R"({"total":9,"customers":[{"total":8,"orders":[{"cost":1},{"what":"?"}]},
    {"total":7,"orders":[{"cost":1}]}]})");
  EXPECT_THAT(found.totals, ElementsAre("customers[1].total 7 is not 1"));
}

TEST(JsonRows, RowsOfOnePageAreBounded) {
  std::string orders;
  for (std::size_t i = 0; i < limits::json_rows_max; ++i) orders += i == 0 ? "{}" : ",{}";
  JsonRows rows(orders_page);
  for (int page = 0; page < 2; ++page)
    EXPECT_EQ(read_with(rows, with_orders(orders)).rows.size(), limits::json_rows_max);
  RowList list;
  const std::string page = with_orders(orders + ",{}") + std::string(JsonPage::padding, ' ');
  const auto over = rows.read({page.data(), page.size() - JsonPage::padding}, list);
  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().code, Errc::over_limit);
}

TEST(JsonRows, ATextAroundManyRowsCountsOnceARow) {
  std::string orders;
  for (std::size_t i = 0; i < 1'000; ++i) orders += i == 0 ? "{}" : ",{}";
  const auto page_of = [&](std::size_t name_bytes) {
    return R"({"customers":[{"name":")" + std::string(name_bytes, 'n') + R"(","orders":[)" +
           orders + "]}]}";
  };
  JsonRows rows(orders_page);
  for (int i = 0; i < 2; ++i)
    EXPECT_EQ(read_with(rows, page_of(limits::json_cells_bytes_max / 1'100)).error, "");
  const std::string page =
      page_of(limits::json_cells_bytes_max / 900) + std::string(JsonPage::padding, ' ');
  RowList list;
  const auto over = rows.read({page.data(), page.size() - JsonPage::padding}, list);
  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().code, Errc::over_limit);
}

TEST(JsonRows, AnErrorOfTheSinkEndsThePage) {
  JsonRows rows(orders_page);
  RowList list;
  list.rows_wanted = 2;
  const std::string page = with_orders("{},{},{}") + std::string(JsonPage::padding, ' ');
  const auto ended = rows.read({page.data(), page.size() - JsonPage::padding}, list);
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, Errc::cancelled);
  EXPECT_EQ(ended.error().detail, "enough");
  EXPECT_EQ(list.rows.size(), 2U);
}

TEST(JsonRows, AreReadAnewAfterAPageThatWasRefused) {
  JsonRows rows(orders_page);
  EXPECT_NE(read_with(rows, R"({"customers":[{"name":"x","orders":[{"cost":1},{"cost"}]}]})").error,
            "");
  EXPECT_EQ(read_with(rows, R"({"customers":5})").error, "customers is a number, expected a list");
  EXPECT_THAT(read_with(rows, with_orders(R"({"what":1,"cost":2})")).rows,
              ElementsAre("what is a number, expected a string"));
  const PageFound found = read_with(rows, with_orders(R"({"cost":2})"));
  EXPECT_EQ(found.error, "");
  EXPECT_THAT(found.rows, ElementsAre("d|n||2||"));
}

/// A page of everything that the shape knows and more.
std::string rich_page() {
  return R"({"total":6.5,"x":[true,null,{"y":-1.5e-3}],"day":"2026-06-01","customers":[
 {"orders":[{"what":"t\"e\u0061","cost":1.50,"price":{"amount":0.10,"currency":"EUR","w":"0"}}],
  "total":1.5,"name":"Ann"},
 {"total":5,"name":"B\u00f6b","orders":[{"what":"rum","cost":5,"price":null,"q":[]},{},7]},
 {"orders":null}]})";
}

/// What a parser that reads everything makes of it; numbers beyond its own are none of our
/// business.
enum class Verdict { json, not_json, unknown };

Verdict verdict_of(const std::string& page) {
  simdjson::dom::parser parser;
  const auto code = parser.parse(page).error();
  if (code == simdjson::NUMBER_ERROR || code == simdjson::DEPTH_ERROR) return Verdict::unknown;
  return code == simdjson::SUCCESS ? Verdict::json : Verdict::not_json;
}

TEST(JsonRows, NothingCutShortIsTakenForAWholePage) {
  const std::string page = rich_page();
  JsonRows rows(orders_page);
  ASSERT_EQ(read_with(rows, page).error, "");
  for (std::size_t size = 0; size < page.size(); ++size)
    EXPECT_NE(read_with(rows, page.substr(0, size)).error, "") << page.substr(0, size);
}

TEST(JsonRows, WhateverAPageHoldsOnlyJsonIsRead) {
  constexpr std::string_view pieces[] = {"{",
                                         "}",
                                         "[",
                                         "]",
                                         ",",
                                         ":",
                                         "\"",
                                         "\\",
                                         "null",
                                         "0",
                                         "1e5",
                                         "-",
                                         "\n",
                                         "true",
                                         "\0",
                                         "\xC3",
                                         "\xFF",
                                         "x",
                                         "\"a\"",
                                         "{}",
                                         "[]",
                                         "\\u",
                                         "\"total\":1,",
                                         "\"orders\":[{}],",
                                         "\"customers\":[],"};
  std::mt19937 random(2026);
  JsonRows rows(orders_page);
  const std::string whole = rich_page();
  int read_whole = 0;
  for (int round = 0; round < 30'000; ++round) {
    std::string page = whole;
    const auto edits = 1 + random() % 3;
    for (unsigned edit = 0; edit < edits; ++edit) {
      const std::size_t at = random() % (page.size() + 1);
      const std::string_view piece = pieces[random() % std::size(pieces)];
      switch (random() % 4) {
        case 0:
          page.insert(at, piece);
          break;
        case 1:
          page.erase(at, random() % 4);
          break;
        case 2:
          page.replace(at, std::min<std::size_t>(piece.size(), page.size() - at), piece);
          break;
        default:
          page.insert(at, page.substr(random() % (page.size() + 1), random() % 60));
          break;
      }
    }
    const PageFound found = read_with(rows, page);
    const Verdict verdict = verdict_of(page);
    if (verdict == Verdict::not_json) {
      EXPECT_NE(found.error, "") << page;
    }
    if (verdict == Verdict::json && found.error.find("not JSON") != std::string::npos)
      ADD_FAILURE() << found.error << "\n" << page;
    if (found.error.empty()) ++read_whole;
  }
  EXPECT_GT(read_whole, 1'000) << "most edits break a page, but not all";
}

TEST(JsonRows, NoiseIsNeverRead) {
  constexpr std::string_view alphabet = "{}[]:,\"\\ \n0123456789.eE+-truefalsnu\xC3\xA4";
  std::mt19937 random(7);
  JsonRows rows(orders_page);
  for (int round = 0; round < 20'000; ++round) {
    std::string page = round % 2 == 0 ? R"({"customers":[)" : "";
    const std::size_t size = random() % 120;
    for (std::size_t i = 0; i < size; ++i) page += alphabet[random() % alphabet.size()];
    if (round % 4 < 2) page += "]}";
    const PageFound found = read_with(rows, page);
    if (verdict_of(page) == Verdict::not_json) {
      EXPECT_NE(found.error, "") << page;
    }
  }
}

TEST(JsonNumber, IsWhatTheGrammarSays) {
  for (const char* text : {"0", "-0", "1", "10", "0.5", "-1.25", "1e5", "1E+5", "1.0e-10", "-0.0E0",
                           "123456789012345678901234567890"}) {
    EXPECT_TRUE(is_json_number(text)) << text;
  }
  for (const char* text :
       {"",    "-",  "+1", "01",  "-01",      "1.",  ".5",    "1e", "1e+", "1.e5",
        "0x1", "1 ", " 1", "NaN", "Infinity", "1,5", "1.2.3", "e5", "--1", "1e5.0"}) {
    EXPECT_FALSE(is_json_number(text)) << text;
  }
}

}  // namespace
}  // namespace billow::normalize
