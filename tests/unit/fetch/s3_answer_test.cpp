#include "fetch/s3_answer.hpp"

#include "base/civil_time.hpp"

#include <gtest/gtest.h>

namespace billow::fetch {
namespace {

TEST(ListPage, ReadsObjectsAndWhereItGoesOn) {
  const auto page = parse_list_page(R"(<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>
<Contents><Key>a%2Fb+c%2B%C3%BC</Key><LastModified>2026-06-03T02:10:05.000Z</LastModified><ETag>&quot;0123&quot;</ETag><Size>12</Size></Contents>
<Contents><Key>z</Key><ETag>"x-2"</ETag><Size>99999999999</Size></Contents>
<NextContinuationToken>1/a+b=</NextContinuationToken></ListBucketResult>)");
  ASSERT_TRUE(page) << page.error().detail;
  ASSERT_EQ(page->objects.size(), 2U);
  EXPECT_EQ(page->objects[0].key, "a/b c+ü");
  EXPECT_EQ(page->objects[0].etag, "0123");
  EXPECT_EQ(page->objects[0].size, 12U);
  EXPECT_EQ(page->objects[0].modified, parse_time("2026-06-03T02:10:05Z"));
  EXPECT_EQ(page->objects[1].etag, "x-2");
  EXPECT_EQ(page->objects[1].size, 99'999'999'999U);
  EXPECT_EQ(page->objects[1].modified, 0);
  EXPECT_EQ(page->next_token, "1/a+b=");
}

TEST(ListPage, TakesKeysAsTheyAreWhereTheStoreDoesNotEncodeThem) {
  const auto page = parse_list_page(
      "<ListBucketResult><IsTruncated>false</IsTruncated>"
      "<Contents><Key>a+b%2F100% &amp; more</Key><Size>1</Size></Contents></ListBucketResult>");
  ASSERT_TRUE(page) << page.error().detail;
  EXPECT_EQ(page->objects.at(0).key, "a+b%2F100% & more");
}

TEST(ListPage, ReadsAnEmptyListing) {
  const auto page =
      parse_list_page("<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>");
  ASSERT_TRUE(page);
  EXPECT_TRUE(page->objects.empty());
  EXPECT_EQ(page->next_token, "");
}

TEST(ListPage, RefusesWhatItCannotTrust) {
  for (const char* xml : {"", "{}", "<html><body>proxy</body></html>", "<ListBucketResult>",
                          "<ListBucketResult></ListBucketResult>",
                          "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
                          "<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>a</"
                          "Key></Contents></ListBucketResult>",
                          "<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>a</"
                          "Key><Size>-1</Size></Contents></ListBucketResult>",
                          "<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>false</"
                          "IsTruncated><Contents><Key>%zz</Key><Size>1</Size></Contents></"
                          "ListBucketResult>",
                          "<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Size>1</"
                          "Size></Contents></ListBucketResult>"}) {
    const auto page = parse_list_page(xml);
    ASSERT_FALSE(page) << xml;
    EXPECT_EQ(page.error().code, Errc::malformed);
  }
}

TEST(FormDecode, UndoesTheEncodingOfListings) {
  EXPECT_EQ(form_decode("a+b%2B%c3%BC"), "a b+ü");
  EXPECT_EQ(form_decode(""), "");
  for (const char* text : {"%", "%1", "%g0", "a%", "%-1"}) EXPECT_FALSE(form_decode(text)) << text;
}

RefusedAnswer answer(int status, std::string_view body) {
  RefusedAnswer out;
  out.status = status;
  out.body = body;
  return out;
}

std::string error_xml(const std::string& code) {
  return "<?xml version=\"1.0\"?><Error><Code>" + code +
         "</Code><Message>because</Message><RequestId>r</RequestId></Error>";
}

struct Case {
  int status;
  std::string aws_code;
  Errc errc;
  Remedy remedy;
};

class JudgeRefusal : public testing::TestWithParam<Case> {};

TEST_P(JudgeRefusal, DecidesWhatHappensNext) {
  const Case& expected = GetParam();
  const std::string body = expected.aws_code.empty() ? "" : error_xml(expected.aws_code);
  const Refusal refusal = judge_refusal(answer(expected.status, body));
  EXPECT_EQ(refusal.error.code, expected.errc) << refusal.error.detail;
  EXPECT_EQ(refusal.remedy, expected.remedy);
  EXPECT_EQ(refusal.aws_code, expected.aws_code);
}

INSTANTIATE_TEST_SUITE_P(
    All, JudgeRefusal,
    testing::Values(Case{403, "AccessDenied", Errc::unauthorized, Remedy::none},
                    Case{403, "SignatureDoesNotMatch", Errc::unauthorized,
                         Remedy::renew_credentials},
                    Case{403, "", Errc::unauthorized, Remedy::none},
                    Case{401, "", Errc::unauthorized, Remedy::none},
                    Case{400, "ExpiredToken", Errc::unauthorized, Remedy::renew_credentials},
                    Case{403, "InvalidAccessKeyId", Errc::unauthorized, Remedy::renew_credentials},
                    Case{403, "RequestTimeTooSkewed", Errc::unauthorized, Remedy::set_clock},
                    Case{403, "InvalidObjectState", Errc::rejected, Remedy::none},
                    Case{404, "NoSuchKey", Errc::not_found, Remedy::none},
                    Case{404, "NoSuchBucket", Errc::bad_config, Remedy::none},
                    Case{404, "", Errc::not_found, Remedy::none},
                    Case{412, "PreconditionFailed", Errc::changed, Remedy::none},
                    Case{416, "InvalidRange", Errc::changed, Remedy::none},
                    Case{503, "SlowDown", Errc::throttled, Remedy::wait},
                    Case{400, "ThrottlingException", Errc::throttled, Remedy::wait},
                    Case{429, "", Errc::throttled, Remedy::wait},
                    Case{503, "", Errc::throttled, Remedy::wait},
                    Case{500, "InternalError", Errc::transient, Remedy::wait},
                    Case{502, "", Errc::transient, Remedy::wait},
                    Case{400, "RequestTimeout", Errc::transient, Remedy::wait},
                    Case{408, "", Errc::transient, Remedy::wait},
                    Case{400, "InvalidArgument", Errc::rejected, Remedy::none},
                    Case{301, "PermanentRedirect", Errc::rejected, Remedy::none},
                    Case{304, "", Errc::rejected, Remedy::none}));

TEST(JudgeRefusal, LearnsTheRegionFromAHeaderOrTheBody) {
  RefusedAnswer moved = answer(301, "");
  moved.bucket_region = "eu-north-1";
  EXPECT_EQ(judge_refusal(moved).remedy, Remedy::learn_region);
  EXPECT_EQ(judge_refusal(moved).region, "eu-north-1");
  const Refusal malformed =
      judge_refusal(answer(400,
                           "<Error><Code>AuthorizationHeaderMalformed</Code><Message>m</"
                           "Message><Region>eu-west-3</Region></Error>"));
  EXPECT_EQ(malformed.remedy, Remedy::learn_region);
  EXPECT_EQ(malformed.region, "eu-west-3");
}

TEST(JudgeRefusal, SaysOneLineWithTheCode) {
  const Refusal refusal = judge_refusal(
      answer(403, "<Error><Code>AccessDenied</Code><Message>line\n\x1b[31mred</Message></Error>"));
  EXPECT_EQ(refusal.error.detail, "403 AccessDenied: line  [31mred");
  const std::string long_message =
      "<Error><Code>X</Code><Message>" + std::string(5000, 'x') + "</Message></Error>";
  EXPECT_LT(judge_refusal(answer(400, long_message)).error.detail.size(), 400U);
}

TEST(JudgeRefusal, ReadsTheirClock) {
  const std::string body = error_xml("RequestTimeTooSkewed");
  RefusedAnswer skewed = answer(403, body);
  skewed.date = "Sun, 06 Nov 1994 08:49:37 GMT";
  EXPECT_EQ(judge_refusal(skewed).server_time, UnixSeconds{784'111'777});
}

TEST(ContentRange, NeedsNumbersThatFitTogether) {
  const auto range = parse_content_range("bytes 5-9/10");
  ASSERT_TRUE(range);
  EXPECT_EQ(range->first, 5U);
  EXPECT_EQ(range->last, 9U);
  EXPECT_EQ(range->size, 10U);
  for (const char* text :
       {"", "bytes 5-9/*", "bytes 9-5/10", "bytes 5-10/10", "bytes */10", "items 5-9/10",
        "bytes -9/10", "bytes 5-/10", "bytes 5-9/", "bytes 5 -9/10"}) {
    EXPECT_FALSE(parse_content_range(text)) << text;
  }
}

TEST(BareEtag, DropsQuotesAndTheMarkOfAWeakOne) {
  EXPECT_EQ(bare_etag("\"a-2\""), "a-2");
  EXPECT_EQ(bare_etag("W/\"a\""), "a");
  EXPECT_EQ(bare_etag("a"), "a");
  EXPECT_EQ(bare_etag("\""), "\"");
  EXPECT_EQ(bare_etag(""), "");
}

}  // namespace
}  // namespace billow::fetch
