#include "sync/phase_watch.hpp"

namespace billow::sync {

void PhaseWatch::show(Phase phase) {
  progress_.feed = outcome_.record.feed;
  progress_.period = outcome_.record.period;
  progress_.phase = phase;
  observer_.on_progress(progress_);
}

void PhaseWatch::begin_reading(std::uint64_t bytes_total) {
  progress_ = Progress();
  progress_.bytes_total = bytes_total;
}

void PhaseWatch::show_read(Phase phase, std::uint64_t bytes, std::uint64_t rows,
                           std::uint64_t documents) {
  progress_.bytes_read = bytes;
  progress_.rows = rows;
  progress_.documents = documents;
  show(phase);
}

}  // namespace billow::sync
