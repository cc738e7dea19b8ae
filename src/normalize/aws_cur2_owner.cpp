#include "normalize/aws_cur2.hpp"

namespace billow::normalize::aws {

using enum TextColumn;

bool Cur2Rules::read_owner(const Cells& cells, const Line& line, Owner& owner) {
  // What is charged for a commitment has that as its resource.
  owner.is_commitment = line.kind.names_commitment && !is_covered(line.type);
  if (!owner.is_commitment) owner.kept = owners_.find(cells.row);
  if (owner.kept != nullptr) return true;
  owner.resource_tags = read_map(cells, Cur2::resource_tags, resource_tags_);
  owner.tags = read_map(cells, Cur2::tags, tags_);
  return owner.resource_tags != nullptr && owner.tags != nullptr;
}

void Cur2Rules::put_owner(Charge& charge, const Cells& cells, const Line& line, const Owner& owner,
                          Scratch& scratch) {
  if (owner.kept != nullptr) return owner.kept->put(charge);
  charge.owner = nullptr;
  put_account(charge, cells);
  put_resource(charge, cells,
               owner.is_commitment ? line.commitment : cells[Cur2::line_item_resource_id], owner,
               scratch);
  put_tags(charge, cells, owner);
  if (owner.is_commitment) return;
  if (KeptOwner* const place = owners_.claim()) place->keep(charge);
}

void Cur2Rules::put_account(Charge& charge, const Cells& cells) const {
  const Text account = cells[Cur2::line_item_usage_account_id];
  const Text name = cells[Cur2::line_item_usage_account_name];
  charge[SubAccountId] = account;
  charge[SubAccountName] = account.empty() ? Text() : name.empty() ? account : name;
  charge[SubAccountType] = account.empty() ? Text() : Text("AWS Account");
}

void Cur2Rules::put_resource(Charge& charge, const Cells& cells, Text resource, const Owner& owner,
                             Scratch& scratch) const {
  charge[ResourceId] = resource;
  charge[ResourceType] = charge[ResourceName] = Text();
  if (resource.empty()) return;
  charge[ResourceType] = resource_type(resource, scratch);
  charge[ResourceName] = owner.resource_tags->name;
  for (const TagColumn& column : binding_.tags) {
    if (column.is_name && charge[ResourceName].empty())
      charge[ResourceName] = cells.row.field(column.place);
  }
}

void Cur2Rules::put_tags(Charge& charge, const Cells& cells, const Owner& owner) {
  all_tags_.assign(owner.resource_tags->tags.begin(), owner.resource_tags->tags.end());
  // Added at once: each call may look at all tags that there are.
  std::vector<Tag> stated;
  stated.reserve(binding_.tags.size());
  for (const TagColumn& column : binding_.tags) {
    // The legacy CUR has a column for every key: empty means that the line does not have the tag.
    const Tag tag{column.key, cells.row.field(column.place)};
    if (!tag.value.empty()) stated.push_back(tag);
  }
  add_tags(all_tags_, stated);
  add_tags(all_tags_, owner.tags->tags);
  charge.tags = all_tags_;
}

Text resource_type(Text resource, Scratch& scratch) {
  if (resource.starts_with("i-")) return "ec2 instance";
  if (!resource.starts_with("arn:")) return "Other";
  // arn:partition:service:region:account:type/id or ...:type:id
  std::size_t colons[5] = {};
  std::size_t found = 0;
  for (std::size_t i = 0; i < resource.size(); ++i) {
    const char c = resource[i];
    if (c != ':' && (c != '/' || found < 5)) continue;
    if (found < 5) {
      colons[found++] = i;
      continue;
    }
    const Text service = resource.substr(colons[1] + 1, colons[2] - colons[1] - 1);
    const Text type = resource.substr(colons[4] + 1, i - colons[4] - 1);
    return service.empty() || type.empty() ? "Other" : scratch.concat(service, " ", type);
  }
  return "Other";
}

}  // namespace billow::normalize::aws
