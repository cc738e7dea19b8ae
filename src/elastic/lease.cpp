#include "elastic/lease.hpp"

#include "elastic/answer.hpp"
#include "elastic/publication.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <simdjson.h>

#include <algorithm>

namespace billow::elastic {
namespace {

namespace dom = simdjson::dom;

/// A holder renews every third of the duration; looking as often sees the end of its work soon.
constexpr int looks_per_duration = 3;

std::string document_path(const std::string& feed) {
  return "/" + std::string(state_index) + "/_doc/lease-" + feed;
}

std::string text_at(dom::element object, const char* key) {
  std::string_view text;
  return object[key].get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

Result<LeaseVersion> version_of(dom::element answer) {
  LeaseVersion version;
  const bool read = answer["_seq_no"].get(version.seq_no) == simdjson::SUCCESS &&
                    answer["_primary_term"].get(version.primary_term) == simdjson::SUCCESS;
  if (!read) return Error{Errc::malformed, "lease: the answer names no version"};
  return version;
}

bool same_write(const Lease& a, const Lease& b) {
  return a.holder.name == b.holder.name && a.beat == b.beat;
}

}  // namespace

std::string lease_json(const Lease& lease) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> out(buffer);
  const auto text = [&out](const char* name, const std::string& value) {
    out.Key(name);
    out.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
  };
  out.StartObject();
  text("@timestamp", lease.renewed_at);
  text("x_FeedId", lease.feed);
  text("Holder", lease.holder.name);
  text("HolderMachine", lease.holder.machine);
  text("RenewedAt", lease.renewed_at);
  out.Key("Beat");
  out.Uint64(lease.beat);
  if (!lease.checked_at.empty()) {
    text("CheckedAt", lease.checked_at);
    out.Key("CheckedOk");
    out.Bool(lease.checked_ok);
  }
  out.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

Result<StoredLease> read_lease_answer(std::string_view body) {
  dom::parser parser;
  dom::element answer;
  dom::element source;
  const bool json = parser.parse(body.data(), body.size()).get(answer) == simdjson::SUCCESS &&
                    answer["_source"].get(source) == simdjson::SUCCESS;
  if (!json) return Error{Errc::malformed, "lease: the answer holds no document"};
  auto version = version_of(answer);
  if (!version) return version.error();
  StoredLease stored;
  stored.version = *version;
  stored.lease.feed = text_at(source, "x_FeedId");
  stored.lease.holder.name = text_at(source, "Holder");
  stored.lease.holder.machine = text_at(source, "HolderMachine");
  stored.lease.renewed_at = text_at(source, "RenewedAt");
  stored.lease.checked_at = text_at(source, "CheckedAt");
  // What cannot be read is as if it were absent: a lease that a hand has damaged is free.
  if (source["Beat"].get(stored.lease.beat) != simdjson::SUCCESS) stored.lease.beat = 0;
  if (source["CheckedOk"].get(stored.lease.checked_ok) != simdjson::SUCCESS)
    stored.lease.checked_ok = false;
  return stored;
}

Task<std::optional<StoredLease>> read_lease(Cluster& cluster, std::string feed) {
  std::optional<StoredLease> none;
  const std::string path = document_path(feed);
  auto response = co_await cluster.call("GET", path);
  if (!response) co_return response.error();
  if (response->status == 404) co_return none;
  if (response->status >= 300) co_return error_of("GET " + path, *response);
  auto stored = read_lease_answer(response->body);
  if (!stored) co_return stored.error();
  co_return std::optional<StoredLease>(*std::move(stored));
}

Task<LeaseVersion> write_lease(Cluster& cluster, Lease lease,
                               std::optional<LeaseVersion> expected) {
  const std::string path = document_path(lease.feed);
  std::string query = "?op_type=create";
  if (expected) {
    query = "?if_seq_no=" + std::to_string(expected->seq_no) +
            "&if_primary_term=" + std::to_string(expected->primary_term);
  }
  std::string target = path + query;
  std::string body = lease_json(lease);
  auto response = co_await cluster.call("PUT", std::move(target), std::move(body));
  if (!response) co_return response.error();
  if (response->status == 409) {
    // The call repeats itself when an answer is lost; then the first try may have been ours.
    auto stored = co_await read_lease(cluster, lease.feed);
    if (!stored) co_return stored.error();
    if (*stored && same_write((*stored)->lease, lease)) co_return (*stored)->version;
    const std::string holder = *stored ? (*stored)->lease.holder.name : std::string();
    co_return Error{Errc::conflict, "feed " + lease.feed + ": its lease was changed by " +
                                        (holder.empty() ? "another process" : holder)};
  }
  if (response->status >= 300) co_return error_of("PUT " + path, *response);
  dom::parser parser;
  dom::element answer;
  if (parser.parse(response->body).get(answer) != simdjson::SUCCESS)
    co_return Error{Errc::malformed, "PUT " + path + ": the answer is not JSON"};
  co_return version_of(answer);
}

LeaseDecision decide_lease(const LeaseView& view, std::chrono::milliseconds duration) {
  if (view.held_by.empty() || view.mine) return {LeaseMove::take, {}};
  if (view.holder_is_dead || view.unchanged_for >= duration) return {LeaseMove::take_over, {}};
  return {LeaseMove::wait, std::min(duration / looks_per_duration, duration - view.unchanged_for)};
}

}  // namespace billow::elastic
