#include "normalize/aws_cur2.hpp"

namespace billow::normalize::aws {

Cur2Rules::Kept* Cur2Rules::keep(const Line& line) {
  // A fee becomes two charges and comes once an hour at most.
  if (has_unused_part(line.type)) return nullptr;
  Kept* const kept = repeated_.claim();
  if (kept == nullptr) return nullptr;
  kept->line = line;
  kept->line.product = nullptr;
  kept->line.cost_categories = Text();
  Text* const texts[] = {&kept->line.currency, &kept->line.usage_type, &kept->line.rate.text,
                         &kept->line.plan, &kept->line.commitment};
  std::size_t size = 0;
  for (const Text* text : texts) size += text->size();
  kept->memory.reserve(size);
  for (Text* text : texts) {
    const std::size_t start = kept->memory.size();
    kept->memory.append(*text);
    *text = {kept->memory.data() + start, text->size()};
  }
  return kept;
}

Charge* Cur2Rules::restate(const Kept& kept, const Cells& cells, const Owner& owner,
                           const Figures& figures, Scratch& scratch) {
  KeptCharge* const charge = kept.charges[figures.wording()].get();
  if (charge == nullptr) return nullptr;
  std::size_t next = 0;
  const auto put = [&](Text value) {
    charge->charge.extra_texts[charge->varying[next++]].value = value;
  };
  if (binding_.has(Cur2::discount)) put(figures.discounts);
  for (const std::size_t place : binding_.varying_extras) put(cells.row.field(place));
  put_owner(charge->charge, cells, kept.line, owner, scratch);
  put_figures(charge->charge, cells, kept.line, figures);
  return &charge->charge;
}

}  // namespace billow::normalize::aws
