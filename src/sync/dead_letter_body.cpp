#include "sync/dead_letter_body.hpp"

#include "base/civil_time.hpp"
#include "elastic/records.hpp"
#include "normalize/dead_letters.hpp"

#include <fmt/format.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <simdjson.h>
#include <xxhash.h>

namespace billow::sync {
namespace {

/// The text as it is where it is UTF-8; else with its bytes above 0x7f shown as \\xNN, since
/// Elasticsearch would refuse the whole request for one of them.
std::string printable(std::string_view text) {
  if (simdjson::validate_utf8(text.data(), text.size())) return std::string(text);
  std::string out;
  out.reserve(text.size() + 64);
  for (const char byte : text) {
    const auto code = static_cast<unsigned char>(byte);
    if (code < 0x80) {
      out += byte;
    } else {
      out += fmt::format("\\x{:02x}", code);
    }
  }
  return out;
}

struct Letter {
  std::string_view object;
  std::uint64_t row;
  std::string_view column;
  std::string_view reason;
  std::string_view line;
};

void append(elastic::BulkBody& body, const DeliveryRecord& record, const Letter& letter) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> out(buffer);
  const auto text = [&out](std::string_view value) {
    const std::string clean = printable(value);
    out.String(clean.data(), static_cast<rapidjson::SizeType>(clean.size()));
  };
  const auto member = [&](std::string_view name, std::string_view value) {
    text(name);
    text(value);
  };
  out.StartObject();
  member("@timestamp", format_time(now()));
  member("x_FeedId", record.feed);
  member("BillingPeriod", record.period);
  member("x_DeliveryId", record.delivery_id);
  text("Token");
  out.Uint64(record.token);
  member("Object", letter.object);
  text("Row");
  out.Uint64(letter.row);
  member("Column", letter.column);
  member("Reason", letter.reason);
  member("Line", letter.line);
  out.EndObject();

  const std::string origin =
      fmt::format("{}:{}:{}", letter.object, letter.row, letter.row == 0 ? letter.line : "");
  body.offsets.push_back(static_cast<std::uint32_t>(body.bytes.size()));
  const std::string id =
      fmt::format("{}-{:016x}", record.delivery_id, XXH3_64bits(origin.data(), origin.size()));
  body.bytes += fmt::format(R"({{"index":{{"_id":"{}",{}}}}})", id, letter_version(record));
  body.bytes += '\n';
  body.bytes.append(buffer.GetString(), buffer.GetSize());
  body.bytes += '\n';
}

}  // namespace

std::string letter_version(const DeliveryRecord& record) {
  return fmt::format(R"("version":{},"version_type":"external_gte")", record.token);
}

elastic::BulkBody dead_letter_body(const DeliveryRecord& record,
                                   const std::vector<normalize::DeadLetter>& letters) {
  elastic::BulkBody body;
  body.index = elastic::dead_letters_index;
  for (const normalize::DeadLetter& letter : letters) {
    append(body, record, {letter.object, letter.row, letter.column, letter.reason, letter.line});
  }
  return body;
}

std::vector<std::string> dead_letter_ids(const elastic::BulkBody& body) {
  constexpr std::string_view before = R"({"index":{"_id":")";
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < body.items(); ++i) {
    const std::string_view item = body.item(i).substr(before.size());
    ids.emplace_back(item.substr(0, item.find('"')));
  }
  return ids;
}

void append_rejected(elastic::BulkBody& body, const DeliveryRecord& record,
                     const std::vector<elastic::RejectedItem>& rejected) {
  for (const elastic::RejectedItem& item : rejected) {
    const std::string line = normalize::readable_line(item.item, limits::dead_letter_bytes_max);
    append(body, record,
           {"", 0, "",
            fmt::format("Elasticsearch refused the document with {}: {}", item.status, item.reason),
            line});
  }
}

}  // namespace billow::sync
