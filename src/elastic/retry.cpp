#include "elastic/retry.hpp"

#include "http/retry_after.hpp"

#include <algorithm>
#include <random>

namespace billow::elastic {

using std::chrono::milliseconds;

milliseconds retry_delay(const RetryPolicy& policy, int attempt, double draw,
                         std::optional<milliseconds> retry_after) {
  const int doublings = std::clamp(attempt - 1, 0, 30);
  const milliseconds::rep grown = policy.delay_base.count() << doublings;
  const milliseconds::rep bound = std::min(policy.delay_cap.count(), grown);
  const double jittered = static_cast<double>(bound) * std::clamp(draw, 0.0, 1.0);
  return retry_after.value_or(milliseconds{0}) +
         milliseconds{static_cast<milliseconds::rep>(jittered)};
}

std::optional<milliseconds> retry_after_of(const http::Response& response) {
  const auto asked =
      http::parse_retry_after(response.header("retry-after"), response.header("date"));
  if (!asked) return std::nullopt;
  return std::min<milliseconds>(*asked, retry_after_max);
}

double draw_jitter(const RetryPolicy& policy) {
  if (policy.jitter) return policy.jitter();
  thread_local std::mt19937_64 engine{std::random_device{}()};
  return std::uniform_real_distribution<double>{}(engine);
}

}  // namespace billow::elastic
