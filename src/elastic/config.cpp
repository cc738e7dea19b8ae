#include "elastic/config.hpp"

#include <algorithm>

namespace billow::elastic {

bool wants_gzip(const Config& config) noexcept {
  if (config.compression != Compression::automatic) return config.compression == Compression::on;
  return std::any_of(config.urls.begin(), config.urls.end(),
                     [](const http::Url& url) { return !url.is_loopback(); });
}

std::vector<std::string> readable_by_others(const Config& config) {
  std::vector<std::string> found;
  for (const std::string* file :
       {&config.api_key.file, &config.password.file, &config.tls.key_file}) {
    if (!file->empty() && billow::readable_by_others(*file)) found.push_back(*file);
  }
  return found;
}

}  // namespace billow::elastic
