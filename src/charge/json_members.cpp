#include "charge/json_members.hpp"

namespace billow {

namespace {

const rapidjson::Value* member_of(const rapidjson::Value& object, std::string_view name) {
  if (!object.IsObject()) return nullptr;
  const rapidjson::Value key(
      rapidjson::StringRef(name.data(), static_cast<rapidjson::SizeType>(name.size())));
  const auto place = object.FindMember(key);
  return place == object.MemberEnd() ? nullptr : &place->value;
}

}  // namespace

bool JsonReader::has(std::string_view name) const { return member_of(object_, name) != nullptr; }

const rapidjson::Value* JsonReader::find(std::string_view name) const {
  const rapidjson::Value* value = member_of(object_, name);
  ok_ = ok_ && value != nullptr;
  return value;
}

std::string JsonReader::text(std::string_view name) const {
  const rapidjson::Value* value = find(name);
  if (value == nullptr || !value->IsString()) {
    ok_ = false;
    return {};
  }
  return {value->GetString(), value->GetStringLength()};
}

std::vector<std::string> JsonReader::texts(std::string_view name) const {
  std::vector<std::string> all;
  const rapidjson::Value* value = find(name);
  if (value == nullptr || !value->IsArray()) {
    ok_ = false;
    return all;
  }
  for (const rapidjson::Value& item : value->GetArray()) {
    if (item.IsString()) all.emplace_back(item.GetString(), item.GetStringLength());
    ok_ = ok_ && item.IsString();
  }
  return all;
}

std::uint64_t JsonReader::number(std::string_view name) const {
  const rapidjson::Value* value = find(name);
  if (value == nullptr || !value->IsUint64()) {
    ok_ = false;
    return 0;
  }
  return value->GetUint64();
}

std::int64_t JsonReader::integer(std::string_view name) const {
  const rapidjson::Value* value = find(name);
  if (value == nullptr || !value->IsInt64()) {
    ok_ = false;
    return 0;
  }
  return value->GetInt64();
}

bool JsonReader::flag(std::string_view name) const {
  const rapidjson::Value* value = find(name);
  if (value == nullptr || !value->IsBool()) {
    ok_ = false;
    return false;
  }
  return value->GetBool();
}

DecimalSum JsonReader::sum(std::string_view name) const {
  const auto read = DecimalSum::parse(text(name));
  if (!read) ok_ = false;
  return read.value_or(DecimalSum());
}

}  // namespace billow
