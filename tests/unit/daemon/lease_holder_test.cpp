#include "daemon/lease_holder.hpp"

#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

namespace billow::daemon {
namespace {

elastic::LeaseHolder holder(const std::string& name, const std::string& machine) {
  return {name, machine};
}

std::string with_pid(pid_t pid) { return "host:" + std::to_string(pid) + ":0123"; }

/// The pid of a process that has ended and was waited for.
pid_t ended_pid() {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  ::waitpid(child, nullptr, 0);
  return child;
}

TEST(LeaseHolder, IsTheSameAtEveryCallAndNamesThisProcess) {
  EXPECT_EQ(this_process().name, this_process().name);
  EXPECT_NE(this_process().name.find(":" + std::to_string(::getpid()) + ":"), std::string::npos);
}

TEST(LeaseHolder, AProcessOfThisMachineThatEndedIsKnownToHaveEnded) {
  EXPECT_TRUE(has_ended(holder(with_pid(ended_pid()), "m"), holder(with_pid(::getpid()), "m")));
}

TEST(LeaseHolder, AProcessThatRunsHasNotEnded) {
  EXPECT_FALSE(has_ended(holder(with_pid(::getppid()), "m"), holder(with_pid(::getpid()), "m")));
}

TEST(LeaseHolder, WeHaveNotEnded) { EXPECT_FALSE(has_ended(this_process(), this_process())); }

TEST(LeaseHolder, OurPidUnderAnotherNameIsAProcessBeforeUs) {
  const auto before = holder("host:" + std::to_string(::getpid()) + ":9999", "m");
  EXPECT_TRUE(has_ended(before, holder(with_pid(::getpid()), "m")));
}

TEST(LeaseHolder, OfAnotherMachineNothingIsKnown) {
  const pid_t ended = ended_pid();
  EXPECT_FALSE(has_ended(holder(with_pid(ended), "n"), holder(with_pid(::getpid()), "m")));
  EXPECT_FALSE(has_ended(holder(with_pid(ended), ""), holder(with_pid(::getpid()), "")));
}

TEST(LeaseHolder, ANameThatIsNotOursTellsNothing) {
  const auto self = holder(with_pid(::getpid()), "m");
  for (const char* name : {"", ":", "host", "host:", "host:12", "host:x:1", "host:-1:1", ":1"})
    EXPECT_FALSE(has_ended(holder(name, "m"), self)) << name;
}

}  // namespace
}  // namespace billow::daemon
