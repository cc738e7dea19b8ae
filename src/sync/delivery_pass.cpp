#include "sync/delivery_pass.hpp"

#include "base/civil_time.hpp"
#include "feed/elastic_cloud.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>

#include <utility>
#include <vector>

namespace billow::sync {

normalize::Options reading_options(const feed::FeedConfig& config,
                                   const feed::Definition& definition, const Delivery& delivery) {
  normalize::Options options;
  // A definition with a name that is none cannot be parsed.
  options.rules = normalize::rules_named(definition.normalizer).value();
  options.feed_id = config.id;
  options.delivery_id = delivery.id;
  options.period = parse_month(delivery.period).value_or(0);
  options.billing_account_id = config.elastic_cloud.organization;
  options.billing_currency = config.elastic_cloud.currency;
  options.ecu_price = feed::ecu_price_of(config.elastic_cloud, delivery.period);
  return options;
}

DeliveryPass::DeliveryPass(fetch::ObjectStore& store, WorkerPool& pool, const Delivery& delivery,
                           normalize::Options options, elastic::BulkWriter* writer,
                           OnBlock on_block)
    : store_(store),
      pool_(pool),
      delivery_(delivery),
      normalizer_(std::move(options)),
      writer_(writer),
      on_block_(std::move(on_block)) {}

Task<normalize::Findings> DeliveryPass::run() {
  for (std::size_t i = 0; i < delivery_.objects.size(); ++i) {
    auto read = co_await read_object(i);
    if (!read) co_return read.error();
  }
  auto findings = normalizer_.finish();
  if (findings) {
    if (auto sent = co_await submit_bodies(); !sent) co_return sent.error();
  }
  co_return findings;
}

Task<void> DeliveryPass::read_object(std::size_t index) {
  using namespace boost::asio::experimental::awaitable_operators;
  const fetch::ObjectInfo object = delivery_.objects[index];
  auto opened = co_await store_.open(object);
  if (!opened) co_return opened.error();
  reader_ = std::move(*opened);
  if (auto began = normalizer_.begin_file(object.key, object.key.ends_with(".gz")); !began)
    co_return began.error();

  // While one block is parsed on the pool, the next is read here.
  std::vector<char> parsing(limits::fetch_block_bytes);
  std::vector<char> reading(limits::fetch_block_bytes);
  auto got = co_await fill(reading.data());
  while (got && *got != 0) {
    std::swap(parsing, reading);
    const std::size_t size = *got;
    Result<void> consumed = boost::system::in_place_value;
    std::function<void()> parse = [this, &parsing, &consumed, size] {
      consumed = normalizer_.consume(std::span<const char>(parsing.data(), size));
    };
    if (writer_ != nullptr) {
      for (elastic::BulkBody& used : writer_->take_used()) normalizer_.reuse(std::move(used));
    }
    auto next = fill(reading.data());
    auto work = pool_.run(std::move(parse));
    got = co_await (std::move(next) && std::move(work));
    if (!consumed) co_return consumed.error();
    if (auto sent = co_await submit_bodies(); !sent) co_return sent.error();
    bytes_ += size;
    on_block_(bytes_, normalizer_.rows_read(), documents_);
  }
  if (!got) co_return got.error();
  reader_.reset();
  // A page of JSON is read only now.
  Result<void> ended = boost::system::in_place_value;
  std::function<void()> end = [this, &ended] { ended = normalizer_.end_file(); };
  co_await pool_.run(std::move(end));
  if (!ended) co_return ended.error();
  co_return co_await submit_bodies();
}

Task<std::size_t> DeliveryPass::fill(char* out) {
  std::size_t filled = 0;
  while (filled < limits::fetch_block_bytes) {
    auto got = co_await reader_->read_some(
        std::span<char>(out + filled, limits::fetch_block_bytes - filled));
    if (!got) co_return got.error();
    if (*got == 0) break;
    filled += *got;
  }
  co_return filled;
}

Task<void> DeliveryPass::submit_bodies() {
  std::vector<elastic::BulkBody> bodies = normalizer_.take_bodies();
  for (elastic::BulkBody& body : bodies) {
    if (take_body_) take_body_(body);
    if (writer_ == nullptr) continue;
    documents_ += body.items();
    auto taken = co_await writer_->submit(std::move(body));
    if (!taken) co_return taken.error();
  }
  co_return boost::system::in_place_value;
}

}  // namespace billow::sync
