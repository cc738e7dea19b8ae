#include "normalize/kept_owner.hpp"

#include "charge/encode.hpp"

namespace billow::normalize {

void KeptOwner::keep(const Charge& charge) {
  std::size_t size = 1;
  for (const TextColumn column : owner_texts) size += charge[column].size();
  for (const Tag& tag : charge.tags) size += tag.key.size() + tag.value.size();
  memory_.clear();
  memory_.reserve(size);
  const auto own = [this](Text text) {
    if (text.data() == nullptr) return text;  // null, and a tag without a value
    const std::size_t start = memory_.size();
    memory_.append(text);
    return Text(memory_.data() + start, text.size());
  };
  for (std::size_t i = 0; i < texts_.size(); ++i) texts_[i] = own(charge[owner_texts[i]]);
  tags_.clear();
  for (const Tag& tag : charge.tags) tags_.push_back({own(tag.key), own(tag.value)});
  written_ = Encoder::write_owner(charge);
}

void KeptOwner::put(Charge& charge) const {
  for (std::size_t i = 0; i < texts_.size(); ++i) charge[owner_texts[i]] = texts_[i];
  charge.tags = tags_;
  charge.owner = &written_;
}

}  // namespace billow::normalize
