#include "daemon/progress.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <unistd.h>

namespace billow::daemon {
namespace {

using namespace std::chrono_literals;

sync::Progress loading() {
  sync::Progress progress;
  progress.feed = "aws-main";
  progress.period = "2026-06";
  progress.phase = sync::Phase::load;
  progress.rows = 1'000'000;
  progress.bytes_read = 25U << 20;
  progress.bytes_total = 100U << 20;
  return progress;
}

TEST(Progress, TellsRowsBytesRateAndWhatIsLeft) {
  EXPECT_EQ(
      describe(loading(), 4s),
      "aws-main 2026-06 load     1,000,000 rows  25 MiB of 100 MiB  250,000 rows/s  13s left");
}

TEST(Progress, ClaimsNoRateBeforeThereIsOne) {
  EXPECT_EQ(describe(loading(), 100ms),
            "aws-main 2026-06 load     1,000,000 rows  25 MiB of 100 MiB");
}

TEST(Progress, OfAPhaseWithoutRowsIsItsName) {
  sync::Progress progress = loading();
  progress.phase = sync::Phase::verify;
  EXPECT_EQ(describe(progress, 4s), "aws-main 2026-06 verify");
}

/// What a display without a terminal prints.
class PlainDisplay : public ::testing::Test {
 protected:
  PlainDisplay() { EXPECT_EQ(::pipe2(ends_, O_NONBLOCK), 0); }
  ~PlainDisplay() override {
    ::close(ends_[0]);
    ::close(ends_[1]);
  }
  std::string printed() {
    char text[4096];
    const ssize_t size = ::read(ends_[0], text, sizeof text);
    return size > 0 ? std::string(text, static_cast<std::size_t>(size)) : "";
  }
  int ends_[2];
};

TEST_F(PlainDisplay, PrintsALineEveryFewSecondsAndNoMore) {
  Terminal terminal(ends_[1]);
  ProgressDisplay display(terminal);
  const ProgressDisplay::Clock::time_point start{};
  for (int tenth = 0; tenth <= 100; ++tenth) display.show(loading(), start + tenth * 100ms);
  const std::string text = printed();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2) << text;
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
}

TEST_F(PlainDisplay, LosesLinesRatherThanWaitForAReaderThatHasStopped) {
  Terminal terminal(ends_[1]);
  const std::string line = std::string(1000, 'x') + "\n";
  for (int i = 0; i < 1000; ++i)
    terminal.print(line);  // a pipe holds 64 KiB; the rest must not block
  std::size_t kept = 0;
  for (std::string text = printed(); !text.empty(); text = printed()) kept += text.size();
  EXPECT_GT(kept, 30'000U);
  EXPECT_LT(kept, 200'000U);
  terminal.print("again\n");
  EXPECT_EQ(printed(), "again\n");
}

}  // namespace
}  // namespace billow::daemon
