#pragma once

#include "metrics/feed_metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

namespace billow::metrics {

/// The metrics that exist once per feed: name, meaning and kind. Private to this module.
class FeedFamilies {
 public:
  using Counters = prometheus::Family<prometheus::Counter>;
  using Gauges = prometheus::Family<prometheus::Gauge>;
  using Histograms = prometheus::Family<prometheus::Histogram>;

  FeedFamilies(prometheus::Registry& registry, Vocabulary words);

  const Vocabulary vocabulary;
  Gauges& info;
  Gauges& interval;
  Gauges& running;
  Gauges& lease_held;
  Counters& lease_takeovers;
  Counters& passes_lost;
  Gauges& last_check;
  Gauges& last_success;
  Gauges& data_through;
  Gauges& lines;
  Gauges& costs;
  Gauges& dead_letters;
  Gauges& delivery_pending;
  Gauges& restatement_lines;
  Gauges& restatement_moved;
  Counters& mismatches;
  Counters& deliveries;
  Counters& phase_seconds;
  Counters& rows;
  Counters& documents;
  Counters& residues;
  Counters& errors;
  Counters& bulk_requests;
  Counters& bulk_documents;
  Counters& bulk_bytes;
  Counters& bulk_retried;
  Counters& bulk_throttled;
  Counters& bulk_unknown;
  Counters& bulk_halved;
  Gauges& bulk_connections;
  Histograms& bulk_latency;
};

}  // namespace billow::metrics
