#pragma once

#include "charge/encode.hpp"
#include "elastic/bulk_body.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace billow::normalize {

/// Fills one bulk body at a time and closes it when it has reached its size.
class BulkFiller {
 public:
  BulkFiller(std::string index, std::size_t bytes);

  /// Appends an item. Returns the charge's statement (Encoder::append_item), valid until the next
  /// call.
  std::string_view add(Encoder& encoder, const SliceFrame& frame, std::uint64_t ordinal,
                       const Charge& charge);
  /// Closes the body that is being filled, if it has items.
  void close();
  /// The bodies closed since the last call.
  std::vector<elastic::BulkBody> take();
  /// Takes the memory of a body that is no longer needed.
  void reuse(elastic::BulkBody body);

 private:
  void open();

  std::string index_;
  std::size_t bytes_;
  elastic::BulkBody body_;  ///< but for its bytes, which `page_` has
  Page page_;
  std::vector<elastic::BulkBody> closed_;
  std::vector<elastic::BulkBody> spare_;
};

}  // namespace billow::normalize
