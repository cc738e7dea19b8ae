#pragma once

#include "base/limits.hpp"
#include "base/secret.hpp"
#include "http/client.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace billow::elastic {

enum class Compression { automatic, on, off };  ///< automatic: gzip unless the peer is on loopback
enum class SetupMode {
  automatic,
  manual
};  ///< manual: `billow setup` is the only one to install templates

/// The `elasticsearch:` block of the configuration.
struct Config {
  std::vector<http::Url> urls;  ///< at least one; used in turn, skipping those that fail
  SecretRef api_key;  ///< base64 of id:key, as Kibana shows it ("encoded"), or id:key itself
  std::string username;
  SecretRef password;
  http::TlsOptions tls;
  SetupMode setup = SetupMode::automatic;
  Compression compression = Compression::automatic;
  std::size_t bulk_bytes = limits::bulk_bytes_default;
  std::size_t bulk_connections = limits::bulk_connections_default;
  std::chrono::milliseconds request_timeout = limits::request_timeout;
  int replicas = 1;  ///< number_of_replicas of new indices; auto_expand 0-1 is used where this is 1
};

/// True when bulk bodies are to be compressed: by order, or because a node is not on loopback.
/// Compressing costs both ends CPU, which only a real network gives back.
bool wants_gzip(const Config& config) noexcept;

/// The files with a secret or a private key that people other than their owner may read: worth a
/// warning. A file that cannot be looked at is not among them.
std::vector<std::string> readable_by_others(const Config& config);

}  // namespace billow::elastic
