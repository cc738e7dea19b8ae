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

  void add(const SliceFrame& frame, std::uint64_t ordinal, std::string_view statement,
           Text line_item_id);
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
  elastic::BulkBody body_;
  std::vector<elastic::BulkBody> closed_;
  std::vector<elastic::BulkBody> spare_;
};

}  // namespace billow::normalize
