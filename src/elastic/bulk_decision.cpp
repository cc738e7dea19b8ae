#include "elastic/bulk_decision.hpp"

#include "elastic/answer.hpp"
#include "elastic/cluster.hpp"
#include "elastic/retry.hpp"

#include <algorithm>

namespace billow::elastic {
namespace {

BulkStep step(BulkStep::Kind kind, Error error) {
  BulkStep made;
  made.kind = kind;
  made.error = std::move(error);
  return made;
}

BulkStep unknown(Error error) {
  BulkStep made = step(BulkStep::Kind::resend, std::move(error));
  made.unknown = true;
  return made;
}

BulkStep decide_without_response(const Error& error) {
  switch (error.code) {
    case Errc::transient:
    case Errc::throttled:
    case Errc::malformed:
      return unknown(error);
    // An answer over the limit: fewer items, a smaller answer.
    case Errc::over_limit:
      return step(BulkStep::Kind::halve, error);
    default:
      return step(BulkStep::Kind::stop, error);
  }
}

/// 200: the only status that speaks of items.
BulkStep decide_items(http::Response response, std::size_t items) {
  const std::string type(response.header("content-type"));
  auto answer = read_bulk_answer(std::move(response.body), items);
  if (!answer) {
    Error error = answer.error();
    if (!type.empty()) error.detail += " (content type " + type + ")";
    return unknown(std::move(error));
  }
  BulkStep made;
  made.kind = BulkStep::Kind::settle;
  const auto& faults = answer->faults;
  made.throttled = std::any_of(faults.begin(), faults.end(),
                               [](const ItemFault& fault) { return fault.status == 429; });
  made.clean = std::none_of(faults.begin(), faults.end(),
                            [](const ItemFault& fault) { return fault.fate == ItemFate::retry; });
  made.answer = *std::move(answer);
  return made;
}

/// A 400 that would meet any body: halving would end in rejecting every line for a fault that is
/// not theirs.
bool is_about_request(const http::Response& response, const Error& error) {
  return error_type_of(response) == "media_type_header_exception" ||
         error.detail.find("unrecognized parameter") != std::string::npos;
}

BulkStep decide_status(const http::Response& response) {
  const Error error = error_of("bulk request", response);
  const int status = response.status;
  if (status < 300) return unknown(error);  // 2xx other than 200: not an answer to a bulk request
  if (status == 429 || status == 408 || status >= 500) {
    BulkStep made = step(BulkStep::Kind::resend, error);
    made.throttled = status == 429;
    made.unknown = status == 408;
    made.retry_after = retry_after_of(response);
    return made;
  }
  if (status == 400 && is_about_request(response, error)) return step(BulkStep::Kind::stop, error);
  if (status == 400 || status == 413) return step(BulkStep::Kind::halve, error);
  if (status == 403 && is_full_disk(error_type_of(response), error.detail)) {
    return step(BulkStep::Kind::resend, error);
  }
  return step(BulkStep::Kind::stop, error);
}

}  // namespace

BulkStep decide_bulk(Result<http::Response> response, std::size_t items) {
  if (!response) return decide_without_response(response.error());
  const int status = response->status;
  const auto retry_after = retry_after_of(*response);
  BulkStep made =
      status == 200 ? decide_items(*std::move(response), items) : decide_status(*response);
  made.status = status;
  if (made.throttled) made.retry_after = retry_after;
  return made;
}

}  // namespace billow::elastic
