#include "normalize/elastic_cloud_sku.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace billow::normalize::elastic_cloud {
namespace {

/// The host that `text` names before its first `separator`; null for none that is known.
Text host_of(Text text, char separator) noexcept {
  constexpr std::array<std::pair<Text, Text>, 3> hosts = {
      {{"aws", "AWS"}, {"gcp", "Google Cloud"}, {"azure", "Microsoft"}}};
  const std::size_t end = text.find(separator);
  if (end == Text::npos) return {};
  const auto* const host =
      std::ranges::find(hosts, text.substr(0, end), &decltype(hosts)::value_type::first);
  return host == hosts.end() ? Text() : host->second;
}

bool is_region(Text text) noexcept {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  };
  return !text.empty() && std::ranges::all_of(text, fits);
}

bool is_whole_number(Text text) noexcept {
  constexpr std::size_t digits_max = 9;
  return !text.empty() && text.size() <= digits_max && (text.front() != '0' || text.size() == 1) &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// Takes what follows the last underscore off the end of `text`; null where there is none.
Text take_last_part(Text& text) noexcept {
  const std::size_t at = text.rfind('_');
  if (at == Text::npos) return {};
  const Text part = text.substr(at + 1);
  text = text.substr(0, at);
  return part;
}

}  // namespace

Sku read_deployment_sku(Text text) noexcept {
  constexpr Text plan = "Cloud-Enterprise_";
  if (text.starts_with(plan)) text.remove_prefix(plan.size());
  Sku sku;
  sku.host = host_of(text, '.');
  if (sku.host.empty()) return sku;
  const Text zones = take_last_part(text);
  const Text memory_mb = take_last_part(text);
  const Text region = take_last_part(text);
  if (!is_whole_number(zones) || !is_whole_number(memory_mb) || !is_region(region)) return sku;
  sku.region = region;
  sku.configuration = text;
  sku.memory_mb = memory_mb;
  sku.zones = zones;
  return sku;
}

Sku read_project_sku(Text text) noexcept {
  Sku sku;
  const Text region = take_last_part(text);
  if (!is_region(region) || text.find('.') == Text::npos) return sku;
  sku.host = host_of(region, '-');
  sku.region = region;
  return sku;
}

}  // namespace billow::normalize::elastic_cloud
