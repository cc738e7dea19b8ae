#include "proof/records.hpp"

#include "elastic/audit_log.hpp"
#include "elastic/records.hpp"
#include "proof/documents.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>
#include <utility>

namespace billow::proof {
namespace {

constexpr std::size_t records_at_once = 50;
constexpr std::size_t ids_at_once = 5'000;

/// The place that an _id names; nullopt for one that record_id() does not make.
std::optional<std::uint64_t> place_of(const std::string& id) {
  std::uint64_t place = 0;
  const char* const end = id.data() + id.size();
  const auto read = std::from_chars(id.data(), end, place);
  const bool number = read.ec == std::errc() && read.ptr == end && place > 0;
  return number && audit::record_id(place) == id ? std::optional(place) : std::nullopt;
}

}  // namespace

RecordReader::RecordReader(elastic::Cluster& cluster, OnProgress on_progress)
    : cluster_(cluster), on_progress_(std::move(on_progress)) {}

Task<RecordReader::Listed> RecordReader::list(std::string query) {
  elastic::DocumentScan::Request request;
  request.index = elastic::audit_index;
  request.query = std::move(query);
  request.sources = false;
  request.page = ids_at_once;
  Listed listed;
  TakeDocument take = [&listed](const elastic::ScannedDocument& document) -> Result<void> {
    if (const auto place = place_of(document.id))
      listed.places.push_back(*place);
    else
      listed.strangers.push_back(document.id);
    return boost::system::in_place_value;
  };
  OnProgress quiet = [](const Progress&) {};  // no more than ids: soon done
  auto read = co_await each_document(cluster_, std::move(request), Progress(), std::move(take),
                                     std::move(quiet));
  if (!read) co_return read.error();
  std::sort(listed.places.begin(), listed.places.end());
  co_return listed;
}

Task<void> RecordReader::read(std::vector<std::uint64_t> places, Take take) {
  Progress progress;
  progress.what = "audit chain";
  progress.unit = "records";
  progress.total = places.size();
  for (std::size_t at = 0; at < places.size(); at += records_at_once) {
    std::vector<std::string> ids;
    for (std::size_t i = at; i < std::min(places.size(), at + records_at_once); ++i)
      ids.push_back(audit::record_id(places[i]));
    auto documents = co_await get(std::move(ids));
    if (!documents) co_return documents.error();
    for (elastic::ScannedDocument& document : *documents) {
      audit::StoredRecord stored;
      stored.place = place_of(document.id).value_or(0);
      stored.version = document.version;
      stored.source = std::move(document.source);
      take(stored);
    }
    progress.done = std::min(places.size(), at + records_at_once);
    on_progress_(progress);
  }
  co_return boost::system::in_place_value;
}

Task<std::vector<elastic::ScannedDocument>> RecordReader::get(std::vector<std::string> ids) {
  auto documents =
      co_await elastic::get_documents(cluster_, std::string(elastic::audit_index), ids);
  if (documents || documents.error().code != Errc::over_limit || ids.size() == 1)
    co_return documents;
  const auto half = ids.begin() + static_cast<std::ptrdiff_t>(ids.size() / 2);
  std::vector<std::string> rest(half, ids.end());
  ids.erase(half, ids.end());
  auto first = co_await get(std::move(ids));
  if (!first) co_return first.error();
  auto second = co_await get(std::move(rest));
  if (!second) co_return second.error();
  std::move(second->begin(), second->end(), std::back_inserter(*first));
  co_return first;
}

Task<audit::Record> read_record(elastic::Cluster& cluster, std::uint64_t sequence) {
  const std::string id = audit::record_id(sequence);
  auto source = co_await elastic::get_document(cluster, std::string(elastic::audit_index), id);
  if (!source) co_return source.error();
  if (!*source)
    co_return Error{Errc::not_found, "audit record " + std::to_string(sequence) + " is gone"};
  co_return audit::Record::from_json(**source);
}

}  // namespace billow::proof
