#include "auth/run_process.hpp"

#include "base/deadline.hpp"
#include "unit/http/certificates.hpp"
#include "unit/http/scripted_server.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <signal.h>
#include <unistd.h>

namespace billow::auth {
namespace {

using namespace std::chrono_literals;

class RunProcessTest : public testing::Test {
 protected:
  Result<std::string> shell(const std::string& script, ProcessLimits limits = {}) {
    std::vector<std::string> command = {"sh", "-c", script};
    return test::run(context_, run_process(std::move(command), limits));
  }
  boost::asio::io_context context_;
  test::TemporaryFolder folder_;
};

TEST_F(RunProcessTest, ReturnsWhatAProgramWrites) {
  const auto output = shell("printf 'a\\nb'; cat");
  ASSERT_TRUE(output) << output.error().detail;
  EXPECT_EQ(*output, "a\nb");
}

TEST_F(RunProcessTest, WaitsForAProgramThatClosesItsOutputFirst) {
  const std::string mark = folder_.path() + "/mark";
  const auto output = shell("echo x; exec >&-; while ! test -e '" + mark + "'; do : > '" + mark +
                            "'; done; exit 0");
  ASSERT_TRUE(output) << output.error().detail;
  EXPECT_TRUE(std::filesystem::exists(mark));
}

TEST_F(RunProcessTest, ReportsAFailure) {
  auto output = shell("echo hunter2; exit 3");
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().code, Errc::unauthorized);
  EXPECT_NE(output.error().detail.find("status 3"), std::string::npos);
  EXPECT_EQ(output.error().detail.find("hunter2"), std::string::npos);
  output = shell("kill -TERM $$");
  ASSERT_FALSE(output);
  EXPECT_NE(output.error().detail.find("signal 15"), std::string::npos);
}

TEST_F(RunProcessTest, ReportsAProgramThatIsNotThere) {
  std::vector<std::string> command = {"/nowhere/program"};
  const auto output = test::run(context_, run_process(std::move(command), ProcessLimits()));
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().code, Errc::bad_config);
}

TEST_F(RunProcessTest, KillsWhatWritesTooMuch) {
  ProcessLimits limits;
  limits.output_bytes = 1000;
  const auto output = shell("while :; do echo xxxxxxxxxxxxxxxx; done", limits);
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().code, Errc::over_limit);
}

/// The process id a script wrote into a file.
pid_t pid_in(const std::string& path) {
  pid_t pid = 0;
  std::ifstream(path) >> pid;
  return pid;
}

/// Waits until a process that was killed has ended: that happens when the system gets to it. A
/// zombie counts as ended, since who reaps an orphan is up to the system. One that was not killed
/// lives on until this test is given up.
void wait_for_end(pid_t pid) {
  std::string state;
  do {
    std::ifstream status("/proc/" + std::to_string(pid) + "/stat");
    std::string number, name;
    state = "gone";
    status >> number >> name >> state;
  } while (state != "gone" && state != "Z" && state != "X");
}

TEST_F(RunProcessTest, KillsWhatTakesTooLongWithItsChildren) {
  ProcessLimits limits;
  limits.time = 300ms;
  const std::string file = folder_.path() + "/pid";
  const auto output = shell("sleep 1000 & echo $! > '" + file + "'; wait", limits);
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().code, Errc::transient);
  const pid_t child = pid_in(file);
  ASSERT_GT(child, 0);
  wait_for_end(child);
}

TEST_F(RunProcessTest, KillsAProgramThatHasLeftItsGroup) {
  ProcessLimits limits;
  limits.time = 2s;
  const std::string file = folder_.path() + "/pid";
  const std::string end = folder_.path() + "/end";
  std::vector<std::string> command = {
      "python3", "-c",
      "import os, sys, time; os.setpgid(0, os.getpgid(os.getppid()));"
      "open(sys.argv[1], 'w').write(str(os.getpid())); time.sleep(6); open(sys.argv[2], 'w')",
      file, end};
  const auto output = test::run(context_, run_process(std::move(command), limits));
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().code, Errc::transient);
  const pid_t child = pid_in(file);
  ASSERT_GT(child, 0);
  wait_for_end(child);
  EXPECT_FALSE(std::filesystem::exists(end)) << "it came to its own end";
}

TEST_F(RunProcessTest, DoesNotLeaveOurDescriptorsOpenInTheProgram) {
  const int ours = ::open("/dev/null", O_RDONLY);  // as Asio opens sockets: without O_CLOEXEC
  ASSERT_GE(ours, 0);
  const auto output = shell("exec ls /proc/self/fd");
  ::close(ours);
  ASSERT_TRUE(output) << output.error().detail;
  EXPECT_EQ(*output, "0\n1\n2\n3\n") << "the three, and the folder that is read";
}

Task<bool> run_for(std::vector<std::string> command, std::chrono::milliseconds limit) {
  auto output = co_await complete_within(limit, run_process(std::move(command), ProcessLimits()));
  co_return output.has_value();
}

TEST_F(RunProcessTest, KillsTheProgramOfACallerThatIsCancelled) {
  const std::string file = folder_.path() + "/pid";
  std::vector<std::string> command = {"sh", "-c", "echo $$ > '" + file + "'; exec sleep 1000"};
  const auto ended = test::run(context_, run_for(std::move(command), 300ms));
  ASSERT_TRUE(ended);
  EXPECT_FALSE(*ended);
  const pid_t child = pid_in(file);
  ASSERT_GT(child, 0);
  while (::kill(child, 0) == 0) {  // killed, and reaped a little later
  }
}

}  // namespace
}  // namespace billow::auth
