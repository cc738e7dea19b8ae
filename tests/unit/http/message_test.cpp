#include "http/message.hpp"

#include <gtest/gtest.h>

namespace billow::http {
namespace {

Request request_to(std::string_view url) { return Request("GET", *Url::parse(url)); }

TEST(HeaderText, HoldsTheHostAndOurName) {
  EXPECT_EQ(*header_text(request_to("http://h:9200/a?b")),
            "GET /a?b HTTP/1.1\r\nHost: h:9200\r\nUser-Agent: billow\r\n\r\n");
}

TEST(HeaderText, CountsTheBody) {
  Request request = request_to("http://h/");
  request.method = "POST";
  EXPECT_NE(header_text(request)->find("\r\nContent-Length: 0\r\n"), std::string::npos);
  request.body = std::make_shared<const std::string>("abc");
  EXPECT_NE(header_text(request)->find("\r\nContent-Length: 3\r\n"), std::string::npos);
}

TEST(HeaderText, DropsAHostOrLengthOfTheCallers) {
  Request request = request_to("http://h/");
  request.headers = {{"HOST", "other"}, {"content-length", "7"}, {"x-a", "1"}};
  const std::string text = *header_text(request);
  EXPECT_EQ(text.find("other"), std::string::npos);
  EXPECT_EQ(text.find("7"), std::string::npos);
  EXPECT_NE(text.find("x-a: 1\r\n"), std::string::npos);
}

TEST(HeaderText, RefusesWhatWouldBecomeAnotherHeader) {
  for (const auto& [name, value] : Headers{{"x", "a\r\nevil: 1"},
                                           {"x\r\nevil", "1"},
                                           {"x y", "1"},
                                           {"", "1"},
                                           {"x", std::string("a\0b", 3)}}) {
    Request request = request_to("http://h/");
    request.headers.emplace_back(name, value);
    const auto text = header_text(request);
    ASSERT_FALSE(text);
    EXPECT_EQ(text.error().code, Errc::rejected);
  }
  Request request = request_to("http://h/");
  request.url.target = "/a HTTP/1.1\r\nevil: 1";
  EXPECT_FALSE(header_text(request));
  request = request_to("http://h/");
  request.method = "GET /";
  EXPECT_FALSE(header_text(request));
}

TEST(FindHeader, IgnoresTheCaseOfNames) {
  const Headers headers = {{"ETag", "1"}, {"etag", "2"}};
  EXPECT_EQ(find_header(headers, "etag"), "1");
  EXPECT_EQ(find_header(headers, "date"), "");
}

}  // namespace
}  // namespace billow::http
