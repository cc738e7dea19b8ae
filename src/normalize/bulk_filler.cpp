#include "normalize/bulk_filler.hpp"

#include "base/limits.hpp"

#include <utility>

namespace billow::normalize {
namespace {

// The last item may pass the size; with this much spare room it rarely makes the body grow.
constexpr std::size_t overshoot_bytes = 64 * limits::KiB;
constexpr std::size_t spare_max = limits::bulk_connections_default + limits::bulk_queued_max;

}  // namespace

BulkFiller::BulkFiller(std::string index, std::size_t bytes)
    : index_(std::move(index)), bytes_(bytes) {}

void BulkFiller::open() {
  if (!spare_.empty()) {
    body_ = std::move(spare_.back());
    spare_.pop_back();
  } else {
    body_ = {};
  }
  body_.index = index_;
  body_.offsets.clear();
  body_.bytes.reserve(bytes_ + overshoot_bytes);
  page_ = Page(std::move(body_.bytes));
}

std::string_view BulkFiller::add(Encoder& encoder, const SliceFrame& frame, std::uint64_t ordinal,
                                 const Charge& charge) {
  if (page_.size() >= bytes_) close();
  if (body_.offsets.empty()) open();
  body_.offsets.push_back(static_cast<std::uint32_t>(page_.size()));
  return encoder.append_item(page_, frame, ordinal, charge);
}

void BulkFiller::close() {
  if (body_.offsets.empty()) return;
  body_.bytes = page_.take();
  closed_.push_back(std::move(body_));
  body_ = {};
}

std::vector<elastic::BulkBody> BulkFiller::take() { return std::exchange(closed_, {}); }

void BulkFiller::reuse(elastic::BulkBody body) {
  // A body that grew for one huge item goes: memory must not follow the largest row for ever.
  const bool usual =
      body.bytes.capacity() >= bytes_ && body.bytes.capacity() <= 2 * (bytes_ + overshoot_bytes);
  if (usual && spare_.size() < spare_max) spare_.push_back(std::move(body));
}

}  // namespace billow::normalize
