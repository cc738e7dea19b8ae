#pragma once

#include "daemon/feed_health.hpp"
#include "daemon/progress.hpp"
#include "metrics/registry.hpp"
#include "sync/feed_sync.hpp"

#include <map>
#include <string>

namespace billow::daemon {

/// Tells the log, the metrics and, when there is one, the display what happens to the feeds.
class FeedObserver final : public sync::Observer {
 public:
  /// Both are borrowed; `display` may be null.
  FeedObserver(metrics::Registry& metrics, ProgressDisplay* display)
      : metrics_(metrics), display_(display) {}

  void on_progress(const sync::Progress& progress) override;
  void on_bulk(const std::string& feed, const elastic::BulkEvent& event) override;
  void on_delivery(const sync::DeliveryOutcome& outcome) override;
  /// A pass over a feed, whose lease this process holds, begins; ends. `taken_over`: because
  /// another process works on the feed now, which is no failure.
  void on_pass_begin(const feed::FeedConfig& feed);
  void on_pass_end(const feed::FeedConfig& feed, const sync::FeedOutcome& outcome,
                   bool taken_over = false);
  /// The lease was taken over from a process that had ended or gone silent.
  void on_lease_takeover(const feed::FeedConfig& feed, const std::string& holder);
  /// Another process has ended a pass over the feed. Whether all is published now is the health's
  /// to tell: a pass that is not to be repeated sooner may have withheld something.
  void on_checked_elsewhere(const feed::FeedConfig& feed, UnixSeconds at);
  /// How the feed is, after a pass of ours or of another process.
  void on_health(const feed::FeedConfig& feed, const FeedHealth& health);
  /// The lease could not be read or written, so that there was no pass.
  void on_lease_error(const feed::FeedConfig& feed, const Error& error);

 private:
  metrics::FeedMetrics& series(const std::string& feed);

  metrics::Registry& metrics_;
  ProgressDisplay* display_;
  std::map<std::string, std::string> kinds_;  ///< by feed id
  std::map<std::string, UnixSeconds> data_through_;
};

/// The words of sync that the metrics use as labels.
metrics::Vocabulary vocabulary();

/// End of the last charge day a record shows; 0 when it shows none. Slices of longer periods do not
/// count: a monthly fee says nothing about how far usage has been reported.
UnixSeconds data_through(const sync::DeliveryRecord& record);

/// One line for the log about what became of a delivery.
std::string describe(const sync::DeliveryOutcome& outcome);

}  // namespace billow::daemon
