#include "daemon/dead_letters_format.hpp"

#include "daemon/table.hpp"
#include "daemon/text.hpp"

#include <fmt/format.h>
#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

namespace billow::daemon {
namespace {

using Writer = rapidjson::PrettyWriter<rapidjson::StringBuffer>;

/// Of a line in the table; a terminal that is wide shows no more, since hardly anybody reads more.
constexpr std::size_t line_columns_max = 60;
constexpr std::size_t delivery_digits_shown = 8;

std::string file_name(const std::string& key) { return key.substr(key.rfind('/') + 1); }

std::string row_text(const StoredLetter& letter) {
  return letter.row == 0 ? "" : std::to_string(letter.row);
}

std::string how_many(std::uint64_t count) {
  return fmt::format("{} dead letter{}", grouped(count), count == 1 ? "" : "s");
}

}  // namespace

std::string cut_short(const LetterList& list) {
  const std::uint64_t all = total(list.counts);
  if (list.letters.size() >= all) return "";
  return fmt::format("{} of {} are shown; --limit, --feed and --period change which",
                     grouped(list.letters.size()), how_many(all));
}

std::string letters_table(const LetterList& list, std::size_t width) {
  const std::uint64_t all = total(list.counts);
  if (all == 0) return "no dead letters\n";
  Table table({{"Feed"},
               {"Period"},
               {"Delivery"},
               {"Object", Align::left, true},
               {"Row", Align::right},
               {"Column", Align::left, true},
               {"Reason", Align::left, true},
               {"Line", Align::left, true}});
  for (const StoredLetter& letter : list.letters) {
    table.add_row({letter.feed, letter.period, letter.delivery_id.substr(0, delivery_digits_shown),
                   file_name(letter.object), row_text(letter), letter.column, letter.reason,
                   fitted(letter.line, line_columns_max)});
  }
  const std::string cut = cut_short(list);
  return table.render(width) + "\n" + (cut.empty() ? how_many(all) : cut) + "\n";
}

std::string letters_json(const LetterList& list) {
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  writer.SetIndent(' ', 2);
  writer.StartObject();
  writer.Key("total");
  writer.Uint64(total(list.counts));
  writer.Key("dead_letters");
  writer.StartArray();
  const auto member = [&writer](const char* name, const std::string& value) {
    writer.Key(name);
    writer.String(value);
  };
  for (const StoredLetter& letter : list.letters) {
    writer.StartObject();
    member("x_FeedId", letter.feed);
    member("BillingPeriod", letter.period);
    member("x_DeliveryId", letter.delivery_id);
    member("Object", letter.object);
    writer.Key("Row");
    writer.Uint64(letter.row);
    member("Column", letter.column);
    member("Reason", letter.reason);
    member("Line", letter.line);
    writer.EndObject();
  }
  writer.EndArray();
  writer.EndObject();
  return std::string(buffer.GetString()) + "\n";
}

std::string letters_csv(const LetterList& list) {
  std::string out = "x_FeedId,BillingPeriod,x_DeliveryId,Object,Row,Column,Reason,Line\n";
  for (const StoredLetter& letter : list.letters) {
    for (const std::string& field : {letter.feed, letter.period, letter.delivery_id, letter.object,
                                     row_text(letter), letter.column, letter.reason})
      out += csv_field(field) + ",";
    out += csv_field(letter.line) + "\n";
  }
  return out;
}

std::string retried_table(const LetterCounts& before, const LetterCounts& after,
                          std::size_t width) {
  Table table({{"Feed"}, {"Period"}, {"Dead letters before", Align::right}, {"Now", Align::right}});
  for (const auto& [place, count] : before) {
    const auto now = after.find(place);
    table.add_row(
        {place.first, place.second, grouped(count), grouped(now == after.end() ? 0 : now->second)});
  }
  return table.render(width);
}

}  // namespace billow::daemon
