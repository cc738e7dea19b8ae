#pragma once

#include <prometheus/collectable.h>

#include <vector>

namespace billow::metrics {

/// The process metrics that Prometheus' own clients export, read from /proc at every scrape. What
/// cannot be read is left out. Private to this module.
class ProcessMetrics final : public prometheus::Collectable {
 public:
  std::vector<prometheus::MetricFamily> Collect() const override;
};

}  // namespace billow::metrics
