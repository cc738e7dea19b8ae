#include "normalize/kept_charge.hpp"

namespace billow::normalize {
namespace {

/// Calls `visit` with every text that is to be owned.
template <class Visit>
void each_text(Charge& charge, Visit visit) {
  for (Text& text : charge.texts) visit(text);
  for (ExtraText& extra : charge.extra_texts) {
    if (extra.varies) {
      extra.value = Text();
    } else {
      visit(extra.value);
    }
  }
}

}  // namespace

KeptCharge::KeptCharge(const Charge& from) : charge(from) {
  for (const TextColumn column : owner_texts) charge[column] = Text();
  charge.tags = {};
  charge.owner = nullptr;
  charge.line_item_id = Text();
  std::size_t size = 1;
  each_text(charge, [&size](const Text& text) { size += text.size(); });
  memory_.reserve(size);
  each_text(charge, [this](Text& text) {
    if (text.data() == nullptr) return;  // null
    const std::size_t start = memory_.size();
    memory_.append(text);
    text = {memory_.data() + start, text.size()};
  });
  for (std::size_t i = 0; i < charge.extra_texts.size(); ++i) {
    if (charge.extra_texts[i].varies) varying.push_back(i);
  }
  charge.wording = &wording_;
}

}  // namespace billow::normalize
