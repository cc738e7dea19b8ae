#pragma once

#include "elastic/cluster.hpp"

#include <chrono>
#include <optional>

namespace billow::elastic {

/// Full jitter: `draw` (0..1) of min(delay_cap, delay_base * 2^(attempt - 1)), after what the
/// server asked for. `attempt` is the number of tries made so far, from 1.
std::chrono::milliseconds retry_delay(const RetryPolicy& policy, int attempt, double draw,
                                      std::optional<std::chrono::milliseconds> retry_after);

/// What the Retry-After header of an answer asks for, at most retry_after_max; nullopt without one.
/// Elasticsearch counts seconds; the proxies before it may name a time.
std::optional<std::chrono::milliseconds> retry_after_of(const http::Response& response);
inline constexpr std::chrono::seconds retry_after_max{300};

/// True when another try is allowed after `attempt` of them.
constexpr bool may_repeat(const RetryPolicy& policy, int attempt) {
  return policy.attempts_max <= 0 || attempt < policy.attempts_max;
}

/// A draw from the policy's jitter source, or a random one.
double draw_jitter(const RetryPolicy& policy);

/// Statuses after which the same request may succeed later.
constexpr bool is_passing(int status) {
  return status == 429 || status == 502 || status == 503 || status == 504;
}

}  // namespace billow::elastic
