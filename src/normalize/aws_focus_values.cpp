#include "normalize/aws_focus_values.hpp"

#include "charge/number.hpp"
#include "normalize/aws_map_cache.hpp"
#include "normalize/lookup.hpp"
#include "normalize/scratch.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <map>

namespace billow::normalize::aws {
namespace {

struct Subcategory {
  std::string_view name;
  std::string_view category;
};

// FOCUS 1.4, column ServiceSubcategory.
constexpr std::array subcategories = std::to_array<Subcategory>({
    {"AI Platforms", "AI and Machine Learning"},
    {"Bots", "AI and Machine Learning"},
    {"Generative AI", "AI and Machine Learning"},
    {"Machine Learning", "AI and Machine Learning"},
    {"Natural Language Processing", "AI and Machine Learning"},
    {"Other (AI and Machine Learning)", "AI and Machine Learning"},
    {"Analytics Platforms", "Analytics"},
    {"Business Intelligence", "Analytics"},
    {"Data Processing", "Analytics"},
    {"Other (Analytics)", "Analytics"},
    {"Search", "Analytics"},
    {"Streaming Analytics", "Analytics"},
    {"Other (Business Applications)", "Business Applications"},
    {"Productivity and Collaboration", "Business Applications"},
    {"Containers", "Compute"},
    {"End User Computing", "Compute"},
    {"Other (Compute)", "Compute"},
    {"Quantum Compute", "Compute"},
    {"Serverless Compute", "Compute"},
    {"Virtual Machines", "Compute"},
    {"Caching", "Databases"},
    {"Data Warehouses", "Databases"},
    {"Ledger Databases", "Databases"},
    {"NoSQL Databases", "Databases"},
    {"Other (Databases)", "Databases"},
    {"Relational Databases", "Databases"},
    {"Time Series Databases", "Databases"},
    {"Continuous Integration and Deployment", "Developer Tools"},
    {"Developer Platforms", "Developer Tools"},
    {"Development Environments", "Developer Tools"},
    {"Other (Developer Tools)", "Developer Tools"},
    {"Quality Assurance", "Developer Tools"},
    {"Source Code Management", "Developer Tools"},
    {"Identity and Access Management", "Identity"},
    {"Other (Identity)", "Identity"},
    {"API Management", "Integration"},
    {"Messaging", "Integration"},
    {"Other (Integration)", "Integration"},
    {"Workflow Orchestration", "Integration"},
    {"IoT Analytics", "Internet of Things"},
    {"IoT Platforms", "Internet of Things"},
    {"Other (Internet of Things)", "Internet of Things"},
    {"Architecture", "Management and Governance"},
    {"Compliance", "Management and Governance"},
    {"Cost Management", "Management and Governance"},
    {"Data Governance", "Management and Governance"},
    {"Disaster Recovery", "Management and Governance"},
    {"Endpoint Management", "Management and Governance"},
    {"Observability", "Management and Governance"},
    {"Other (Management and Governance)", "Management and Governance"},
    {"Support", "Management and Governance"},
    {"Content Creation", "Media"},
    {"Gaming", "Media"},
    {"Media Streaming", "Media"},
    {"Mixed Reality", "Media"},
    {"Other (Media)", "Media"},
    {"Data Migration", "Migration"},
    {"Other (Migration)", "Migration"},
    {"Resource Migration", "Migration"},
    {"Other (Mobile)", "Mobile"},
    {"Multicloud Integration", "Multicloud"},
    {"Other (Multicloud)", "Multicloud"},
    {"Application Networking", "Networking"},
    {"Content Delivery", "Networking"},
    {"Network Connectivity", "Networking"},
    {"Network Infrastructure", "Networking"},
    {"Network Routing", "Networking"},
    {"Network Security", "Networking"},
    {"Other (Networking)", "Networking"},
    {"Other (Other)", "Other"},
    {"Other (Security)", "Security"},
    {"Secret Management", "Security"},
    {"Security Posture Management", "Security"},
    {"Threat Detection and Response", "Security"},
    {"Backup Storage", "Storage"},
    {"Block Storage", "Storage"},
    {"File Storage", "Storage"},
    {"Object Storage", "Storage"},
    {"Other (Storage)", "Storage"},
    {"Storage Platforms", "Storage"},
    {"Application Platforms", "Web"},
    {"Other (Web)", "Web"},
});

const TextIndex& index_of_subcategories() {
  static const TextIndex index = [] {
    std::vector<std::string_view> names;
    names.reserve(subcategories.size());
    for (const Subcategory& subcategory : subcategories) names.push_back(subcategory.name);
    return TextIndex(std::move(names));
  }();
  return index;
}

bool is_one_of(std::initializer_list<std::string_view> values, Text value) noexcept {
  return std::find(values.begin(), values.end(), value) != values.end();
}

bool is_number_key(Text key) noexcept {
  return is_one_of({"CoreCount", "DiskMaxIops", "DiskSpace", "GpuCount", "MemorySize",
                    "NetworkMaxIops", "NetworkMaxThroughput"},
                   key);
}

bool is_text_key(Text key) noexcept {
  return is_one_of({"DiskType", "InstanceSeries", "InstanceType", "OperatingSystem", "Redundancy",
                    "StorageClass"},
                   key);
}

}  // namespace

std::string_view category_of(std::string_view subcategory) noexcept {
  const std::size_t place = index_of_subcategories().find(subcategory);
  return place == TextIndex::none ? std::string_view() : subcategories[place].category;
}

bool is_service_category(std::string_view category) noexcept { return !other_of(category).empty(); }

std::string_view other_of(std::string_view category) noexcept {
  for (const Subcategory& subcategory : subcategories) {
    if (subcategory.category == category && subcategory.name.starts_with("Other ("))
      return subcategory.name;
  }
  return {};
}

bool is_allowed(TextColumn column, Text value) noexcept {
  switch (column) {
    case TextColumn::ChargeCategory:
      return is_one_of({"Usage", "Purchase", "Tax", "Credit", "Adjustment"}, value);
    case TextColumn::ChargeClass:
      return value == "Correction";
    case TextColumn::ChargeFrequency:
      return is_one_of({"Usage-Based", "Recurring", "One-Time"}, value);
    case TextColumn::PricingCategory:
      return is_one_of({"Standard", "Committed", "Dynamic", "Other"}, value);
    case TextColumn::CommitmentDiscountCategory:
      return is_one_of({"Spend", "Usage"}, value);
    case TextColumn::CommitmentDiscountStatus:
    case TextColumn::CapacityReservationStatus:
      return is_one_of({"Used", "Unused"}, value);
    default:
      return true;
  }
}

bool PriceDetails::read(Text text, JsonReader& reader) {
  entries_.clear();
  json.clear();
  if (!reader.read(text, entries_, memory_) || !has_indexable_keys(text, entries_)) return false;
  std::map<std::string, std::string> members;  // of equal keys the last one counts
  for (const JsonEntry& entry : entries_) {
    if (entry.value.empty()) continue;
    Scratch scratch;
    const bool is_text = is_text_key(entry.key);
    const bool is_number = !is_text && (entry.kind == JsonKind::number || is_number_key(entry.key));
    Number number;
    if (is_number && !read_number(entry.value, scratch, number)) number = {};
    const bool is_focus = is_number_key(entry.key) ? number.has_value() : is_text;
    std::string& value =
        members[(is_focus || entry.key.starts_with("x_") ? "" : "x_") + std::string(entry.key)];
    value.clear();
    if (number.has_value() || (entry.kind == JsonKind::boolean && !is_text)) {
      value = number.has_value() ? number.text : entry.value;
    } else {
      append_quoted(value, entry.value);
    }
  }
  for (const auto& [name, value] : members) {
    json += json.empty() ? '{' : ',';
    append_quoted(json, name);
    json.append(":").append(value);
  }
  if (!json.empty()) json += '}';
  return true;
}

bool CompactJson::read(Text text, JsonReader& reader) {
  if (!reader.compact(text, json, true) || json.front() != '{') return false;
  if (json == "{}") json.clear();
  return true;
}

}  // namespace billow::normalize::aws
